"""The page on op events and exceptions, part by part, on orders and penguins."""

import pytest
from examples.reading import data_of, kinds, plain
from examples.registry import example

from opnb import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    Config,
    ExpectationResult,
    Failure,
    MetadataValue,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    RunConfig,
    job,
    op,
)

ORDERS = [
    {"id": 1, "total": 40.0},
    {"id": 2, "total": 19.5},
    {"id": 3, "total": 0.0},
]
REPORT = "https://reports.example.com/orders"


@example("an op is a function, and what it returns goes on to the next")
def a_value_goes_on():
    @op
    def read_orders() -> list:
        return ORDERS

    @op
    def count(orders: list) -> int:
        return len(orders)

    @job
    def counting():
        count(read_orders())

    result = counting.execute_in_process()

    assert result.success
    assert result.output_for_node("read_orders") == ORDERS
    assert result.output_for_node("count") == 3
    assert kinds(result, "count") == [
        "STEP_START",
        "STEP_INPUT",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]


@example("an Output may be returned in place of its value")
def an_output_without_an_inner_type():
    @op
    def name_the_shop() -> Output:
        return Output("Corner Store")

    @job
    def naming():
        name_the_shop()

    assert naming.execute_in_process().output_for_node("name_the_shop") == (
        "Corner Store"
    )


@example("Output[T] tells the type of the value in it")
def an_output_of_a_type():
    @op
    def revenue() -> Output[float]:
        return Output(sum(order["total"] for order in ORDERS))

    @op
    def rounded(amount: float) -> Output[int]:
        return Output(round(amount))

    @job
    def adding_up():
        rounded(revenue())

    result = adding_up.execute_in_process()

    assert result.output_for_node("revenue") == 59.5
    assert result.output_for_node("rounded") == 60


@example("an Output[int] that holds no int fails its step")
def an_output_of_another_type():
    @op
    def orders_today() -> Output[int]:
        return Output("three")

    @job
    def counting():
        orders_today()

    result = counting.execute_in_process(raise_on_error=False)

    assert not result.success
    assert kinds(result, "orders_today") == [
        "STEP_START",
        "STEP_OUTPUT",
        "STEP_FAILURE",
    ]
    (checked,) = data_of(result, "orders_today", "STEP_OUTPUT")
    assert not checked.type_check_data.success


@example("several outputs of generic type are returned as a tuple")
def several_outputs_of_types():
    @op(out={"largest": Out(), "label": Out()})
    def best_order() -> tuple[Output[float], Output[str]]:
        best = max(ORDERS, key=lambda order: order["total"])
        return Output(best["total"]), Output(f"order {best['id']}")

    @job
    def looking_up():
        best_order()

    result = looking_up.execute_in_process()

    assert result.output_for_node("best_order", "largest") == 40.0
    assert result.output_for_node("best_order", "label") == "order 1"


@example("yielded outputs take their types from `out`, and come in any order")
def outputs_yielded():
    @op(out={"species": Out(str), "count": Out(int)})
    def look_at_penguins():
        yield Output(152, output_name="count")
        yield Output("Adelie", output_name="species")

    @op
    def caption(species: str, count: int) -> str:
        return f"{count} {species} penguins"

    @job
    def captioning():
        species, count = look_at_penguins()
        caption(species, count)

    result = captioning.execute_in_process()

    assert result.output_for_node("caption") == "152 Adelie penguins"
    outputs = data_of(result, "look_at_penguins", "STEP_OUTPUT")
    assert [output.output_name for output in outputs] == ["count", "species"]


@example("an Output carries metadata of several kinds")
def metadata_on_an_output():
    @op
    def tidy_orders() -> Output[list]:
        paid = [order for order in ORDERS if order["total"] > 0]
        return Output(
            paid,
            metadata={
                "rule": "free orders are left out",
                "report": MetadataValue.url(REPORT),
                "rows": len(paid),
                "share kept": len(paid) / len(ORDERS),
            },
        )

    @job
    def tidying():
        tidy_orders()

    result = tidying.execute_in_process()

    assert len(result.output_for_node("tidy_orders")) == 2
    (output,) = data_of(result, "tidy_orders", "STEP_OUTPUT")
    assert plain(output.metadata) == {
        "rule": "free orders are left out",
        "report": REPORT,
        "rows": 2,
        "share kept": 2 / 3,
    }


@example("a materialization is logged where the asset was written")
def a_materialization_logged():
    @op
    def store_orders(context):
        context.log_event(
            AssetMaterialization("warehouse.orders", description="Three orders stored")
        )
        return len(ORDERS)

    @job
    def storing():
        store_orders()

    result = storing.execute_in_process()

    assert result.output_for_node("store_orders") == 3
    (event,) = result.asset_materializations_for_node("store_orders")
    assert event.asset_key == AssetKey(["warehouse", "orders"])
    assert event.description == "Three orders stored"
    assert kinds(result, "store_orders") == [
        "STEP_START",
        "ASSET_MATERIALIZATION",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]


