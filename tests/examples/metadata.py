"""The pages on metadata: kinds of values, tables, and what becomes of plain values."""

import datetime as dt
from pathlib import PurePosixPath

import pytest
from examples.reading import data_of, plain
from examples.registry import example

from opnb import (
    AssetKey,
    AssetMaterialization,
    DynamicOut,
    DynamicOutput,
    MetadataValue,
    Out,
    Output,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
    job,
    op,
)
from opnb.dagster import CheckError, DagsterInvalidMetadata


def weigh():
    """Stand in for a function of the user's own."""


@example("plain values become metadata of the kind that fits")
def plain_values():
    event = AssetMaterialization(
        "penguins",
        metadata={
            "text": "in Antarctica",
            "int": 344,
            "float": 4201.75,
            "bool": True,
            "none": None,
            "list": ["Adelie", "Gentoo"],
            "dict": {"Adelie": 152},
            "path": PurePosixPath("data/penguins.csv"),
            "asset": AssetKey(["raw", "penguins"]),
        },
    )

    assert event.metadata == {
        "text": MetadataValue.text("in Antarctica"),
        "int": MetadataValue.int(344),
        "float": MetadataValue.float(4201.75),
        "bool": MetadataValue.bool(True),
        "none": MetadataValue.null(),
        "list": MetadataValue.json(["Adelie", "Gentoo"]),
        "dict": MetadataValue.json({"Adelie": 152}),
        "path": MetadataValue.path("data/penguins.csv"),
        "asset": MetadataValue.asset(AssetKey(["raw", "penguins"])),
    }


@example("MetadataValue says the kind where a plain value would not")
def values_of_a_named_kind():
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    values = {
        "page": MetadataValue.url("https://example.com/penguins"),
        "notebook": MetadataValue.notebook("analysis/penguins.ipynb"),
        "summary": MetadataValue.md("| species |\n|---|\n| Adelie |"),
        "seen": MetadataValue.timestamp(noon),
        "code": MetadataValue.python_artifact(weigh),
        "made by": MetadataValue.job("nightly", "penguin_code"),
        "run": MetadataValue.dagster_run("1234"),
    }
    event = AssetMaterialization("penguins", metadata=values)

    assert event.metadata == values
    assert values["page"].value == "https://example.com/penguins"
    assert values["notebook"].value == "analysis/penguins.ipynb"
    assert values["seen"].value == noon.timestamp()
    assert values["code"].name == "weigh"
    assert values["made by"].job_name == "nightly"
    assert values["run"].value == "1234"


@example("a table is a list of records, and its schema is read from the first")
def a_table():
    table = MetadataValue.table(
        records=[
            TableRecord({"species": "Adelie", "count": 152, "mass": 3700.7}),
            TableRecord({"species": "Gentoo", "count": 124, "mass": 5076.0}),
        ]
    )

    assert table.records[1].data["species"] == "Gentoo"
    columns = [(column.name, column.type) for column in table.schema.columns]
    assert columns == [("species", "string"), ("count", "int"), ("mass", "float")]


@example("a table may bring its own schema, with words and constraints")
def a_table_with_a_schema():
    schema = TableSchema(
        columns=[
            TableColumn(
                "species",
                "string",
                description="By its common name",
                constraints=TableColumnConstraints(nullable=False, unique=True),
            ),
            TableColumn("mass", "float", tags={"unit": "g"}),
        ],
        constraints=TableConstraints(other=["rows sorted by species"]),
    )
    table = MetadataValue.table(
        [TableRecord({"species": "Adelie", "mass": 1.0})], schema
    )

    assert table.schema == schema
    assert not schema.columns[0].constraints.nullable
    assert schema.columns[1].tags == {"unit": "g"}
    assert list(schema.constraints.other) == ["rows sorted by species"]


