"""The baseline accepts what fails today, and tells what is cured."""

import json

import pytest
from gate_notebooks import SETUP, save

from opnb import CheckError
from opnb.cli import main
from opnb.gate.baseline import Baseline
from opnb.gate.outcome import Case, NotebookVerdict, Outcome, Place

PLACE = Place(0, 1)


def verdict(path="night/orders.ipynb", **outcomes):
    cases = [
        Case(name, Outcome(outcome), PLACE, "error")
        for name, outcome in outcomes.items()
    ]
    return NotebookVerdict(path, tuple(cases))


def outcomes(verdict):
    return {case.name: case.outcome.value for case in verdict.cases}


@pytest.fixture(name="baseline")
def _baseline(tmp_path):
    """A baseline in which `a` of one notebook and `b` of another may fail."""
    path = tmp_path / "baseline.json"
    Baseline(path).write(
        [verdict(a="failed", ok="passed"), verdict("b.ipynb", b="warned")]
    )
    return Baseline.read(path)


def test_it_is_a_file_for_git(baseline):
    assert (
        baseline.path.read_text()
        == json.dumps(
            {"version": 1, "known": {"b.ipynb": ["b"], "night/orders.ipynb": ["a"]}},
            indent=2,
        )
        + "\n"
    )


def test_what_is_known_does_not_count(baseline):
    judged = baseline.apply(verdict(a="failed", new="failed"))

    assert outcomes(judged) == {"a": "known", "new": "failed"}
    assert judged.exit_code == 2
    assert baseline.apply(verdict(a="failed")).exit_code == 0


def test_what_another_notebook_may_do_this_one_may_not(baseline):
    assert baseline.apply(verdict("c.ipynb", a="failed")).exit_code == 2


def test_what_passes_again_is_cured_and_what_does_not_come_up_is_told(baseline):
    assert baseline.apply(verdict(a="passed")).cured == ("a",)
    assert baseline.apply(verdict(ok="passed")).unseen == ("a",)


def test_an_error_that_is_raised_is_never_accepted(baseline):
    error = Case("a", Outcome.RAISED, PLACE, "ValueError", is_check=False)

    assert baseline.apply(NotebookVerdict("b.ipynb", (error,))).exit_code == 1


@pytest.mark.kernel
def test_what_is_known_does_not_hide_what_comes_after_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OPNB_LOG", "memory:")
    first = "yield ExpectationResult(False, 'first', severity='error')"
    second = "yield ExpectationResult(n == 1, 'second', severity='error')"
    cells = SETUP, "n = 0", f"%%op a\n{first}", f"%%op b\n{second}", "1"
    save(tmp_path / "a.ipynb", *cells, tags={1: ["parameters"]})
    baseline = ["-q", "--baseline", "known.json"]

    assert main(["run", "a.ipynb", *baseline, "-p", "n=1", "--write-baseline"]) == 0
    assert "Known from now on, in known.json: 1 check." in capsys.readouterr().out
    assert main(["run", "a.ipynb", *baseline]) == 2
    assert "✗ failed: b::second" in capsys.readouterr().out
    # One that ran it without the baseline stopped before the second.
    assert main(["run", "a.ipynb", "-q"]) == 2
    assert main(["check", "executed/a.ipynb", *baseline[1:], "--write-baseline"]) == 3
    assert "by checks that do not count here; 2 after it never ran" in " ".join(
        capsys.readouterr().out.split()
    )


def test_writing_keeps_other_notebooks_and_drops_what_is_cured(baseline):
    assert baseline.write([verdict(a="passed", c="failed")]) == 1

    assert Baseline.read(baseline.path).known == {
        "b.ipynb": {"b"},
        "night/orders.ipynb": {"c"},
    }


def test_notebooks_are_named_from_its_folder(baseline, tmp_path, monkeypatch):
    (tmp_path / "night").mkdir()
    monkeypatch.chdir(tmp_path / "night")

    assert baseline.apply(verdict("orders.ipynb", a="failed")).exit_code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no baseline"),
        ("{", "is no baseline"),
        ("[]", "no object with version 1"),
        ('{"version": 2, "known": {}}', "no object with version 1"),
        ('{"version": 1, "known": {"a": [1]}}', "no list of names"),
        ('{"version": 1}', "no list of names"),
    ],
)
def test_what_is_no_baseline_is_refused(content, message, tmp_path):
    if content is not None:
        (tmp_path / "b.json").write_text(content)

    with pytest.raises(CheckError, match=message):
        Baseline.read(tmp_path / "b.json")
