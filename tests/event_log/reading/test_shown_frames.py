"""The frames of a log that show themselves are DataFrames in all else."""

import copy
import pickle

import pandas as pd
import pytest
from factories import ended, entry, observed, started
from pandas.testing import assert_frame_equal

from opnb.event_log.reading.shown_frames import CatalogFrame, ChecksFrame, RunsFrame
from opnb.model.entry import EventType
from opnb.model.events import ExpectationResult

READERS = {"assets": CatalogFrame, "runs": RunsFrame, "checks": ChecksFrame}


@pytest.fixture(name="filled")
def _filled(log):
    log.append([started(), observed(), entry(ExpectationResult(True, "full"))])
    log.append([ended(EventType.RUN_SUCCESS)])
    return log


@pytest.fixture(name="frame", params=READERS)
def _frame(request, filled):
    return getattr(filled, request.param)()


@pytest.mark.parametrize("reader", READERS)
def test_a_table_of_the_log_is_a_frame_that_shows_itself(log, filled, reader):
    frame = getattr(filled, reader)()
    bundle, _ = frame._repr_mimebundle_()

    assert type(frame) is READERS[reader]
    assert isinstance(frame, pd.DataFrame)
    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}


MADE = {
    "head": lambda frame: frame.head(1),
    "filter": lambda frame: frame[frame.index >= 0],
    "columns": lambda frame: frame[list(frame.columns)],
    "loc": lambda frame: frame.loc[:],
    "copy": lambda frame: frame.copy(),
    "concat": lambda frame: pd.concat([frame, frame]),
    "merge": lambda frame: frame.merge(frame),
    "assign": lambda frame: frame.assign(more=1),
    "sort_values": lambda frame: frame.sort_values(frame.columns[0]),
    "reset_index": lambda frame: frame.reset_index(),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_it_is_a_plain_frame(frame, name):
    assert type(MADE[name](frame)) is pd.DataFrame


def test_a_column_of_it_is_a_plain_one(frame):
    assert type(frame[frame.columns[0]]) is pd.Series
    assert type(frame.iloc[0]) is pd.Series


def test_it_is_equal_to_a_plain_one(frame):
    plain = pd.DataFrame(frame)

    assert type(plain) is pd.DataFrame
    assert frame.equals(plain)
    assert plain.equals(frame)
    assert_frame_equal(frame, plain)


def test_it_is_pickled_whole(frame):
    again = pickle.loads(pickle.dumps(frame))  # noqa: S301 - our own

    assert type(again) is type(frame)
    assert_frame_equal(again, frame)
    assert again._repr_mimebundle_() == frame._repr_mimebundle_()


def test_pandas_shows_one_whose_columns_were_changed(frame):
    frame["mine"] = "my own"

    assert frame._repr_mimebundle_() == ({}, {})
    assert "my own" in frame._repr_html_()


def test_its_text_is_that_of_pandas(frame):
    assert repr(frame) == repr(pd.DataFrame(frame))
