"""Notebooks run in real kernels come out as they did, whoever ran them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import papermill
import psutil
import pytest
from gate_notebooks import SETUP, save
from nbclient import NotebookClient

from opnb import EventLog
from opnb.cli import main
from opnb.gate.execute import HowToRun
from opnb.gate.gate import Gate
from opnb.gate.parameters import Parameters

pytestmark = pytest.mark.kernel


def yielding(success, severity=None):
    event = f"ExpectationResult({success}, 'holds', severity={severity!r})"
    return SETUP, f"%%op check\nx = 1\nyield {event}", "after = x"


# Name → the cells, and the exit code.
TABLE = {
    "all pass": (yielding(True), 0),
    "a warn": (yielding(False, "warn"), 0),
    "no severity": (yielding(False), 2),
    "an error": (yielding(False, "error"), 2),
    "a fatal": (yielding(False, "fatal"), 2),
    "an op that raises": ((SETUP, "%%op check\n1 / 0", "after = 1"), 1),
    "a cell that raises": (("a = 1", "1 / 0"), 1),
    "a kernel that dies": (
        (
            SETUP,
            """%%op grow
import os
yield AssetMaterialization('orders', metadata={'rows': 3})
yield ExpectationResult(True, 'recorded')
os.kill(os.getpid(), 9)""",
            "after = 1",
        ),
        3,
    ),
    "a time-out": (("import time", "while True: time.sleep(0.1)", "after = 1"), 3),
    "no ops": (("a = 1", "a"), 0),
    "another kernel": (("a = 1",), 3),
    "no cells": ((), 0),
}
KERNELS = {"another kernel": "no-such-kernel"}
FILES = {"invalid": "{'cells'", "no notebook": "[]", "old": '{"nbformat": 3}'}


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory):
    return tmp_path_factory.mktemp("gate")


@pytest.fixture(scope="module", name="runs")
def _runs(folder):
    """All notebooks of the table, run two at once; where, what was told, verdicts."""
    names = [*TABLE, *FILES, "missing"]
    for name, (cells, _) in TABLE.items():
        save(folder / f"{name}.ipynb", *cells, kernel=KERNELS.get(name, "python3"))
    for name, text in FILES.items():
        (folder / f"{name}.ipynb").write_text(text)
    told: list[str] = []
    log = {"OPNB_LOG": str(folder / "events.db")}
    gate = Gate(HowToRun(environment=log), say=told.append)
    hasty = replace(gate, how=replace(gate.how, timeout=6.0))
    verdicts = {}
    for by, chosen in ((gate, set(names) - {"a time-out"}), (hasty, {"a time-out"})):
        paths = {name: folder / f"{name}.ipynb" for name in names if name in chosen}
        targets = [folder / "executed" / path.name for path in paths.values()]
        (folder / "executed").mkdir(exist_ok=True)
        done = by.run(list(map(str, paths.values())), targets, jobs=2)
        verdicts.update(zip(paths, done, strict=True))
    return SimpleNamespace(verdicts=verdicts, told="".join(told))


CODES = {name: code for name, (_, code) in TABLE.items()}


@pytest.mark.parametrize(("name", "code"), {**CODES, **dict.fromkeys(FILES, 3)}.items())
def test_the_exit_code_is_right_for(runs, folder, capsys, name, code):
    executed = folder / "executed" / f"{name}.ipynb"
    path = executed if executed.exists() else folder / f"{name}.ipynb"

    assert runs.verdicts[name].exit_code == code
    assert main(["check", str(path)]) == code
    assert f"(exit code {code})" in capsys.readouterr().out


def test_a_missing_file_is_told_with_the_nearest(runs):
    verdict = runs.verdicts["missing"]

    assert verdict.exit_code == 3
    assert verdict.stop.message.startswith("There is no file")
    assert "Did you mean" in verdict.stop.hint


def test_a_run_ends_at_the_first_cell_that_raises_and_at_no_other(runs):
    not_run = {name: runs.verdicts[name].not_run for name in CODES}

    assert {name for name, count in not_run.items() if count} == {
        "an error",
        "a fatal",
        "an op that raises",
        "a kernel that dies",
        "a time-out",
        "another kernel",
    }


def test_the_kernel_that_died_is_told_with_its_cell_and_what_it_recorded_is_there(
    runs, folder
):
    stop = runs.verdicts["a kernel that dies"].stop

    assert (stop.kind, stop.index) == ("dead kernel", 1)
    assert stop.message == "The kernel died in cell 2, op 'grow'."
    log = EventLog(folder / "events.db")
    assert log.asset("orders").frame["rows"].tolist() == [3]
    assert log.runs(job="grow")["status"].tolist() == ["INTERRUPTED"]
    assert log.checks(op="grow")["label"].tolist() == ["recorded"]
    log.close()


def test_the_time_out_is_told_with_its_cell(runs):
    verdict = runs.verdicts["a time-out"]

    assert verdict.stop.message == "Its 6 seconds were over in cell 2."
    assert verdict.cases == ()  # the interrupt is no error of the notebook's


def test_there_is_a_line_for_each_cell_in_the_order_of_the_notebooks(runs):
    lines = runs.told.splitlines()
    notebooks = [line.rsplit("/")[-1] for line in lines if not line.startswith(" ")]

    assert notebooks[: len(TABLE) - 1] == [
        f"{name}.ipynb" for name in TABLE if name != "a time-out"
    ]
    assert "  cell 2  grow                        ✗ dead kernel" in lines
    assert "  cell 2  check                       ✓ 1 check passed" in lines
    assert "  cell 2                              ✗ ZeroDivisionError" in lines
    assert "  cell 2                              ✗ time-out" in lines


def test_all_kernels_are_gone(runs):
    left = psutil.Process().children(recursive=True)

    assert not [each for each in left if "ipykernel" in " ".join(each.cmdline())]


MIXED = (
    SETUP,
    "%%op load\norders = [1, 2, 2]",
    """%%op clean
