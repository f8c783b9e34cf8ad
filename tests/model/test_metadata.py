import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from opnb.model.asset_key import AssetKey
from opnb.model.errors import InvalidMetadata, ParameterCheckError
from opnb.model.metadata import (
    EventMetadata,
    FloatMetadataValue,
    MetadataValue,
    NotebookMetadataValue,
    PathMetadataValue,
    PoolMetadataValue,
    TimestampMetadataValue,
)
from opnb.model.table import TableColumnLineage, TableSchema

KEY = AssetKey("orders")
SCHEMA = TableSchema.from_name_type_dict({"id": "int"})
LINEAGE = TableColumnLineage({})


class BytesPath:
    def __fspath__(self):
        return b"data\xff"


@pytest.mark.parametrize(
    ("value", "kind", "plain"),
    [
        (MetadataValue.text("a"), "text", "a"),
        (MetadataValue.url("https://x"), "url", "https://x"),
        (MetadataValue.path("a/b"), "path", "a/b"),
        (MetadataValue.path(Path("a/b")), "path", "a/b"),
        (MetadataValue.path(BytesPath()), "path", "data\udcff"),
        (MetadataValue.notebook("a.ipynb"), "notebook", "a.ipynb"),
        (MetadataValue.json({1: (2,)}), "json", {"1": [2]}),
        (MetadataValue.json(None), "json", None),
        (MetadataValue.json("text"), "json", "text"),
        (MetadataValue.md("**a**"), "md", "**a**"),
        (MetadataValue.float(1.5), "float", 1.5),
        (MetadataValue.float(np.float64(1.5)), "float", 1.5),
        (MetadataValue.int(10**5000), "int", 10**5000),
        (MetadataValue.int(True), "int", True),
        (MetadataValue.bool(False), "bool", False),
        (MetadataValue.timestamp(1.5), "timestamp", 1.5),
        (
            MetadataValue.timestamp(datetime(1970, 1, 2, tzinfo=UTC)),
            "timestamp",
            86400.0,
        ),
        (MetadataValue.dagster_run("r1"), "dagster_run", "r1"),
        (MetadataValue.asset(KEY), "asset", KEY),
        (MetadataValue.pool("p"), "pool", "p"),
        (MetadataValue.table_schema(SCHEMA), "table_schema", SCHEMA),
        (MetadataValue.column_lineage(LINEAGE), "column_lineage", LINEAGE),
        (MetadataValue.null(), "null", None),
        (MetadataValue.redacted("hunter2"), "redacted", None),
        (MetadataValue.bytes(b"\x00"), "bytes", b"\x00"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_constructor_keeps_its_kind_and_value(value, kind, plain):
    assert (value.kind, value.value) == (kind, plain)


@pytest.mark.parametrize(
    "value",
    [
        MetadataValue.job("j", "here", repository_name="r"),
        MetadataValue.python_artifact(Path),
        MetadataValue.table([{"a": 1}]),
        MetadataValue.image(b"GIF89a"),
    ],
    ids=["job", "artifact", "table", "image"],
)
def test_a_value_of_several_parts_is_its_own_value(value):
    assert value.value is value


def test_a_python_artifact_is_known_by_module_and_name():
    value = MetadataValue.python_artifact(math.floor)

    assert (value.module, value.name) == ("math", "floor")


@pytest.mark.parametrize(
    "make",
    [
        lambda: MetadataValue.text(1),
        lambda: MetadataValue.url(None),
        lambda: MetadataValue.path(1),
        lambda: MetadataValue.json(1),
        lambda: MetadataValue.md(b""),
        lambda: MetadataValue.python_artifact("math.floor"),
        lambda: MetadataValue.float(1),
        lambda: MetadataValue.int(1.0),
        lambda: MetadataValue.bool(1),
        lambda: MetadataValue.timestamp(1),
        lambda: MetadataValue.timestamp("2026-01-01"),
        lambda: MetadataValue.dagster_run(1),
        lambda: MetadataValue.job("a", None),
        lambda: MetadataValue.asset("orders"),
        lambda: MetadataValue.pool(1),
        lambda: MetadataValue.table_schema({"id": "int"}),
        lambda: MetadataValue.column_lineage({}),
        lambda: MetadataValue.bytes("a"),
    ],
)
def test_a_constructor_refuses_what_dagster_refuses(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


def test_values_have_dagsters_attributes_and_parameters():
    assert PathMetadataValue(path="a/b").fspath == "a/b"
    assert NotebookMetadataValue(path="a.ipynb").path == "a.ipynb"
    assert PoolMetadataValue(pool="p").name == "p"
    assert MetadataValue.column_lineage(LINEAGE).lineage is LINEAGE


def test_a_timestamp_needs_a_zone():
    with pytest.raises(ParameterCheckError, match="needs a time zone"):
        MetadataValue.timestamp(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("year", [1, 9999])
def test_a_timestamp_may_be_at_the_end_of_the_calendar(year):
    moment = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=5)))

    assert MetadataValue.timestamp(moment).value == moment.timestamp()


@pytest.mark.parametrize(
    ("kind", "nan"),
    [
        (FloatMetadataValue, math.nan),
        (FloatMetadataValue, -math.nan),
        (FloatMetadataValue, np.float64("nan")),
        (FloatMetadataValue, Decimal("NaN")),
        (FloatMetadataValue, Decimal("sNaN")),
        (TimestampMetadataValue, float("nan")),
    ],
)
def test_values_without_a_number_are_equal_and_hash_alike(kind, nan):
    assert kind(nan) == kind(float("nan"))
    assert hash(kind(nan)) == hash(kind(float("nan")))
    assert kind(nan) != kind(0.0)


def test_values_of_different_kinds_are_not_equal():
    assert MetadataValue.float(1.0) != MetadataValue.timestamp(1.0)
    assert MetadataValue.text("a") != MetadataValue.md("a")


def test_json_that_contains_itself_is_refused():
    data = []
    data.append(data)

    with pytest.raises(InvalidMetadata, match="contains itself"):
        MetadataValue.json(data)


def test_json_is_a_copy_of_what_was_given():
    given = {"a": [1]}
    value = MetadataValue.json(given)
    given["a"].append(2)

    assert value.value == {"a": [1]}


def test_a_value_is_frozen():
    with pytest.raises(AttributeError, match="cannot assign"):
        MetadataValue.int(1).value = 2


def test_the_old_name_of_the_class_still_works():
    assert EventMetadata is MetadataValue


def test_nothing_of_a_redacted_value_is_kept():
    value = MetadataValue.redacted("hunter2", reason="a password")

    assert "hunter2" not in repr(value)
    assert value == MetadataValue.redacted(3, reason="a password")
    with pytest.raises(ParameterCheckError, match="'reason' must be str"):
        MetadataValue.redacted("hunter2", reason=3)
