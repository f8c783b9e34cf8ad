"""Metadata: typed values, and what raw values become."""

import collections
import datetime as dt
import decimal
import enum
import math
import pathlib

from parity.harness import outcome, program


def _raw(dg, value):
    """Return what a raw value becomes in the metadata of an event."""
    return outcome(lambda: dg.AssetObservation("x", metadata={"k": value}).metadata)


def _made(dg, kind, *values):
    make = getattr(dg.MetadataValue, kind)
    return [outcome(make, value) for value in values]


@program("3.1 text")
def text_values(dg):
    return _made(dg, "text", "five", "", 5)


@program(
    "3.1 none for a value",
    departs="None is no text and no bool; Dagster keeps it as empty text, as a bool "
    "without a value.",
)
def none_as_text_or_bool(dg):
    return [*_made(dg, "text", None), *_made(dg, "bool", None)]


@program("3.1 url")
def url_values(dg):
    return _made(dg, "url", "https://example.org/a?b=c", "no url at all", 5)


@program("3.1 path")
def path_values(dg):
    return _made(dg, "path", "a/b.csv", pathlib.PurePosixPath("a/b.csv"), 5)


@program("3.1 path")
def a_path_value_has_its_path(dg):
    value = dg.MetadataValue.path("a/b.csv")
    return [value.path, value.value]


@program("3.1 notebook")
def notebook_values(dg):
    return _made(dg, "notebook", "a.ipynb", pathlib.PurePosixPath("a.ipynb"), 5)


@program("3.1 json")
def json_values(dg):
    given = [{"a": (1, 2), 3: None}, [1, "x"], "text", None, {}]
    return _made(dg, "json", *given)


@program("3.1 json, refused")
def what_is_no_json(dg):
    return _made(dg, "json", 5, {"a": object()})


@program("3.1 json")
def json_may_hold_no_number(dg):
    value = dg.MetadataValue.json({"a": math.nan}).value["a"]
    return math.isnan(value)


@program("3.1 md")
def markdown_values(dg):
    return _made(dg, "md", "**bold**", 5)


@program("3.1 python_artifact")
def python_artifact_values(dg):
    made = dg.MetadataValue.python_artifact(pathlib.PurePosixPath)
    return [
        made.name,
        made.value is made,
        dg.MetadataValue.python_artifact(math.sqrt),
        outcome(dg.MetadataValue.python_artifact, 5),
    ]


@program("3.1 float")
def float_values(dg):
    return _made(dg, "float", 1.5, math.inf, 5, "1.5")


@program("3.1 int")
def int_values(dg):
    return _made(dg, "int", 5, 2**80, True, 1.0, "5")


@program("3.1 bool")
def bool_values(dg):
    return _made(dg, "bool", True, False, 1, "yes")


@program("3.1 timestamp")
def timestamp_values(dg):
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    return _made(dg, "timestamp", 1767268800.5, moment)


@program("3.1 timestamp, refused")
def what_is_no_timestamp(dg):
    return _made(dg, "timestamp", 5, "2026-01-01")


@program("3.1 timestamp, refused")
def a_time_without_a_zone(dg):
    moment = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001 - the point
    return outcome(dg.MetadataValue.timestamp, moment)


@program("3.1 dagster_run")
def run_values(dg):
    return _made(dg, "dagster_run", "3f2a", 5)


@program("3.1 job")
def job_values(dg):
    return [
        dg.MetadataValue.job("nightly", "here"),
        dg.MetadataValue.job("nightly", "here", repository_name="all"),
        outcome(dg.MetadataValue.job, 5, "here"),
    ]


@program("3.1 asset")
def asset_values(dg):
    return _made(dg, "asset", dg.AssetKey(["sales", "orders"]), "orders")


@program("3.1 table")
def table_values(dg):
    rows = [dg.TableRecord({"a": 1, "b": "x"}), dg.TableRecord({"a": 2, "b": None})]
    made = dg.MetadataValue.table(rows)
    return [made, made.value is made]


@program("3.1 table")
def a_table_s_schema_is_that_of_its_first_row(dg):
    row = {"text": "x", "whole": 1, "part": 1.5, "flag": True, "none": None}
    return dg.MetadataValue.table([dg.TableRecord(row)]).schema


@program("3.1 table")
def an_empty_table(dg):
    schema = dg.TableSchema([dg.TableColumn("a", "int")])
    return [
        outcome(dg.MetadataValue.table, []),
        outcome(dg.MetadataValue.table, [], schema),
    ]


@program("3.1 table, refused")
def rows_of_different_columns(dg):
    rows = [dg.TableRecord({"a": 1}), dg.TableRecord({"b": 2})]
    return outcome(dg.MetadataValue.table, rows)


@program(
    "3.1 table, dicts",
    departs="The rows of a table may be dicts; Dagster wants each in a TableRecord.",
)
def rows_that_are_dicts(dg):
    return outcome(dg.MetadataValue.table, [{"a": 1}])


@program("3.1 TableRecord")
def records_of_tables(dg):
    return [
        dg.TableRecord({"a": 1}),
        outcome(dg.TableRecord, 5),
    ]


@program("3.1 table_schema")
def schemas_of_tables(dg):
    columns = [
        dg.TableColumn("a", "int", "The first.", tags={"pii": "no"}),
        dg.TableColumn(
            "b",
            constraints=dg.TableColumnConstraints(
                nullable=False, unique=True, other=["> 0"]
            ),
        ),
    ]
    schema = dg.TableSchema(columns, dg.TableConstraints(["rows > 0"]))
    return [
        dg.MetadataValue.table_schema(schema),
        dg.TableSchema.from_name_type_dict({"a": "int", "b": "string"}),
        outcome(dg.MetadataValue.table_schema, {"a": "int"}),
    ]


