"""Op events beyond the seed's page: their order, their rules, and reading them back."""

import pytest
from examples.reading import data_of, kinds, plain
from examples.registry import example

from opnb import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    ExpectationResult,
    Failure,
    MetadataValue,
    Nothing,
    Out,
    Output,
    job,
    op,
)
from opnb.dagster import (
    DagsterEventType,
    DagsterInvariantViolationError,
    DagsterStepOutputNotFoundError,
)

PENGUINS = [
    {"species": "Adelie", "island": "Torgersen", "mass": 3750},
    {"species": "Gentoo", "island": "Biscoe", "mass": 5000},
    {"species": "Chinstrap", "island": "Dream", "mass": 3500},
]


@example("yielded and logged events keep the order of the code")
def events_in_the_order_of_the_code():
    @op
    def survey(context):
        yield AssetObservation("penguins")
        context.log_event(ExpectationResult(success=True, label="counted"))
        yield AssetMaterialization("penguin_counts")
        yield Output(len(PENGUINS))
        context.log_event(AssetMaterialization("penguin_map"))

    @job
    def surveying():
        survey()

    result = surveying.execute_in_process()

    assert kinds(result, "survey") == [
        "STEP_START",
        "ASSET_OBSERVATION",
        "STEP_EXPECTATION_RESULT",
        "ASSET_MATERIALIZATION",
        "STEP_OUTPUT",
        "ASSET_MATERIALIZATION",
        "STEP_SUCCESS",
    ]


@example("one op may write several assets, and each of several outputs in turn")
def several_assets_of_one_op():
    @op(out={"heavy": Out(), "light": Out()})
    def split():
        for name, keep in (("heavy", True), ("light", False)):
            rows = [p for p in PENGUINS if (p["mass"] > 4000) is keep]
            yield AssetMaterialization(["penguins", name], metadata={"n": len(rows)})
            yield Output(rows, name)

    @job
    def splitting():
        split()

    result = splitting.execute_in_process()

    made = result.asset_materializations_for_node("split")
    assert [event.asset_key for event in made] == [
        AssetKey(["penguins", "heavy"]),
        AssetKey(["penguins", "light"]),
    ]
    assert [event.metadata["n"].value for event in made] == [1, 2]
    assert len(result.output_for_node("split", "light")) == 2


@example("a materialization of a file takes its key and its path from the file's")
def a_file_materialized():
    event = AssetMaterialization.file("exports/penguins.csv", "All of them")

    assert event.asset_key == AssetKey(["exports", "penguins", "csv"])
    assert event.metadata["path"] == MetadataValue.path("exports/penguins.csv")
    assert event.description == "All of them"


@example("events carry tags, and an observation its data version")
def tags_of_events():
    @op
    def observe(context):
        tags = {"source": "field_notes", "dagster/data_version": "v7"}
        context.log_event(AssetObservation("penguins", tags=tags))

    @job
    def observing():
        observe()

    result = observing.execute_in_process()

    (event,) = result.asset_observations_for_node("observe")
    assert event.tags["source"] == "field_notes"
    assert event.data_version == "v7"


@example("an op that yields no Output fails, and keeps what it yielded")
def a_materialization_without_an_output():
    @op
    def store():
        yield AssetMaterialization("penguins")

    @job
    def storing():
        store()

    result = storing.execute_in_process(raise_on_error=False)

    assert kinds(result, "store") == [
        "STEP_START",
        "ASSET_MATERIALIZATION",
        "STEP_FAILURE",
    ]
    with pytest.raises(DagsterStepOutputNotFoundError) as caught:
        storing.execute_in_process()

    assert caught.value.output_name == "result"


@example("an op of Nothing yields events alone")
def an_op_of_nothing():
    @op(out=Out(Nothing))
    def store():
        yield AssetMaterialization("penguins")

    @job
    def storing():
        store()

    result = storing.execute_in_process()

    assert result.success
    assert len(result.asset_materializations_for_node("store")) == 1


