"""What opnb says of a misuse is shorter than what Dagster says, hint and all."""

import logging

import pytest
from examples.misuses import MISUSES
from examples.raised import raised_by
from examples.terse import TERSER_IN_DAGSTER

import opnb.dagster

dagster = pytest.importorskip("dagster")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch, tmp_path):
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MISUSES)
def test_the_text_with_its_hint_is_shorter_than_dagsters(name):
    theirs = raised_by(MISUSES[name], dagster)
    ours = raised_by(MISUSES[name], opnb.dagster)
    text = str(ours).strip()

    assert "\nHint: " in text
    if theirs is None:
        assert MISUSES[name].error is not None
    elif name in TERSER_IN_DAGSTER:
        assert len(str(theirs).strip()) < len(text), "this one is no exception any more"
    else:
        assert len(text) < len(str(theirs).strip()), f"{text}\n\n{theirs}"


def test_each_exception_is_a_misuse():
    assert set(TERSER_IN_DAGSTER) <= set(MISUSES)