yield AssetMaterialization('shop/orders', metadata={'rows': len(orders)})
yield ExpectationResult(len(set(orders)) == 3, 'ids are unique')
yield ExpectationResult(False, 'fresh', severity='warn')
yield ExpectationResult(True, 'there are some')""",
    "%%op demo\nraise ValueError('expected')",
    "%%op strict\nyield ExpectationResult(False, 'holds', severity='error')",
    "after = 1",
)


def by_hand(path):
    """Run a notebook as JupyterLab does: a person may be asked, cells know of times."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    with client.setup_kernel():
        client.kc.allow_stdin = True
        for index, cell in enumerate(notebook.cells):
            if "after" not in cell.source:
                client.allow_errors = True
                client.execute_cell(cell, index)
    done = path.with_name("by_hand.ipynb")
    nbformat.write(notebook, done)
    return done


def by_papermill(path):
    done = path.with_name("by_papermill.ipynb")
    with pytest.raises(papermill.PapermillExecutionError, match="CheckFailed"):
        papermill.execute_notebook(path, done, progress_bar=False, cwd=path.parent)
    return done


@pytest.fixture(name="mixed")
def _mixed(tmp_path, monkeypatch):
    monkeypatch.setenv("OPNB_LOG", "memory:")
    return save(tmp_path / "mixed.ipynb", *MIXED, tags={3: ["raises-exception"]})


def told(verdict):
    return [(case.name, case.outcome.value, str(case.place)) for case in verdict.cases]


def test_the_verdict_is_the_same_whoever_ran_it(mixed):
    gate = Gate()
    done = mixed.with_name("executed.ipynb")
    (verdict,) = gate.run([str(mixed)], [done])
    assert verdict.exit_code == 2
    assert told(verdict) == [
        ("shop/orders::ids are unique", "failed", "cell 3, line 3"),
        ("shop/orders::fresh", "warned", "cell 3, line 4"),
        ("shop/orders::there are some", "passed", "cell 3, line 5"),
        ("demo", "expected", "cell 4, line 2"),
        ("strict::holds", "failed", "cell 5, line 2"),
    ]

    for other in (done, by_papermill(mixed), by_hand(mixed)):
        seen = gate.check(str(other))
        assert (told(seen), seen.exit_code) == (told(verdict), verdict.exit_code)


