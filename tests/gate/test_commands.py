"""`opnb run` and `opnb check`: wrong lines, reports, baselines, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gate_notebooks import card, code, error, executed, save

from opnb import ExpectationResult, Output, op
from opnb.cli import main


@op
def clean(good: bool):
    yield ExpectationResult(good, "no gaps", metadata={"rows": 3})
    yield ExpectationResult(False, "fresh", severity="warn")
    yield Output(1)


def write(name, *cells):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(json.dumps(executed(*cells)))


@pytest.fixture(name="orders")
def _orders(monkeypatch):
    """An executed notebook with a check that failed and one that is a warning."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    write("orders.ipynb", "import opnb", code("%%op clean\n", card(clean, good=False)))
    return "orders.ipynb"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["run"], "required: NOTEBOOK", "--help"),
        (["check"], "required: EXECUTED", "--help"),
        (["run", "a.ipynb", "--fail-onn", "x"], "--fail-onn", "'--fail-on'"),
        (["run", "a.ipynb", "--fail-on", "warm"], "'warm'", "'warn'"),
        (["run", "a.ipynb", "--timeout", "0"], "--timeout", "--help"),
        (["run", "a.ipynb", "--timeout", "soon"], "--timeout", "--help"),
        (["run", "a.ipynb", "--jobs", "0"], "--jobs", "--help"),
        (["run", "a.ipynb", "-p", "n"], "'n' is no parameter", "-p name=value"),
        (["run", "a.ipynb", "-p", "2n=1"], "cannot name a parameter", "-p name=value"),
        (["run", "a.ipynb", "b.ipynb", "-o", "c.ipynb"], "is one file", "folder"),
        (["run", "a.ipynb", "-o", "a.ipynb"], "would replace", "--output"),
        (["run", "."], "no notebook in the folder '.'", "folder that has some"),
        (["check", "a.ipynb", "--baseline", "b.json"], "no baseline", "--write-base"),
        (["check", "a.ipynb", "--write-baseline"], "does not say where", "--baseline"),
        (["runn", "a.ipynb"], "'runn'", "'run'"),
    ],
)
def test_a_wrong_line_ends_with_64_and_the_next_move(words, message, hint, capsys):
    try:
        ended = main(words)
    except SystemExit as exit_:
        ended = exit_.code

    told = capsys.readouterr()
    assert ended == 64
    assert told.out == ""
    assert message in told.err
    assert hint in told.err.partition("\nHint: ")[2]
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("fail_on", "ended"), [("error", 2), ("warn", 2), ("never", 0)]
)
def test_check_judges_what_ran_elsewhere(orders, capsys, fail_on, ended):
    assert main(["check", orders, "--fail-on", fail_on]) == ended
    assert "clean::no gaps" in capsys.readouterr().out


def test_of_several_notebooks_the_worst_counts(orders, capsys):
    write("raised.ipynb", code("1 / 0", error("ZeroDivisionError")))

    assert main(["check", orders, "raised.ipynb"]) == 1
    assert main(["check", orders, "raised.ipynb", "lost.ipynb"]) == 3
    assert main(["check", "."]) == 1
    assert "2 notebooks: an op or a cell raised" in capsys.readouterr().out


def test_reports_are_written(orders):
    names = {"--junit": "r/j.xml", "--html": "r/s.html", "--md": "r/s.md"}

    main(["check", orders, *(word for pair in names.items() for word in pair)])

    for name in names.values():
        assert "clean::no gaps" in Path(name).read_text()


def test_a_baseline_accepts_what_fails_today_and_tells_what_is_cured(orders, capsys):
    baseline = ["--baseline", "known.json"]

    assert main(["check", orders, *baseline, "--write-baseline"]) == 0
    assert "Known from now on, in known.json: 2 checks.\n" in capsys.readouterr().out
    assert main(["check", orders, *baseline]) == 0
    assert "· known: clean::no gaps" in capsys.readouterr().out
    write(orders, code("%%op clean\n", card(clean, good=True)))
    assert main(["check", orders, *baseline]) == 0
    assert (
        "1 check cured: passed, and still in the baseline:\n      clean::no gaps"
        in (capsys.readouterr().out)
    )


def test_within_github_actions_failures_are_annotated(orders, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")

    main(["check", orders])

    told = capsys.readouterr().out
    assert "\n::error file=orders.ipynb,line=" in told
    assert "\n::warning file=orders.ipynb,line=" in told
    assert "clean::no gaps" in Path("summary.md").read_text()


@pytest.mark.kernel
def test_run_runs_a_folder_and_tells_of_each_cell(capsys, tmp_path):
    save(
        tmp_path / "nb" / "b.ipynb", "n = 1", "assert n == 2", tags={0: ["parameters"]}
    )

    assert main(["run", "nb", "-p", "n=2", "--md", "s.md"]) == 0

    assert capsys.readouterr().out == (
        "nb/b.ipynb\n"
        "  cell 1                              ✓ done\n"
        "  cell 2                              ✓ done\n"
        "  cell 3                              ✓ done\n"
        "\n"
        "Scorecard\n"
        "✓ nb/b.ipynb: no checks\n"
        "  → executed/nb/b.ipynb\n"
        "\n"
        "1 notebook: all is well (exit code 0).\n"
    )
    ran = json.loads(Path("executed/nb/b.ipynb").read_text())
    assert "".join(ran["cells"][1]["source"]) == "# Parameters\nn = 2\n"


def test_without_what_runs_notebooks_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['nbclient'] = None\n"
        "from opnb.cli import main; sys.exit(main(['run', 'a.ipynb']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.returncode == 3
    assert done.stderr.endswith('Hint: pip install "opnb[run]"\n')


def test_check_loads_nothing_heavy(orders):
    code = (
        "import sys; from opnb.cli import main; main(['check', 'orders.ipynb'])\n"
        "print(sorted({'pandas', 'IPython', 'nbclient', 'zmq'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