@program("3.1 column_lineage")
def lineage_of_columns(dg):
    above = dg.TableColumnDep(dg.AssetKey("orders"), "id")
    lineage = dg.TableColumnLineage({"order": [above]})
    return [
        dg.MetadataValue.column_lineage(lineage),
        outcome(dg.MetadataValue.column_lineage, {"order": [above]}),
    ]


@program("3.1 null")
def null_values(dg):
    return [dg.MetadataValue.null(), dg.MetadataValue.null().value]


@program("3.1 pool")
def pool_values(dg):
    return _made(dg, "pool", "database")


@program("3.1 code references")
def references_to_code(dg):
    references = [
        dg.LocalFileCodeReference(file_path="/a/b.py", line_number=5, label="here"),
        dg.UrlCodeReference(url="https://example.org", label="there"),
    ]
    return dg.CodeReferencesMetadataValue(code_references=references)


@program("3.1 frozen values")
def values_are_frozen_and_compare_by_value(dg):
    def change():
        one.value = 2

    one = dg.MetadataValue.int(1)
    changed = outcome(change)
    return [
        one == dg.MetadataValue.int(1),
        one == dg.MetadataValue.int(2),
        isinstance(changed, Exception),
        repr(one),
        repr(dg.MetadataValue.md("**b**")),
    ]


@program(
    "3.1 frozen values",
    departs="Values of different kinds are different; in Dagster an int and a float of "
    "the same size are the same.",
)
def values_of_different_kinds(dg):
    return dg.MetadataValue.int(1) == dg.MetadataValue.float(1.0)


class Word(str):
    """Text of a subclass."""

    __slots__ = ()


class Number(int):
    """A number of a subclass."""


@program("3.2 scalars")
def raw_scalars(dg):
    given = ["five", "https://example.org", True, 5, 2**80, 1.5, math.inf, None]
    return [_raw(dg, value) for value in given]


@program("3.2 scalars")
def raw_scalars_of_subclasses(dg):
    return [_raw(dg, value) for value in (Word("five"), Number(5))]


@program("3.2 containers")
def raw_lists_and_dicts(dg):
    given = [[1, "x"], {"a": {"b": 1}}, collections.OrderedDict(a=1), [], {}]
    return [_raw(dg, value) for value in given]


@program("3.2 others")
def raw_paths_keys_and_schemas(dg):
    above = dg.TableColumnDep(dg.AssetKey("orders"), "id")
    given = [
        pathlib.PurePosixPath("a/b.csv"),
        dg.AssetKey(["sales", "orders"]),
        dg.TableSchema([dg.TableColumn("a", "int")]),
        dg.TableColumnLineage({"order": [above]}),
        dg.MetadataValue.md("**b**"),
    ]
    return [_raw(dg, value) for value in given]


class Mode(enum.Enum):
    """A choice."""

    FAST = "fast"


@program("3.2 refused")
def raw_values_that_cannot_be_kept(dg):
    given = [
        Mode.FAST,
        1 + 2j,
        dt.timedelta(1),
        object(),
        Mode,
        print,
        math,
        dg.Output(1),
        [object()],
        {"a": object()},
    ]
    return [_raw(dg, value) for value in given]


KEPT = "Values that people have are kept as what they are; Dagster refuses them."


@program("3.2 refused, kept by opnb", departs=KEPT)
def raw_tuples_and_sets(dg):
    return [_raw(dg, value) for value in [(1, "x"), {1}, frozenset("a")]]


@program("3.2 refused, kept by opnb", departs=KEPT)
def raw_times(dg):
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    return [_raw(dg, value) for value in [moment, moment.date()]]


@program("3.2 refused, kept by opnb", departs=KEPT)
def a_raw_decimal(dg):
    return _raw(dg, decimal.Decimal("1.5"))


@program("3.2 refused, kept by opnb", departs=KEPT)
def raw_bytes(dg):
    return _raw(dg, b"five")


@program("3.2 refused, kept by opnb", departs=KEPT)
def raw_numbers_of_numpy(dg):
    import numpy as np

    return [_raw(dg, value) for value in (np.int64(5), np.bool_(True))]


@program("3.2 scalars")
def a_raw_float_of_numpy(dg):
    import numpy as np

    return _raw(dg, np.float64(1.5))


@program("3.2 refused, kept by opnb", departs=KEPT)
def a_raw_data_frame(dg):
    import pandas as pd

    return _raw(dg, pd.DataFrame({"a": [1]}))


@program("3.2 labels")
def labels_are_any_text(dg):
    given = [{"rows & columns": 1}, {"": 1}, {5: 1}]
    return [
        outcome(lambda m=m: dg.AssetObservation("x", None, m).metadata) for m in given
    ]


@program("3.2 no mapping")
def metadata_that_is_no_mapping(dg):
    given = [None, {}, [("rows", 1)], "rows"]
    return [
        outcome(lambda m=m: dg.AssetObservation("x", None, m).metadata) for m in given
    ]


@program("3.2 everywhere")
def every_event_reads_its_metadata_alike(dg):
    metadata = {"rows": 5}
    return [
        dg.Output(1, metadata=metadata),
        dg.DynamicOutput(1, "a", metadata=metadata),
        dg.AssetMaterialization("x", metadata=metadata),
        dg.AssetObservation("x", metadata=metadata),
        dg.ExpectationResult(success=True, metadata=metadata),
        dg.TypeCheck(success=True, metadata=metadata),
        dg.Failure(metadata=metadata),
    ]