@example("an op without outputs ends in success after its events")
def an_op_without_outputs():
    @op(out={})
    def store(context):
        context.log_event(AssetMaterialization("penguins"))

    @job
    def storing():
        store()

    result = storing.execute_in_process()

    assert kinds(result, "store") == [
        "STEP_START",
        "ASSET_MATERIALIZATION",
        "STEP_SUCCESS",
    ]


@example("what an op told before it failed stays told")
def events_before_a_failure():
    @op
    def weigh():
        yield AssetObservation("scales", metadata={"drift": 0.2})
        raise Failure("The scales drift", metadata={"limit": 0.1})

    @job
    def weighing():
        weigh()

    result = weighing.execute_in_process(raise_on_error=False)

    (seen,) = result.asset_observations_for_node("weigh")
    assert plain(seen.metadata) == {"drift": 0.2}
    assert result.get_failed_step_keys() == {"weigh"}


@example("an ordinary exception reaches the caller as its own class")
def an_ordinary_exception():
    @op
    def find(context):
        return {p["species"]: p for p in PENGUINS}["Emperor"]

    @job
    def finding():
        find()

    result = finding.execute_in_process(raise_on_error=False)

    failed = result.failure_data_for_node("find")
    assert failed.user_failure_data is None
    with pytest.raises(KeyError) as caught:
        finding.execute_in_process()

    assert caught.value.args == ("Emperor",)


@example("a value that is yielded bare is refused")
def a_bare_value_yielded():
    @op
    def count():
        yield len(PENGUINS)

    @job
    def counting():
        count()

    with pytest.raises(DagsterInvariantViolationError, match="Output"):
        counting.execute_in_process()


@example("an output may carry a data version")
def an_output_with_a_data_version():
    @op
    def count() -> Output[int]:
        return Output(3, data_version=DataVersion("2026-03"))

    @job
    def counting():
        count()

    assert counting.execute_in_process().output_for_node("count") == 3
    assert count().data_version == DataVersion("2026-03")


@example("an event with other metadata is a new event")
def events_with_other_metadata():
    first = AssetMaterialization("penguins", metadata={"rows": 3})
    second = first.with_metadata({"rows": 4})

    assert first.metadata["rows"].value == 3
    assert second.metadata["rows"].value == 4
    assert (second.asset_key, second == first) == (first.asset_key, False)


@example("the events of a run can be filtered by their type")
def events_filtered():
    @op
    def survey(context):
        for penguin in PENGUINS:
            context.log_event(AssetObservation(penguin["island"]))
        return len(PENGUINS)

    @job
    def surveying():
        survey()

    result = surveying.execute_in_process()
    seen = result.filter_events(
        lambda event: event.event_type is DagsterEventType.ASSET_OBSERVATION
    )

    assert [event.step_key for event in seen] == ["survey"] * 3
    keys = [event.event_specific_data.asset_observation.asset_key for event in seen]
    assert [key.path[0] for key in keys] == ["Torgersen", "Biscoe", "Dream"]


@example("a run opens and closes with events of its own")
def the_events_of_a_run():
    @op
    def count():
        return len(PENGUINS)

    @job
    def counting():
        count()

    result = counting.execute_in_process()
    types = [event.event_type for event in result.all_events]

    assert types[0] is DagsterEventType.PIPELINE_START
    assert types[-1] is DagsterEventType.PIPELINE_SUCCESS


@example("an observation in a loop tells one thing of many parts")
def observations_of_partitions():
    @op
    def watch(context):
        for penguin in PENGUINS:
            context.log_event(
                AssetObservation(
                    "weights",
                    partition=penguin["species"],
                    metadata={"mass (g)": penguin["mass"]},
                )
            )

    @job
    def watching():
        watch()

    result = watching.execute_in_process()

    seen = result.asset_observations_for_node("watch")
    assert {e.partition: e.metadata["mass (g)"].value for e in seen} == {
        "Adelie": 3750,
        "Gentoo": 5000,
        "Chinstrap": 3500,
    }
    assert len(data_of(result, "watch", "ASSET_OBSERVATION")) == 3