def test_nbval_fails_the_cells_that_the_gate_says_raised(mixed):
    done = pytest_run("--nbval-lax", mixed.name, folder=mixed.parent)

    assert re.findall(r"FAILED \S+::(Cell \d)", done.stdout) == ["Cell 4"]


def pytest_run(*words, folder):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfE", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


SECRET = "swordfish-" + "99"


def test_a_secret_reaches_the_kernel_and_is_nowhere_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OPNB_LOG", "memory:")
    save(
        tmp_path / "a.ipynb",
        SETUP,
        "api_key = None\nn = 1",
        "assert api_key.endswith('-99') and n == 3",
        "print('key', api_key)\nget_ipython().user_ns['_ih']",
        "%%op load\nyield ExpectationResult(False, 'x', metadata={'used': api_key})",
        "raise OSError(f'no access with {api_key}')",
        tags={1: ["parameters"]},
    )
    reports = ["--junit", "j.xml", "--html", "s.html", "--md", "s.md"]
    words = ["run", "a.ipynb", "-p", "n=3", "-p", f"api_key={SECRET}", *reports]

    assert main(words) == 1

    told = capsys.readouterr()
    files = [path for path in tmp_path.rglob("*.*") if path != tmp_path / "a.ipynb"]
    kept = [path.read_text() for path in files]
    assert len(kept) == 5
    assert not [text for text in [told.out, told.err, *kept] if SECRET in text]
    assert "OSError: no access with ••••" in told.out
    assert r"api_key = \"••••\"" in Path("executed/a.ipynb").read_text()
    assert "used ••••" in Path("j.xml").read_text()


def test_keep_going_runs_the_cells_after_one_that_raised(tmp_path):
    save(tmp_path / "a.ipynb", "1 / 0", "print('on')", "int('x')")
    gate = Gate(HowToRun(keep_going=True))

    (verdict,) = gate.run(["a.ipynb"], [None])

    assert [case.kind for case in verdict.cases] == ["ZeroDivisionError", "ValueError"]
    assert verdict.exit_code == 1


def test_the_kernel_works_in_the_folder_of_the_notebook(tmp_path):
    save(tmp_path / "night" / "a.ipynb", "import os; os.path.basename(os.getcwd())")

    (verdict,) = Gate().run(["night/a.ipynb"], [None])

    assert "night" in json.dumps(verdict.notebook["cells"][0]["outputs"])


def test_within_a_running_loop_it_runs_as_well(tmp_path):
    import asyncio

    save(tmp_path / "a.ipynb", "n")

    async def work():
        return Gate(HowToRun(Parameters({"n": 1}))).run(["a.ipynb"], [None])

    (verdict,) = asyncio.run(work())
    assert verdict.exit_code == 0


def test_a_kernel_that_does_not_start_is_told_with_its_last_words(
    tmp_path, monkeypatch
):
    folder = tmp_path / "jupyter" / "kernels" / "broken"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-c", "import sys; sys.exit('no module named lost')"]
    spec = {"argv": argv, "display_name": "broken", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    save(tmp_path / "a.ipynb", "a = 1", kernel="broken")

    (verdict,) = Gate().run(["a.ipynb"], [None])

    assert verdict.exit_code == 3
    assert verdict.stop.message == (
        "The kernel 'broken' did not start. It wrote: no module named lost"
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_kernels_and_leaves_nothing(tmp_path, sent):
    save(tmp_path / "a.ipynb", "import time\nopen('began', 'w')\ntime.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-m", "opnb", "run", "a.ipynb"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with process:
        while not (tmp_path / "began").exists():
            time.sleep(0.05)
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(sent)
        _, told = process.communicate(timeout=30)

    assert process.returncode == 130
    assert told == "Interrupted; nothing was left half done.\n"
    assert kernels
    assert not [kernel for kernel in kernels if kernel.is_running()]
    assert list((tmp_path / "executed").iterdir()) == [
        tmp_path / "executed" / ".gitignore"
    ]
