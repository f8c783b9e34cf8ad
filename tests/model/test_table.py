import pytest

from opnb.model.asset_key import AssetKey
from opnb.model.errors import CheckError, ParameterCheckError
from opnb.model.metadata import MetadataValue
from opnb.model.table import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)

SCHEMA = TableSchema.from_name_type_dict({"id": "int"})


def test_a_column_has_dagsters_defaults():
    column = TableColumn("id")

    assert (column.type, column.description, column.tags) == ("string", None, {})
    assert column.constraints == TableColumnConstraints(True, False, [])


def test_rows_may_be_dicts_or_records():
    table = MetadataValue.table([{"a": 1}, TableRecord({"a": 2})])

    assert [record.data["a"] for record in table.records] == [1, 2]
    assert table.row_count == 2


def test_rows_are_kept_in_the_order_of_the_first_rows_columns():
    table = MetadataValue.table([{"a": 1, "b": 2}, {"b": 4, "a": 3}])

    assert [list(record.data.values()) for record in table.records] == [[1, 2], [3, 4]]


def test_a_schema_is_read_off_the_first_row():
    table = MetadataValue.table([{"a": 1, "b": "x", "c": None, "d": True, "e": 1.5}])

    assert [column.type for column in table.schema.columns] == [
        "int", "string", "string", "bool", "float",
    ]  # fmt: skip


def test_a_table_without_rows_needs_a_schema():
    assert MetadataValue.table([], SCHEMA).records == ()
    with pytest.raises(CheckError, match="empty table needs a schema"):
        MetadataValue.table([])


def test_ragged_rows_are_refused():
    with pytest.raises(CheckError, match=r"Row 1 has columns \['b'\]"):
        MetadataValue.table([{"a": 1}, {"b": 1}])


@pytest.mark.parametrize(
    "make",
    [
        lambda: MetadataValue.table({"a": 1}),
        lambda: MetadataValue.table("ab"),
        lambda: MetadataValue.table([1]),
        lambda: MetadataValue.table([{1: 2}], SCHEMA),
        lambda: MetadataValue.table([{"a": 1}], {"a": "int"}),
        lambda: TableRecord([1]),
        lambda: TableSchema("id"),
        lambda: TableSchema(["id"]),
        lambda: TableSchema([], constraints=["x"]),
        lambda: TableColumn(1),
        lambda: TableColumn("a", int),
        lambda: TableColumn("a", tags={"a": 1}),
        lambda: TableColumn("a", constraints={"nullable": True}),
        lambda: TableColumnConstraints(nullable="no"),
        lambda: TableColumnConstraints(unique=1),
        lambda: TableColumnConstraints(other="x > 0"),
        lambda: TableConstraints([1]),
        lambda: TableColumnDep("a", 1),
        lambda: TableColumnLineage([1]),
        lambda: TableColumnLineage({1: []}),
        lambda: TableColumnLineage({"a": ["b"]}),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


def test_a_dependency_takes_a_string_for_one_part_as_a_key_does():
    dep = TableColumnDep("sales/orders", "id")

    assert dep.asset_key == AssetKey("sales/orders")
    assert TableColumnDep(AssetKey("orders"), "id").asset_key == AssetKey("orders")
    assert TableColumnDep(["a", "b"], "id").asset_key == AssetKey(["a", "b"])
