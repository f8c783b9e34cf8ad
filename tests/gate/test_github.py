"""GitHub shows failures beside the lines of a notebook, and the scorecard."""

import json
from pathlib import Path

import pytest
from gate_notebooks import executed

from opnb.gate.github import add_summary, annotation_lines, is_in_actions
from opnb.gate.outcome import Case, NotebookVerdict, Outcome, Place, Stop


def case(outcome=Outcome.FAILED, **options):
    facts = {"name": "a::no gaps", "place": Place(1, 2, 2), "kind": "error"}
    return Case(outcome=outcome, **{**facts, **options})


@pytest.fixture(name="path")
def _path(tmp_path):
    text = json.dumps(executed("a", "b\nc"), indent=1)
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "a.ipynb").write_text(text)
    return "nb/a.ipynb"


def line_of(path, text):
    lines = Path(path).read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_a_failure_stands_at_its_line_of_the_file(path):
    (told,) = annotation_lines([NotebookVerdict(path, (case(message="2 gaps"),))], {})

    line = line_of(path, '"c"')
    assert told == (
        f"::error file=nb/a.ipynb,line={line},title=failed%3A a%3A%3Ano gaps::"
        "cell 2, line 2: 2 gaps"
    )


def test_paths_are_those_of_the_repository(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "nb")

    (told,) = annotation_lines(
        [NotebookVerdict("a.ipynb", (case(),))], {"GITHUB_WORKSPACE": str(tmp_path)}
    )

    assert "file=nb/a.ipynb," in told


def test_a_warning_is_one_and_what_is_accepted_is_none(path):
    cases = (
        case(Outcome.WARNED, kind="warn"),
        case(Outcome.KNOWN),
        case(Outcome.EXPECTED),
        case(Outcome.PASSED),
    )

    (told,) = annotation_lines([NotebookVerdict(path, cases)], {})

    assert told.startswith("::warning file=")


def test_a_notebook_that_did_not_end_is_told_of_even_if_it_is_not_there():
    stop = Stop("missing", "There is no file.", "Did you mean 'b'?")

    (told,) = annotation_lines([NotebookVerdict("b.ipynb", (), stop)], {})

    assert told == (
        "::error file=b.ipynb,title=missing::There is no file.%0ADid you mean 'b'?"
    )


def test_texts_cannot_break_out(path):
    told = case(name="a::b,line=1\n::error::x", message="50 %\r\n::warning::y")

    (line,) = annotation_lines([NotebookVerdict(path, (told,))], {})

    assert "\n" not in line
    assert "\r" not in line
    assert "b%2Cline=1%0A%3A%3Aerror%3A%3Ax" in line
    assert "50 %25%0D%0A" in line


def test_no_more_than_github_shows(path):
    told = list(annotation_lines([NotebookVerdict(path, (case(),) * 30)], {}))

    assert len(told) == 10


def test_the_summary_is_added_to_what_is_there_and_cut_where_github_refuses(tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    environment = {"GITHUB_STEP_SUMMARY": str(path)}

    add_summary("## ✓\n", environment)
    assert path.read_text() == "before\n## ✓\n"
    add_summary("✓" * 1_000_000, environment)
    assert path.stat().st_size < 1_024 * 1_024
    assert path.read_text().endswith("The rest is left out.\n")
    add_summary("nowhere", {})


def test_it_is_github_where_its_environment_says_so():
    assert is_in_actions({"GITHUB_ACTIONS": "true"})
    assert not is_in_actions({})
