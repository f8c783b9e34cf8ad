"""The page on op jobs: made of ops and graphs, configured, and run in this process."""

import pytest
from examples.reading import kinds
from examples.registry import example

from opnb import (
    Config,
    ConfigurableResource,
    ResourceDefinition,
    RunConfig,
    StaticPartitionsDefinition,
    config_mapping,
    graph,
    job,
    op,
    resource,
)
from opnb.dagster import DagsterInvalidConfigError

SHOPS = {"north": [12, 30, 7], "south": [5, 5]}


class Shop(Config):
    name: str = "north"


@op
def read_orders(config: Shop) -> list[int]:
    return SHOPS[config.name]


@op
def add_up(orders: list[int]) -> int:
    return sum(orders)


@example("a job wires ops by calling them")
def a_job_of_ops():
    @job
    def revenue():
        add_up(read_orders())

    result = revenue.execute_in_process()

    assert result.success
    assert result.output_for_node("add_up") == 49


@example("a job has a name, a description, tags and metadata")
def a_job_with_arguments():
    @op
    def read_tags(context):
        return context.get_tag("team"), context.get_tag("night")

    @job(
        name="nightly_revenue",
        description="Adds up the orders of the day.",
        tags={"team": "sales"},
        metadata={"owner": "Ada"},
    )
    def revenue():
        read_tags()

    result = revenue.execute_in_process(tags={"night": "1"})

    assert revenue.name == "nightly_revenue"
    assert revenue.description == "Adds up the orders of the day."
    assert revenue.metadata["owner"].value == "Ada"
    assert result.output_for_node("read_tags") == ("sales", "1")


@example("run config sets an op's config for one run")
def a_job_with_run_config():
    @job
    def revenue():
        add_up(read_orders())

    by_dict = {"ops": {"read_orders": {"config": {"name": "south"}}}}
    by_class = RunConfig(ops={"read_orders": Shop(name="south")})

    for run_config in (by_dict, by_class):
        result = revenue.execute_in_process(run_config=run_config)
        assert result.output_for_node("add_up") == 10


@example("a job may bring its own default config")
def a_job_with_default_config():
    @job(config={"ops": {"read_orders": {"config": {"name": "south"}}}})
    def revenue():
        add_up(read_orders())

    other = {"ops": {"read_orders": {"config": {"name": "north"}}}}

    assert revenue.execute_in_process().output_for_node("add_up") == 10
    assert revenue.execute_in_process(run_config=other).output_for_node("add_up") == 49


@example("a config mapping makes one setting of many")
def a_job_with_a_config_mapping():
    class Simple(Config):
        shop: str

    @config_mapping
    def simplified(config: Simple) -> RunConfig:
        return RunConfig(ops={"read_orders": Shop(name=config.shop)})

    @job(config=simplified)
    def revenue():
        add_up(read_orders())

    result = revenue.execute_in_process(run_config={"shop": "south"})

    assert result.output_for_node("add_up") == 10


@example("config that does not fit is refused before anything runs")
def a_job_with_wrong_config():
    ran = []

    @op
    def note(config: Shop):
        ran.append(config.name)

    @job
    def noting():
        note()

    with pytest.raises(DagsterInvalidConfigError, match="nam"):
        noting.execute_in_process(
            run_config={"ops": {"note": {"config": {"nam": "south"}}}}
        )
    assert ran == []


@example("a graph becomes one job here and another there")
def jobs_of_a_graph():
    class Source(ConfigurableResource):
        shop: str

        def read(self):
            return SHOPS[self.shop]

    @op
    def read(source: Source) -> list[int]:
        return source.read()

    @graph
    def revenue():
        add_up(read())

    small = revenue.to_job("small", resource_defs={"source": Source(shop="south")})
    large = revenue.to_job("large", resource_defs={"source": Source(shop="north")})

    assert (small.name, large.name) == ("small", "large")
    assert small.execute_in_process().output_for_node("add_up") == 10
    assert large.execute_in_process().output_for_node("add_up") == 49


@example("a resource is opened for the run and closed after it")
def a_resource_with_an_end():
    history = []

    @resource(config_schema={"name": str})
    def database(context):
        history.append(f"open {context.resource_config['name']}")
        yield {"orders": [1, 2]}
        history.append("close")

    @op(required_resource_keys={"database"})
    def count(context):
        history.append("count")
        return len(context.resources.database["orders"])

    @job(resource_defs={"database": database.configured({"name": "sales"})})
    def counting():
        count()

    assert counting.execute_in_process().output_for_node("count") == 2
    assert history == ["open sales", "count", "close"]


@example("a run takes other resources than its job names")
def resources_of_a_run():
    @op(required_resource_keys={"prices"})
    def look_up(context):
        return context.resources.prices["tea"]

    @graph
    def pricing():
        look_up()

    on_paper = {"prices": ResourceDefinition.hardcoded_resource({"tea": 3})}

    assert (
        pricing.to_job(resource_defs=on_paper)
        .execute_in_process()
        .output_for_node("look_up")
        == 3
    )
    assert (
        pricing.execute_in_process(resources={"prices": {"tea": 4}}).output_for_node(
            "look_up"
        )
        == 4
    )


@example("a selection runs some of a job's ops")
def a_selection_of_ops():
    @op
    def list_shops() -> list[str]:
        return list(SHOPS)

    @job
    def morning():
        add_up(read_orders())
        list_shops()

    result = morning.execute_in_process(op_selection=["*add_up"])

    assert result.output_for_node("add_up") == 49
    steps = {event.step_key for event in result.all_node_events}
    assert steps == {"read_orders", "add_up"}


@example("a graph's inputs are given with the job, or with the run")
def input_values_of_a_job():
    @graph
    def revenue(orders):
        add_up(orders)

    by_default = revenue.to_job(input_values={"orders": [1, 2]})

    assert by_default.execute_in_process().output_for_node("add_up") == 3
    assert (
        by_default.execute_in_process(
            input_values={"orders": [5, 5, 5]}
        ).output_for_node("add_up")
        == 15
    )
    assert (
        revenue.execute_in_process(input_values={"orders": [4]}).output_for_node(
            "add_up"
        )
        == 4
    )


@example("a run of one partition knows its key")
def a_partitioned_job():
    @op
    def read_part(context) -> list[int]:
        assert context.get_tag("dagster/partition") == context.partition_key
        return SHOPS[context.partition_key]

    @job(partitions_def=StaticPartitionsDefinition(["north", "south"]))
    def revenue():
        add_up(read_part())

    result = revenue.execute_in_process(partition_key="south")

    assert result.output_for_node("add_up") == 10


@example("an op that fails leaves those after it untouched, and others run")
def a_job_that_fails_in_part():
    @op
    def read_ledger():
        raise FileNotFoundError("ledger.csv")

    @op
    def audit(ledger):
        return ledger

    @job
    def closing():
        audit(read_ledger())
        add_up(read_orders())

    result = closing.execute_in_process(raise_on_error=False)

    assert not result.success
    assert result.is_node_failed("read_ledger")
    assert result.is_node_untouched("audit")
    assert result.is_node_success("add_up")
    assert kinds(result, "read_ledger") == ["STEP_START", "STEP_FAILURE"]