@example("a materialization is yielded, and then the output must be too")
def a_materialization_yielded():
    @op
    def store_orders():
        yield AssetMaterialization("warehouse.orders")
        yield Output([order["id"] for order in ORDERS])

    @job
    def storing():
        store_orders()

    result = storing.execute_in_process()

    assert result.output_for_node("store_orders") == [1, 2, 3]
    (event,) = result.asset_materializations_for_node("store_orders")
    assert event.label == "warehouse orders"


@example("a materialization carries metadata of every common kind")
def metadata_on_a_materialization():
    @op
    def publish_report(context) -> str:
        path = "exports/orders.csv"
        context.log_event(
            AssetMaterialization(
                asset_key="orders_report",
                metadata={
                    "note": "made every night",
                    "file": MetadataValue.path(path),
                    "page": MetadataValue.url(REPORT),
                    "summary": MetadataValue.md("**3** orders, *1* of them free"),
                    "largest": MetadataValue.json(ORDERS[0]),
                    "size (MB)": MetadataValue.float(0.25),
                    "rows": MetadataValue.int(3),
                    "complete": MetadataValue.bool(True),
                },
            )
        )
        return path

    @job
    def publishing():
        publish_report()

    result = publishing.execute_in_process()

    (event,) = result.asset_materializations_for_node("publish_report")
    assert plain(event.metadata) == {
        "note": "made every night",
        "file": "exports/orders.csv",
        "page": REPORT,
        "summary": "**3** orders, *1* of them free",
        "largest": {"id": 1, "total": 40.0},
        "size (MB)": 0.25,
        "rows": 3,
        "complete": True,
    }
    assert event.metadata["summary"] == MetadataValue.md(
        "**3** orders, *1* of them free"
    )


@example("a key may be a path of parts")
def a_materialization_with_a_path_for_its_key():
    @op
    def refresh_dashboard():
        yield AssetMaterialization(AssetKey(["dashboards", "sales"]))
        yield Output(None)

    @job
    def refreshing():
        refresh_dashboard()

    result = refreshing.execute_in_process()

    (event,) = result.asset_materializations_for_node("refresh_dashboard")
    assert event.asset_key.to_user_string() == "dashboards/sales"


@example("a materialization names the partition that was written")
def a_materialization_of_one_partition():
    class Day(Config):
        date: str

    @op
    def store_day(context, config: Day):
        context.log_event(AssetMaterialization("orders", partition=config.date))
        return config.date

    @job
    def storing():
        store_day()

    result = storing.execute_in_process(
        run_config=RunConfig(ops={"store_day": Day(date="2026-03-01")})
    )

    (event,) = result.asset_materializations_for_node("store_day")
    assert event.partition == "2026-03-01"


@example("an observation tells the row count of an asset that it does not write")
def an_observation_of_rows():
    @op
    def look_at_orders():
        yield AssetObservation("orders", metadata={"rows": len(ORDERS)})
        yield Output(len(ORDERS))

    @job
    def looking():
        look_at_orders()

    result = looking.execute_in_process()

    (event,) = result.asset_observations_for_node("look_at_orders")
    assert event.asset_key == AssetKey("orders")
    assert plain(event.metadata) == {"rows": 3}
    assert result.asset_materializations_for_node("look_at_orders") == []


@example("an observation and a materialization of one asset follow each other")
def an_observation_before_a_materialization():
    @op
    def replace_orders(context) -> int:
        context.log_event(
            AssetObservation("orders", partition="2026-03", metadata={"rows": 2})
        )
        context.log_event(
            AssetMaterialization("orders", partition="2026-03", metadata={"rows": 3})
        )
        return 3

    @job
    def replacing():
        replace_orders()

    result = replacing.execute_in_process()

    assert kinds(result, "replace_orders")[1:3] == [
        "ASSET_OBSERVATION",
        "ASSET_MATERIALIZATION",
    ]
    (seen,) = result.asset_observations_for_node("replace_orders")
    (made,) = result.asset_materializations_for_node("replace_orders")
    assert (seen.partition, made.partition) == ("2026-03", "2026-03")


@example("an expectation is logged, and the value goes on")
def an_expectation_logged():
    @op
    def check_orders(context) -> list:
        context.log_event(
            ExpectationResult(len(ORDERS) > 0, description="there are orders")
        )
        return ORDERS

    @job
    def checking():
        check_orders()

    result = checking.execute_in_process()

    (data,) = data_of(result, "check_orders", "STEP_EXPECTATION_RESULT")
    assert data.expectation_result.success
    assert data.expectation_result.description == "there are orders"