@example("the schema of an asset is metadata of its own")
def a_column_schema():
    schema = TableSchema.from_name_type_dict({"species": "string", "mass": "float"})

    @op
    def store(context):
        context.log_event(
            AssetMaterialization("penguins", metadata={"dagster/column_schema": schema})
        )

    @job
    def storing():
        store()

    (event,) = storing.execute_in_process().asset_materializations_for_node("store")

    value = event.metadata["dagster/column_schema"]
    assert value == MetadataValue.table_schema(schema)
    assert [column.name for column in value.value.columns] == ["species", "mass"]


@example("column lineage tells which columns each column was made of")
def a_column_lineage():
    lineage = TableColumnLineage(
        {
            "mass (kg)": [TableColumnDep(AssetKey("penguins"), "mass (g)")],
            "label": [
                TableColumnDep(AssetKey("penguins"), "species"),
                TableColumnDep(AssetKey("islands"), "name"),
            ],
        }
    )
    event = AssetMaterialization("tidy", metadata={"dagster/column_lineage": lineage})

    kept = event.metadata["dagster/column_lineage"].value.deps_by_column
    assert {dep.column_name for dep in kept["label"]} == {"species", "name"}
    assert kept["mass (kg)"][0].asset_key == AssetKey("penguins")


@example("the context adds metadata to the output that is to come")
def metadata_for_an_output():
    @op
    def count(context) -> int:
        context.add_output_metadata({"source": "survey", "rows": 344})
        return 344

    @job
    def counting():
        count()

    (output,) = data_of(counting.execute_in_process(), "count", "STEP_OUTPUT")

    assert plain(output.metadata) == {"source": "survey", "rows": 344}


@example("metadata from the context and from the Output are put together")
def metadata_from_both_sides():
    @op(out={"heavy": Out(), "light": Out()})
    def split(context):
        context.add_output_metadata({"checked": True}, output_name="light")
        yield Output([5076], "heavy", metadata={"rows": 1})
        yield Output([3700, 3733], "light", metadata={"rows": 2})

    @job
    def splitting():
        split()

    heavy, light = data_of(splitting.execute_in_process(), "split", "STEP_OUTPUT")

    assert plain(heavy.metadata) == {"rows": 1}
    assert plain(light.metadata) == {"rows": 2, "checked": True}


@example("a dynamic output has metadata too")
def metadata_on_dynamic_outputs():
    @op(out=DynamicOut(int))
    def counts():
        for species, count in (("Adelie", 152), ("Gentoo", 124)):
            yield DynamicOutput(count, species, metadata={"count": count})

    @job
    def counting():
        counts()

    outputs = data_of(counting.execute_in_process(), "counts", "STEP_OUTPUT")

    assert [plain(output.metadata) for output in outputs] == [
        {"count": 152},
        {"count": 124},
    ]


@example("metadata on an Out stays with the definition")
def metadata_on_a_definition():
    @op(out=Out(int, metadata={"unit": "penguins"}))
    def count():
        return 344

    @job
    def counting():
        count()

    (output,) = data_of(counting.execute_in_process(), "count", "STEP_OUTPUT")

    assert "unit" in count.outs["result"].metadata
    assert dict(output.metadata) == {}


@example("a value that cannot be kept is refused, and its label is named")
def a_value_of_no_kind():
    with pytest.raises(DagsterInvalidMetadata, match="reader"):
        AssetMaterialization("penguins", metadata={"reader": object()})


@example("JSON must be JSON all the way down")
def json_of_no_kind():
    with pytest.raises(DagsterInvalidMetadata):
        MetadataValue.json({"penguin": object()})


@example("a constructor of a kind takes no other kind")
def a_kind_that_does_not_fit():
    wrong = [
        (MetadataValue.text, 3),
        (MetadataValue.int, 3.5),
        (MetadataValue.float, "3.5"),
        (MetadataValue.bool, "yes"),
    ]
    for constructor, value in wrong:
        with pytest.raises(CheckError):
            constructor(value)
