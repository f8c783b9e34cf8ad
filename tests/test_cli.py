"""The command `opnb`: what it tells, what it does, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from factories import ended, observed, started

from opnb import AssetMaterialization, AssetObservation, Output, op
from opnb.cli import main
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType

ROOT = Path(__file__).parents[1]
COMMANDS = ("info", "check", "compact", "export", "import", "prune")


@pytest.fixture(name="path")
def _path(tmp_path):
    """A log of three runs in 1970, where a notebook in this folder looks for it."""
    path = tmp_path / ".opnb" / "events.db"
    log = EventLog(path)
    for run_id in ("r1", "r2", "r3"):
        log.append([started(run_id), observed(1, run_id)])
        log.append([ended(EventType.RUN_SUCCESS, run_id)])
    log.close()
    return path


@pytest.fixture(name="environment")
def _environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}


@pytest.fixture(name="opnb")
def _opnb(environment):
    """Run the command in a process of its own; nobody sits there to be asked."""

    def run(*words, **options):
        return subprocess.run(
            [sys.executable, "-m", "opnb", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    return run


def entries(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT id, run FROM entries ORDER BY id").fetchall()
    connection.close()
    return rows


def test_a_process_tells_of_the_log_that_is_meant_here(path, opnb):
    done = opnb("log", "info")

    assert (done.returncode, done.stderr) == (0, "")
    assert str(path) in done.stdout
    assert "3: 3 SUCCESS" in done.stdout
    assert "9: 1970-01-01 00:00:01 UTC to 1970-01-01 00:00:01 UTC" in done.stdout


def test_the_log_meant_is_the_one_given_else_that_of_the_settings(
    path, tmp_path, monkeypatch, capsys
):
    EventLog(tmp_path / "a.db").close()
    EventLog(tmp_path / "b.db").close()
    monkeypatch.setenv("OPNB_LOG", str(tmp_path / "a.db"))
    main(["log", "info"])
    assert "a.db" in capsys.readouterr().out
    main(["log", "info", "--log", "b.db"])
    assert "b.db" in capsys.readouterr().out
    monkeypatch.delenv("OPNB_LOG")
    (tmp_path / "pyproject.toml").write_text("[tool.opnb]\nlog = 'b.db'\n")
    main(["log", "info"])
    assert "b.db" in capsys.readouterr().out


def test_the_durability_in_an_address_is_no_part_of_its_place(path, capsys):
    address = f"sqlite:///{path}?durability=full"

    assert main(["log", "info", "--json", "--log", address]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 9
    assert main(["log", "export", address]) == 64
    assert "is this log itself" in capsys.readouterr().err


def test_info_for_programs(path, capsys):
    assert main(["log", "info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["address"] == str(path)
    assert told["runs_by_status"] == {"SUCCESS": 3}
    assert (told["entries"], told["waiting"], told["spools"]) == (9, 0, [])


def test_check_ends_with_0_if_all_is_well_and_with_1_if_not(path, capsys):
    assert main(["log", "check"]) == 0
    assert "all is well with its 9 entries" in capsys.readouterr().out
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE runs SET status = 'FAILURE' WHERE number = 1")
    connection.close()
    assert main(["log", "check"]) == 1
    told = capsys.readouterr().out
    assert "✗ Runs whose status is not what their last entry says: 1.\n  Hint: " in told
    assert told.endswith("1 finding.\n")


def test_a_log_goes_out_and_comes_in(path, tmp_path, capsys):
    assert main(["log", "export", "a.jsonl"]) == 0
    assert main(["log", "import", "a.jsonl", "--log", "b.db"]) == 0
    assert "9 entries of 3 runs added." in capsys.readouterr().out
    assert main(["log", "import", "a.jsonl", "--log", "b.db"]) == 0
    told = capsys.readouterr().out
    assert told == "0 entries of 0 runs added; 3 runs the log had already.\n"


def test_an_export_flows_into_an_import(path, opnb, tmp_path):
    words = ["log", "export", "-", "--run", "r2", "--type", "run_start", "--asset"]
    assert opnb(*words[:5]).stdout.count("\n") == 3
    done = opnb(*words[:7])
    assert done.stderr == "1 entry to standard output.\n"
    assert [json.loads(line)["run_id"] for line in done.stdout.splitlines()] == ["r2"]


def test_whoever_reads_only_the_beginning_is_no_error(path, environment):
    log = EventLog(path)
    log.append([started("long"), *[observed(n, "long") for n in range(5000)]])
    log.close()
    command = f'"{sys.executable}" -m opnb log export - | head -1 | wc -l'
    done = subprocess.run(  # noqa: S602 - a pipe is what is looked at
        command,
        shell=True,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == ("1", "")


def test_compact_tells_the_sizes(path, capsys):
    assert main(["log", "compact"]) == 0

    assert "before" in capsys.readouterr().out


def test_prune_refuses_where_nobody_can_be_asked(path, opnb):
    before = entries(path)
    done = opnb("log", "prune", "--older-than", "90d")

    assert done.returncode == 64
    assert done.stderr.splitlines()[1].startswith("Hint: --dry-run")
    assert entries(path) == before


def test_prune_tells_what_it_would_do(path, capsys):
    before = entries(path)

    assert main(["log", "prune", "--before", "2000-01-01Z", "--dry-run"]) == 0
    assert "5 entries of 9, and 2 runs of 3 whole" not in capsys.readouterr().err
    assert entries(path) == before


def test_prune_removes_without_asking_if_told_so(path, capsys):
    assert main(["log", "prune", "--older-than", "90d", "--yes"]) == 0

    assert "6 entries of 9, and 2 runs of 3 whole" in capsys.readouterr().out
    assert [run for _, run in entries(path)] == [3, 3, 3]
    assert main(["log", "prune", "--older-than", "90d", "--yes"]) == 0
    assert "Nothing is older" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "code", "left"), [("y\n", 0, 3), ("no\n", 1, 9), ("\x04", 1, 9)]
)
def test_prune_asks_a_person(path, environment, answer, code, left):
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "opnb", "log", "prune", "--older-than", "90d"],
        env=environment,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.write(master, answer.encode())
        told, _ = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)

    assert process.returncode == code
    assert "Remove them? [y/N]" in told
    assert len(entries(path)) == left


def test_who_interrupts_finds_the_log_as_it_was(path, environment, tmp_path):
    main(["log", "export", "a.jsonl"])
    before = entries(path)
    with subprocess.Popen(
        [sys.executable, "-m", "opnb", "log", "import", "-"],
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        line = (tmp_path / "a.jsonl").read_bytes().splitlines(keepends=True)[0]
        process.stdin.write(line.replace(b'"r1"', b'"r9"') * 20_000)
        process.stdin.flush()
        while process.poll() is None and not _has_open(process.pid, path):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        process.wait(timeout=60)

    assert (process.returncode, told) == (
        130,
        b"Interrupted; nothing was left half done.\n",
    )
    assert entries(path) == before


def _has_open(pid, path):
    if not Path("/proc/self/fd").exists():
        time.sleep(5)
        return True
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return str(path) in links


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "opnb: the following arguments are required: COMMAND", "--help"),
        (["lgo"], "invalid choice: 'lgo'", "Did you mean 'log'?"),
        (["log"], "required: COMMAND", "opnb log --help"),
        (["log", "inof"], "invalid choice: 'inof'", "Did you mean 'info'?"),
        (["log", "info", "--jsn"], "unrecognized arguments: --jsn", "--help"),
        (["log", "prune"], "--before --older-than is required", "opnb log prune"),
        (["log", "prune", "--before", "x", "--older-than", "1d"], "not allowed", ""),
        (["log", "prune", "--before", "x", "--keep-runs", "-1"], "keep-runs", ""),
        (["log", "prune", "--before", "soon", "--yes"], "'soon' is no time", "ISO"),
        (["log", "prune", "--older-than", "2026", "--yes"], "no stretch", "'90d'"),
        (["log", "info", "--log", "mysql://x/y"], "'mysql' is unknown", "Give a path"),
        (["log", "info", "--log", "memory:"], "ends with its process", "--log PATH"),
        (["log", "export", "a.csv"], "'a.csv' is no place", ".parquet or .jsonl"),
        (["log", "export", "a.jsonl", "--type", "x"], "no event type 'x'", ""),
        (["log", "export", ".opnb/events.db"], "this log itself", "another"),
    ],
    ids=" ".join,
)
def test_a_wrong_line_ends_with_64_and_the_next_move(
    path, capsys, words, message, hint
):
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    told = capsys.readouterr().err

    assert code == 64
    assert message in told.splitlines()[0]
    assert told.splitlines()[-1].startswith("Hint: ")
    assert hint in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 2


def foreign(path):
    path.write_text("no log")


def of_another_program(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE runs (a)")
    connection.close()


def newer(path):
    EventLog(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "There is no log at"),
        (Path.touch, "There is no log at"),
        (Path.mkdir, "is no file"),
        (foreign, "is not an opnb log"),
        (of_another_program, "is not an opnb log"),
        (newer, "was written by a newer opnb"),
    ],
    ids=["missing", "empty", "folder", "foreign", "of another program", "newer"],
)
@pytest.mark.parametrize(
    "words",
    [["info"], ["check"], ["compact"], ["export", "-"], ["prune", "--older-than=1d"]],
    ids=lambda words: words[0],
)
def test_what_is_no_log_is_told_and_left_as_it_is(
    tmp_path, capsys, make, message, words
):
    path = tmp_path / "sub" / "x.db"
    path.parent.mkdir()
    make(path)
    before = [(each, _content(each)) for each in sorted(path.parent.iterdir())]
    yes = ["--yes"] if words[0] == "prune" else []

    assert main(["log", *words, *yes, "--log", str(path)]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "\nHint: " in told
    assert "Traceback" not in told
    after = [(each, _content(each)) for each in sorted(path.parent.iterdir())]
    assert after == before


def _content(path):
    return path.read_bytes() if path.is_file() else None


def test_a_time_without_a_zone_is_taken_as_utc_and_that_is_said(path, opnb):
    done = opnb("log", "prune", "--before", "2000-01-01", "--dry-run")

    assert "Ended before 2000-01-01 00:00:00 UTC" in done.stdout
    assert done.stderr.startswith("Note: A time without a zone is taken as UTC")
    assert done.stderr.count("\n") == 1


def test_no_password_is_shown(capsys):
    address = "postgresql://ann:sesame@127.0.0.1:1/logs?connect_timeout=1"

    assert main(["log", "info", "--log", address]) == 1
    told = "".join(capsys.readouterr())
    assert "ann@127.0.0.1" in told
    assert "sesame" not in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_manual(command, capsys):
    with pytest.raises(SystemExit) as end:
        main(["log", command, "--help"])

    told = capsys.readouterr().out
    assert end.value.code == 0
    assert f"usage: opnb log {command}" in told
    assert "--log ADDRESS" in told


def test_help_loads_no_log(opnb):
    done = opnb("--help")

    assert done.returncode == 0
    assert "log" in done.stdout


def test_an_executed_notebook_comes_in_and_what_its_cards_left_out_is_told(
    session, tmp_path, capsys
):
    @op
    def clean():
        rows = [AssetObservation("a", metadata={"n": n}) for n in range(1500)]
        large = AssetMaterialization("a", metadata={"text": "x" * 5000})
        yield from [large, *rows, Output(1)]

    metadata = session.execute_op(clean)._repr_mimebundle_()[1]
    cells = [{"cell_type": "code", "outputs": [{"metadata": metadata}]}]
    Path("run.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))

    assert main(["log", "import", "run.ipynb", "--log", "b.db"]) == 0
    told = capsys.readouterr().out
    assert " of 1 run added.\nCards left out for their size: " in told
    assert " entries and 1 value; the log that wrote them has all.\n" in told
    assert main(["log", "import", ".", "--log", "b.db"]) == 0
    assert "1 run the log had already" in capsys.readouterr().out
    assert main(["log", "export", "out.ipynb", "--log", "b.db"]) == 64
    assert main(["log", "import", "https://a/b.ipynb", "--log", "b.db"]) == 64
    Path("none.ipynb").write_text(json.dumps({"nbformat": 4, "cells": []}))
    assert main(["log", "import", "none.ipynb", "--log", "b.db"]) == 0
    assert "Nothing was added: none.ipynb tells of no run." in capsys.readouterr().out
    assert main(["log", "import", "rum.ipynb", "--log", "b.db"]) == 1
    assert "Hint: Did you mean 'run.ipynb'?" in capsys.readouterr().err