@example("an expectation carries metadata of several kinds")
def metadata_on_an_expectation():
    @op
    def check_totals():
        free = [order for order in ORDERS if not order["total"]]
        yield ExpectationResult(
            success=not free,
            label="every order is paid for",
            metadata={
                "advice": "ask the shop about free orders",
                "report": MetadataValue.url(REPORT),
                "free orders": len(free),
                "share": len(free) / len(ORDERS),
                "which": MetadataValue.json([order["id"] for order in free]),
            },
        )
        yield Output(len(free))

    @job
    def checking():
        check_totals()

    result = checking.execute_in_process()

    (data,) = data_of(result, "check_totals", "STEP_EXPECTATION_RESULT")
    assert data.expectation_result.label == "every order is paid for"
    assert plain(data.expectation_result.metadata) == {
        "advice": "ask the shop about free orders",
        "report": REPORT,
        "free orders": 1,
        "share": 1 / 3,
        "which": [3],
    }


@example("an expectation that is not met does not stop the op")
def an_expectation_not_met():
    @op
    def check_count(context) -> int:
        context.log_event(ExpectationResult(success=False, label="enough orders"))
        return len(ORDERS)

    @job
    def checking():
        check_count()

    result = checking.execute_in_process()

    assert result.success
    assert result.output_for_node("check_count") == 3


@example("a Failure stops the op, with a description and metadata")
def a_failure_with_metadata():
    @op
    def read_folder() -> list:
        raise Failure(
            description="There is no file to read",
            metadata={
                "folder": MetadataValue.path("incoming/orders"),
                "help": MetadataValue.url("https://help.example.com/incoming"),
                "files": 0,
            },
        )

    @op
    def count(orders: list) -> int:
        return len(orders)

    @job
    def reading():
        count(read_folder())

    result = reading.execute_in_process(raise_on_error=False)

    assert not result.success
    failed = result.failure_data_for_node("read_folder").user_failure_data
    assert failed.description == "There is no file to read"
    assert plain(failed.metadata) == {
        "folder": "incoming/orders",
        "help": "https://help.example.com/incoming",
        "files": 0,
    }
    assert kinds(result, "count") == []


@example("a Failure raised in a run reaches the caller as it is")
def a_failure_raised_to_the_caller():
    @op
    def read_folder():
        raise Failure("There is no file to read", metadata={"files": 0})

    @job
    def reading():
        read_folder()

    with pytest.raises(Failure) as caught:
        reading.execute_in_process()

    assert caught.value.description == "There is no file to read"
    assert caught.value.metadata["files"].value == 0


@example("a Failure that allows no retries ends the op at once, whatever its policy")
def a_failure_that_allows_no_retries():
    @op(retry_policy=RetryPolicy(max_retries=4))
    def sign_in():
        raise Failure("The password is wrong", allow_retries=False)

    @job
    def signing_in():
        sign_in()

    result = signing_in.execute_in_process(raise_on_error=False)

    assert result.retry_attempts_for_node("sign_in") == 0
    assert kinds(result, "sign_in") == ["STEP_START", "STEP_FAILURE"]


@example("a Failure is tried again where the op has a policy")
def a_failure_under_a_policy():
    calls = []

    @op(retry_policy=RetryPolicy(max_retries=2))
    def fetch():
        calls.append("call")
        if len(calls) < 3:
            raise Failure("The shop is closed")
        return "orders"

    @job
    def fetching():
        fetch()

    result = fetching.execute_in_process()

    assert result.output_for_node("fetch") == "orders"
    assert result.retry_attempts_for_node("fetch") == 2


@example("RetryRequested runs the op again after an error that it caught")
def a_retry_of_a_flaky_call():
    answers = iter([TimeoutError("no answer"), TimeoutError("no answer"), 42])

    def ask_the_shop():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @op
    def ask() -> int:
        try:
            return ask_the_shop()
        except TimeoutError as error:
            raise RetryRequested(max_retries=3) from error

    @job
    def asking():
        ask()

    result = asking.execute_in_process()

    assert result.output_for_node("ask") == 42
    assert result.retry_attempts_for_node("ask") == 2
    assert kinds(result, "ask") == [
        "STEP_START",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]


@example("RetryRequested may ask for a wait, which is recorded")
def a_retry_after_a_wait():
    @op
    def ask(context) -> str:
        if context.retry_number == 0:
            raise RetryRequested(max_retries=1, seconds_to_wait=0.01)
        return "answered"

    @job
    def asking():
        ask()

    result = asking.execute_in_process()

    assert result.output_for_node("ask") == "answered"
    (data,) = data_of(result, "ask", "STEP_UP_FOR_RETRY")
    assert data.seconds_to_wait == 0.01


@example("a RetryRequested too many fails the op, and tells the first error")
def a_retry_too_many():
    def ask_the_shop():
        raise ConnectionError("refused")

    @op
    def ask():
        try:
            return ask_the_shop()
        except ConnectionError as error:
            raise RetryRequested(max_retries=2) from error

    @job
    def asking():
        ask()

    result = asking.execute_in_process(raise_on_error=False)

    assert not result.success
    assert result.retry_attempts_for_node("ask") == 2
    failed = result.failure_data_for_node("ask")
    assert failed.error.cls_name == "RetryRequested"
    assert failed.error.cause.cls_name == "ConnectionError"
