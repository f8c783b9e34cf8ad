import contextlib
import sqlite3

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opnb.event_log.reading.arrow_read import read_arrow
from opnb.event_log.reading.frame import build_frame, frame_of_table
from opnb.model.errors import LogUnavailableError

COLUMNS = {
    "id": ("id", "int64"),
    "at": ("at", "datetime64[us, UTC]"),
    "a": ("a", "string"),
    "b": ("b", "string"),
    "truth": ("truth", "boolean"),
}
QUERY = "SELECT id, at, a, b, truth FROM t"
# The last three are what the way through Arrow puts between texts, and for NULL.
LETTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\x1e\x1f,")
TEXTS = st.none() | st.text(LETTERS, max_size=4)
INTS = st.integers(-(2**63), 2**63 - 1)
TIMES = st.integers(-(10**15), 10**15)
ROWS = st.lists(st.tuples(INTS, TIMES, TEXTS, TEXTS, st.sampled_from([None, 0, 1])))


class Source:
    """A table in a file; it counts how often its rows were asked for one by one."""

    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute(
            "CREATE TABLE t (id INTEGER, at INTEGER, a TEXT, b TEXT, truth INTEGER)"
        )
        self.plain = 0

    def fill(self, rows):
        self.connection.execute("DELETE FROM t")
        self.connection.executemany("INSERT INTO t VALUES (?,?,?,?,?)", rows)

    def select(self, query, parameters=()):
        self.plain += query.startswith("SELECT id")
        try:
            return self.connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise LogUnavailableError(str(error)) from error

    def frames(self, query=QUERY, parameters=()):
        """Return what comes through Arrow, and what comes row by row."""
        table = read_arrow(self.select, query, parameters, COLUMNS)
        rows = self.connection.execute(query, parameters).fetchall()
        return frame_of_table(table, COLUMNS), build_frame(rows, COLUMNS)


@pytest.fixture(name="source")
def _source(tmp_path):
    source = Source(tmp_path / "t.db")
    with contextlib.closing(source.connection):
        yield source


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory):
    source = Source(tmp_path_factory.mktemp("arrow") / "t.db")
    with contextlib.closing(source.connection):
        yield source


@given(rows=ROWS)
@settings(max_examples=150, deadline=None)
@example([(1, 0, "", None, None)])
@example([(1, 0, None, "", 0), (2, 0, "", None, 1)])
@example([(1, 0, "a\0b", "\x1e", 1), (2, 0, "x\x1fy", None, None)])
@example([(1, 0, "\x1e", None, 1), (2, 0, None, "\x1e", None)])
def test_both_ways_give_the_same_frame(shared, rows):
    shared.fill(rows)

    pd.testing.assert_frame_equal(*shared.frames())


def test_ordinary_texts_are_not_read_one_by_one(source):
    source.fill([(n, n, f"é {n} 😀\n\0", None, n % 2) for n in range(500)])

    pd.testing.assert_frame_equal(*source.frames())
    assert source.plain == 0


@pytest.mark.parametrize("odd", ["\x1f", "\x1e", "a\x1eb"])
def test_what_stands_between_texts_may_stand_in_one(source, odd):
    source.fill([(1, 1, "first", None, 1), (2, 2, odd, odd, 0)])

    pd.testing.assert_frame_equal(*source.frames())
    assert source.plain == 1


def test_the_order_and_the_limit_of_a_query_are_kept(source):
    source.fill([(n, n, str(n), None, None) for n in range(100)])

    found, expected = source.frames(
        f"{QUERY} WHERE id > ? ORDER BY id DESC LIMIT 7", (10,)
    )

    pd.testing.assert_frame_equal(found, expected)
    assert found["id"].tolist() == [99, 98, 97, 96, 95, 94, 93]


def test_more_than_sqlite_joins_is_read_one_by_one(source):
    source.fill([(n, n, "x" * 400, None, None) for n in range(10)])
    source.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2_000)

    pd.testing.assert_frame_equal(*source.frames())
    assert source.plain == 1


def test_a_sqlite_that_cuts_joined_texts_off_is_not_trusted(source):
    class Cut:
        def __init__(self):
            self.texts = []

        def step(self, text, between=","):
            if text is not None:
                self.texts.append((between, str(text)))

        def finalize(self):
            joined = "".join(between + text for between, text in self.texts)
            return joined[1:].split("\0")[0]

    source.connection.create_aggregate("group_concat", 1, Cut)
    source.connection.create_aggregate("group_concat", 2, Cut)
    source.fill([(1, 1, "a\x1fb\0", None, None), (2, 2, "b", None, None)])

    pd.testing.assert_frame_equal(*source.frames())
    assert source.plain == 1


def test_a_text_that_is_none_is_refused_as_row_by_row(source):
    source.connection.execute(
        "INSERT INTO t VALUES (1, 1, CAST(X'61FE' AS TEXT), '', 1)"
    )

    with pytest.raises(LogUnavailableError, match="UTF-8"):
        read_arrow(source.select, QUERY, (), COLUMNS)


def test_a_number_that_is_missing_is_not_put_to_another_row(source):
    source.fill([(1, 1, "a", None, 1), (None, 2, "b", None, 0), (3, 3, "c", None, 1)])

    table = read_arrow(source.select, QUERY, (), COLUMNS)

    assert table["id"].to_pylist() == [1, None, 3]


def test_a_fault_of_the_query_is_told(source):
    with pytest.raises(LogUnavailableError, match="no such table"):
        read_arrow(source.select, "SELECT id FROM nowhere", (), {"id": ("id", "int64")})


def test_texts_lie_as_pandas_takes_them_without_a_copy(source):
    source.fill([(1, 1, "a", None, 1)])

    table = read_arrow(source.select, QUERY, (), COLUMNS)

    assert table.schema.field("a").type == pa.large_string()
