import pytest

from opnb.event_log.reading.dialect import DIALECTS
from opnb.event_log.reading.query import (
    Query,
    asset_columns,
    build_query,
    one_of,
    parse_event_type,
    refuse_unknown_filters,
    texts_of,
    type_condition,
    verify_limit,
)
from opnb.model.asset_key import AssetKey
from opnb.model.entry import EventType
from opnb.model.errors import CheckError


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("STEP_OUTPUT", "STEP_OUTPUT"),
        ("output", "STEP_OUTPUT"),
        ("observation", "ASSET_OBSERVATION"),
        ("asset-materialization", "ASSET_MATERIALIZATION"),
        ("expectation", "STEP_EXPECTATION_RESULT"),
        ("PIPELINE_START", "RUN_START"),
        (" run_failure ", "RUN_FAILURE"),
        (EventType.LOG_MESSAGE, "LOG_MESSAGE"),
    ],
    ids=str,
)
def test_an_event_type_may_be_named_as_one_thinks_of_it(given, name):
    assert parse_event_type(given) == name


def test_an_unknown_event_type_gets_a_hint():
    with pytest.raises(CheckError, match="Did you mean 'STEP_OUTPUT'"):
        parse_event_type("STEP_OUTPT")


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ("sales/orders", ["sales/orders"]),
        (["a/b", "\ud800"], [r"a\/b/\ud800"]),
        (AssetKey(["a", "b"]), ["a/b"]),
        ([AssetKey("a"), AssetKey("b/c")], ["a", r"b\/c"]),
        ([["a", "b"], AssetKey("c")], ["a/b", "c"]),
    ],
    ids=["text", "parts", "key", "keys", "lists"],
)
def test_keys_are_spelled_as_the_log_spells_them(given, texts):
    assert asset_columns(given) == texts


def test_no_keys_at_all_are_refused():
    with pytest.raises(CheckError, match="cannot be empty"):
        asset_columns([])


@pytest.mark.parametrize(
    ("count", "condition"), [(0, "1 = 0"), (1, "x = ?"), (2, "x IN (?,?)")]
)
def test_a_filter_takes_any_number_of_values(count, condition):
    assert one_of("x", count) == condition


def test_the_names_of_types_stand_in_the_query():
    assert type_condition("output") == "entries.event_type = 'STEP_OUTPUT'"
    assert type_condition([]) == "1 = 0"
    assert type_condition({"output", EventType.STEP_OUTPUT}).count("STEP_OUTPUT") == 2


def test_texts_are_one_or_several_and_nothing_else():
    assert texts_of("a", "op") == ["a"]
    assert texts_of(("a", "\ud800"), "op") == ["a", r"\ud800"]
    with pytest.raises(CheckError, match="'op' must be str"):
        texts_of(["a", 5], "op")


def test_runs_are_looked_up_only_where_a_filter_asks():
    assert build_query(DIALECTS["sqlite"], op="a").tables == "entries"
    assert "JOIN runs" in build_query(DIALECTS["sqlite"], run="a").tables


def test_a_condition_more_leaves_the_query_as_it_was():
    query = Query()
    query.where("a = ?", 1)
    more = query.and_where("b = ?", 2)

    assert (query.clause, query.parameters) == (" WHERE a = ?", [1])
    assert (more.clause, more.parameters) == (" WHERE a = ? AND b = ?", [1, 2])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_has_as_many_places_as_values(dialect):
    condition, values = DIALECTS[dialect].beginning("x", "a")

    assert condition.count("?") == len(values)
    assert DIALECTS[dialect].containing("x").count("?") == 1


def test_a_limit_counts_up_from_zero():
    assert (verify_limit(None), verify_limit(0)) == (None, 0)
    with pytest.raises(CheckError, match="A last counts up from zero: -1"):
        verify_limit(-1, "last")


def test_a_filter_that_is_none_gets_a_hint():
    @refuse_unknown_filters
    def events(*, partition=None):
        return partition

    assert events(partition="p") == "p"
    with pytest.raises(CheckError, match=r"no filter 'parttion'.\nHint: Did you mean"):
        events(parttion="p")
