"""Executed notebooks read as the log that they wrote: files, folders, git history."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import warnings

import nbformat
import pandas as pd
import papermill
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import opnb
from opnb import CheckError, ForeignLogError, LogUnavailableError, LogWarning
from opnb.event_log.care.transfer import import_log
from opnb.event_log.log import EventLog
from opnb.event_log.notebook_runs import find_runs

CLEAN = """%%op clean --retries 1
values = {"z": 1.0, "a": 2**70, "nan": float("nan"), "j": {"b": 1.0, "1": [2]}}
yield AssetMaterialization("shop/orders", partition="p", metadata=values)
context.log.warning("é\\n")
tidy = sorted(orders)"""
NIGHTLY = """@op
def one():
    return 1

@job
def nightly():
    one()

nightly.execute_in_process()"""
CELLS = (
    "%load_ext opnb\nimport opnb\nfrom opnb import *",
    "%%op load\norders = [3, 1]\nyield ExpectationResult(True, 'fine \\ud800')",
    CLEAN,
    NIGHTLY,
    "%op last load",
    "%%op bad\nraise Failure('no', metadata={'rows': 0.1})",
)


def book_of(*cells):
    return new_notebook(
        cells=[new_markdown_cell("# Orders"), *map(new_code_cell, cells)]
    )


@pytest.fixture(scope="module", name="executed")
def _executed(tmp_path_factory):
    """A folder with a notebook that nbclient ran, and the log that it wrote."""
    folder = tmp_path_factory.mktemp("executed")
    book = book_of(*CELLS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPNB_LOG", str(folder / "events.db"))
        NotebookClient(book, allow_errors=True).execute()
    nbformat.write(book, folder / "executed.ipynb")
    return folder


@pytest.fixture(name="folder")
def _folder(executed, tmp_path):
    """A copy of that folder, to do with as one likes."""
    for name in ("executed.ipynb", "events.db"):
        (tmp_path / name).write_bytes((executed / name).read_bytes())
    return tmp_path


def frame_of(path):
    log = EventLog(path)
    frame = log.frame
    log.close()
    return frame


def entries_of(path):
    log = EventLog(path)
    entries = [log.entries(run_id) for run_id in log.runs()["run_id"]]
    log.close()
    return repr(entries)  # NaN is equal to nothing


@pytest.mark.kernel
def test_a_notebook_reads_as_the_log_that_it_wrote(executed):
    frame = opnb.read_notebook(executed / "executed.ipynb")

    log = frame_of(executed / "events.db")
    pd.testing.assert_frame_equal(frame[list(log.columns)], log)
    assert list(frame.columns[len(log.columns) :]) == ["notebook", "cell"]
    assert frame.groupby("job")["cell"].unique().map(list).to_dict() == {
        "load": [2],
        "clean": [3],
        "nightly": [4],
        "bad": [6],
    }


@pytest.mark.kernel
def test_papermill_keeps_the_record_too(tmp_path, monkeypatch):
    nbformat.write(book_of(*CELLS[:-1]), tmp_path / "in.ipynb")
    monkeypatch.setenv("OPNB_LOG", str(tmp_path / "events.db"))

    papermill.execute_notebook(
        tmp_path / "in.ipynb",
        tmp_path / "out.ipynb",
        kernel_name="python3",
        progress_bar=False,
    )

    log = frame_of(tmp_path / "events.db")
    frame = opnb.read_notebook(tmp_path / "out.ipynb")
    pd.testing.assert_frame_equal(frame[list(log.columns)], log)


@pytest.mark.kernel
def test_an_import_makes_equal_entries_and_twice_changes_nothing(executed, tmp_path):
    path = tmp_path / "new.db"

    done = import_log(path, str(executed / "executed.ipynb"))
    again = import_log(path, str(executed))

    assert (done.runs, done.runs_known, done.left_out) == (4, 0, 0)
    assert (again.entries, again.runs_known) == (0, 4)
    assert entries_of(path) == entries_of(executed / "events.db")
    of_process = ["host", "pid"]
    runs = [
        pd.DataFrame(EventLog(each).runs()).drop(columns=of_process)
        for each in (path, executed / "events.db")
    ]
    pd.testing.assert_frame_equal(*runs)


@pytest.mark.kernel
def test_in_a_folder_each_run_is_there_once(folder):
    (folder / "more" / ".ipynb_checkpoints").mkdir(parents=True)
    book = (folder / "executed.ipynb").read_bytes()
    (folder / "more" / "copy.ipynb").write_bytes(book)
    (folder / "more" / ".ipynb_checkpoints" / "x.ipynb").write_text("broken")

    frame = opnb.read_notebook(folder)

    assert len(frame) == len(frame_of(folder / "events.db"))
    assert set(frame["notebook"]) == {"executed.ipynb"}


@pytest.mark.kernel
def test_of_two_cards_of_a_run_the_one_with_more_of_it_counts(folder):
    path = folder / "executed.ipynb"
    book = json.loads(path.read_text())
    cell = book["cells"][2]
    running = copy.deepcopy(cell)
    facts = running["outputs"][-1]["metadata"]["opnb"]
    facts["events"] = facts["events"][:2]
    book["cells"].insert(0, running)
    path.write_text(json.dumps(book))

    found = {run.card.facts["op"]: run.card for run in find_runs(path)}

    assert found["load"].cell == 3
    assert len(found["load"].entries) > 2


def git(folder, *words):
    settings = "user.name=Ann user.email=ann@example.org commit.gpgsign=false"
    options = [word for each in settings.split() for word in ("-c", each)]
    done = subprocess.run(
        [shutil.which("git"), *options, *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().strip()


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(name="versions")
def _versions(folder):
    """The notebook in four commits: a run, another name, nonsense, all runs."""
    git(folder, "init", "-q")
    book = json.loads((folder / "executed.ipynb").read_text())
    (folder / "executed.ipynb").unlink()
    only = {**book, "cells": book["cells"][:3]}
    (folder / 'ä "b.ipynb').write_text(json.dumps(only))
    commits = [commit(folder)]
    git(folder, "mv", 'ä "b.ipynb', "now.ipynb")
    commits.append(commit(folder))
    (folder / "now.ipynb").write_text("<<<<<<< HEAD")
    commits.append(commit(folder))
    (folder / "now.ipynb").write_text(json.dumps(book))
    commits.append(commit(folder))
    (folder / "now.ipynb").write_text(json.dumps({**book, "cells": []}))
    return commits


@pytest.mark.kernel
def test_a_history_has_each_run_with_the_commit_that_brought_it(folder, versions):
    with pytest.warns(LogWarning, match=f"Passed over: .*at {versions[2][:12]}"):
        frame = opnb.read_notebook(folder / "now.ipynb", history=True)

    assert frame.columns[-1] == "commit"
    assert frame.groupby("job")["commit"].unique().map(list).to_dict() == {
        "load": [versions[0]],
        **{op: [versions[3]] for op in ("clean", "nightly", "bad")},
    }
    assert opnb.read_notebook(folder / "now.ipynb").empty


def test_an_empty_notebook_gives_an_empty_frame_of_the_same_dtypes(tmp_path, log):
    nbformat.write(book_of("1"), tmp_path / "a.ipynb")

    frame = opnb.read_notebook(tmp_path / "a.ipynb")

    assert frame.empty
    pd.testing.assert_frame_equal(frame[list(log.frame.columns)], log.frame)


def test_a_byte_order_mark_and_a_nan_of_others_are_no_fault(tmp_path):
    text = '\ufeff{"nbformat": 4, "cells": [], "metadata": {"x": NaN}}'
    (tmp_path / "a.ipynb").write_text(text)

    assert opnb.read_notebook(tmp_path / "a.ipynb").empty


BAD = {
    "nothing": (b"", "it is no JSON: it is empty"),
    "text": (b"hello", "it is no JSON: b'hello'"),
    "half": (b'{"nbformat": 4', "it is no JSON"),
    "bytes": (b"\xff\xfe\x00", "it is no JSON"),
    "deep": (b"[" * 100_000, "it is no JSON"),
    "a list": (b"[]", "this is no notebook: []"),
    "old": (b'{"nbformat": 3, "worksheets": []}', "nbformat 3"),
}


@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_notebook_is_told_by_name(tmp_path, content, why):
    (tmp_path / "a.ipynb").write_bytes(content)

    for path in ("a.ipynb", tmp_path):
        with pytest.raises(ForeignLogError, match=r"\Aa\.ipynb: ") as told:
            opnb.read_notebook(path)
        assert why in str(told.value)
        assert "\nHint: " in str(told.value)
        assert len(str(told.value)) < 300


def test_a_missing_file_is_told_with_the_nearest(tmp_path):
    (tmp_path / "executed.ipynb").write_text("{}")
    told = r"There is no file 'exceuted\.ipynb'\.\nHint: Did you mean 'executed\.ipynb'"

    for options in ({}, {"history": True}):
        with pytest.raises(LogUnavailableError, match=told if not options else "git"):
            opnb.read_notebook("exceuted.ipynb", **options)


def test_a_folder_without_notebooks_is_told(tmp_path):
    with pytest.raises(LogUnavailableError, match="has no notebook in it"):
        opnb.read_notebook(tmp_path)


def test_a_file_too_large_is_not_read(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(2**31)

    with pytest.raises(LogUnavailableError, match=r"too large: 2\.0 GiB"):
        opnb.read_notebook("a.ipynb")


@pytest.mark.parametrize("path", [None, 3, b"a.ipynb"])
def test_a_path_that_is_none_is_told(path):
    with pytest.raises(CheckError, match="'path' must be str or Path"):
        opnb.read_notebook(path)


def test_what_has_no_history_is_told_with_the_next_move(tmp_path, monkeypatch):
    book = tmp_path / "a.ipynb"
    nbformat.write(book_of(), book)
    with pytest.raises(CheckError, match="a history is one of a file"):
        opnb.read_notebook(tmp_path, history=True)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(LogUnavailableError, match=r"not a git repository(.|\n)*Hint"):
        opnb.read_notebook(book, history=True)
    git(tmp_path, "init", "-q")
    with pytest.raises(LogUnavailableError, match=r"git cannot tell|is in no commit"):
        opnb.read_notebook(book, history=True)
    (tmp_path / "b.ipynb").write_text("{}")
    git(tmp_path, "add", "b.ipynb")
    git(tmp_path, "commit", "-q", "-m", "x")
    with pytest.raises(LogUnavailableError, match=r"'.*a\.ipynb' is in no commit"):
        opnb.read_notebook(book, history=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LogUnavailableError, match="read by git, which is not there"):
        opnb.read_notebook(book, history=True)


def test_an_import_of_a_broken_card_keeps_nothing(session, tmp_path):
    @opnb.op
    def clean():
        return 1

    good, bad = (
        session.execute_op(clean)._repr_mimebundle_()[1]["opnb"] for _ in range(2)
    )
    bad["events"][3] = bad["events"][3].replace("STEP", "STOP")
    outputs = [{"metadata": {"opnb": facts}} for facts in (good, bad)]
    book = {"nbformat": 4, "cells": [{"outputs": outputs}]}
    (tmp_path / "a.ipynb").write_text(json.dumps(book))

    with pytest.raises(
        ForeignLogError, match=r"a\.ipynb: the card in cell 0 .*event 4"
    ):
        import_log(tmp_path / "new.db", "a.ipynb")
    assert not (tmp_path / "new.db").exists()


def test_no_warning_comes_of_reading(tmp_path):
    nbformat.write(book_of("1"), tmp_path / "a.ipynb")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opnb.read_notebook(tmp_path / "a.ipynb")
