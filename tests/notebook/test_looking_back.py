"""`%op` shows histories, tables of the log and timelines, and gives them as values."""

import pandas as pd
import pytest

from opnb import CheckError
from opnb.event_log.reading.timeline import RunTimeline


@pytest.fixture(name="history")
def _history(run):
    run("from opnb import *")
    run(
        "%%op load --retries 1\nif not context.retry_number:\n    raise OSError\n"
        "yield AssetMaterialization('orders', metadata={'n': 1})\n"
    )
    run("%%op clean\nx = 1")


def test_a_timeline_is_that_of_the_last_run(run, history):
    assert run("%op timeline").value.job == "clean"


def test_a_timeline_may_be_that_of_an_op(run, history):
    timeline = run("%op timeline load").value

    assert isinstance(timeline, RunTimeline)
    assert timeline.frame["status"].tolist() == ["UP_FOR_RETRY", "SUCCESS"]


def test_a_timeline_of_nothing_known_is_told(run, history):
    with pytest.raises(CheckError, match="Did you mean 'load'"):
        raise run("%op timeline laod").error


@pytest.mark.parametrize("verb", ["assets", "runs", "checks"])
def test_a_table_is_a_frame_that_shows_itself(run, history, verb, shell):
    frame = run(f"%op {verb}").value
    data, _ = shell.display_formatter.format(frame)

    assert isinstance(frame, pd.DataFrame)
    assert data["text/html"].startswith('<div class="opnb')
    assert verb[:-1] in data["text/plain"]


def test_a_table_with_a_column_more_is_shown_by_pandas(run, history, shell):
    frame = run("%op runs").value
    frame["mine"] = 1

    data, _ = shell.display_formatter.format(frame)

    assert "opnb" not in data["text/html"]
    assert "mine" in data["text/plain"]


def test_a_figure_shows_itself_without_pyplot(run, history, shell):
    figure = run("import opnb\nopnb.log.asset('orders').plot('n')").value

    data, metadata = shell.display_formatter.format(figure)

    assert data["image/png"]
    assert metadata["image/png"] == {"width": 700, "height": 260}
