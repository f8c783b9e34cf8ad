"""`opnb report`: where it writes, what it refuses, and how it ends."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from factories import ended, entry, started

from opnb.cli import main
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType
from opnb.model.events import AssetMaterialization, ExpectationResult


@pytest.fixture(name="path")
def _path(tmp_path):
    """A log where a notebook in this folder looks for it."""
    path = tmp_path / ".opnb" / "events.db"
    log = EventLog(path)
    events = [AssetMaterialization("shop/orders"), ExpectationResult(False, "full")]
    log.append([started(), *map(entry, events), ended(EventType.RUN_SUCCESS)])
    log.close()
    return path


def test_a_report_of_the_log_that_is_meant_here(path, capsys):
    assert main(["report"]) == 0

    told = capsys.readouterr()
    assert told.out.startswith("report.html: 1 asset, 1 check, 1 run; ")
    assert told.err == ""
    page = Path("report.html").read_text()
    assert str(path) in page
    assert "<title>Assets and checks</title>" in page


def test_options_say_where_what_and_since_when(path, tmp_path, capsys):
    words = ["report", "-o", "out/a.HTML", "--log", str(path), "--title", "<Shop>"]
    (tmp_path / "out").mkdir()

    assert main([*words, "--since", "30d", "--asset", "shop/orders"]) == 0

    assert "0 assets, 0 checks, 0 runs" in capsys.readouterr().out
    assert "<title>&lt;Shop&gt;</title>" in Path("out/a.HTML").read_text()


def test_a_file_that_is_there_is_left_unless_told_otherwise(path, capsys):
    Path("report.html").write_text("mine")

    assert main(["report"]) == 1
    assert "Hint: --overwrite writes over it." in capsys.readouterr().err
    assert Path("report.html").read_text() == "mine"
    assert main(["report", "--overwrite"]) == 0
    assert "shop/orders" in Path("report.html").read_text()


WRONG = {
    "an asset": (["--asset", "shop/order"], 64, "'shop/orders'"),
    "a key": (["--asset", ""], 64, "Hint: "),
    "a time": (["--since", "yesterday"], 64, "'yesterday' is no time"),
    "a name": (["-o", "report.pdf"], 64, "It ends in .html: -o report.html"),
    "a folder": (["-o", "nowhere/a.html"], 1, "there is no such folder"),
    "a log": (["--log", "none.db"], 1, "There is no log at"),
    "an address": (["--log", "mysql://a"], 64, "Hint: "),
    "memory": (["--log", "memory:"], 64, "Hint: "),
    "no log": (["--log", "text.db"], 1, "is not an opnb log"),
}


@pytest.mark.parametrize(("words", "code", "why"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_with_the_next_move(path, capsys, words, code, why):
    Path("text.db").write_text("hello " * 200)

    assert main(["report", *words]) == code

    told = capsys.readouterr()
    assert why in told.err
    assert told.out == ""
    assert not list(Path().glob("**/*.htm*"))
    assert not Path("none.db").exists()


LINES = {
    "a command": (["reprot"], "Did you mean 'report'?"),
    "an option": (["report", "--titel", "x"], "unrecognized arguments: --titel x."),
    "a word more": (["report", "events.db"], "unrecognized arguments: events.db."),
    "no value": (["report", "--since"], "argument --since: expected one argument."),
}


@pytest.mark.parametrize(("words", "why"), LINES.values(), ids=LINES)
def test_a_line_that_cannot_be_read_is_told(capsys, words, why):
    with pytest.raises(SystemExit, match="64"):
        main(words)

    told = capsys.readouterr().err
    assert why in told
    assert "\nHint: " in told


def test_a_report_changes_nothing_in_the_log(path):
    def rows():
        connection = sqlite3.connect(path)
        found = [
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - ours
            for table in ("runs", "entries")
        ]
        connection.close()
        return found

    before = rows()

    assert main(["report"]) == 0

    assert rows() == before
    assert [file.name for file in path.parent.iterdir() if "report" in file.name] == []


@pytest.mark.skipif(os.getuid() == 0, reason="root may write to any folder")
def test_a_log_where_nobody_may_write_is_reported(path, tmp_path):
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert main(["report"]) == 0
    finally:
        path.parent.chmod(0o700)


def test_what_waits_in_a_spool_is_told(path, tmp_path):
    log = EventLog(path)
    log.append([started("r2"), entry(ExpectationResult(True, "late"), run_id="r2")])

    assert main(["report"]) == 0

    assert "late" in Path("report.html").read_text()
    log.close()
