"""The page on op types: checks of values on their way from op to op."""

from typing import Any, Dict, List, Optional, Set, Tuple  # noqa: UP035 - as users have it

import pandas as pd
import pytest
from examples.reading import data_of, kinds, plain
from examples.registry import example

from opnb import In, MetadataValue, Out, TypeCheck, job, op
from opnb.dagster import (
    DagsterType,
    DagsterTypeCheckDidNotPass,
    DagsterTypeCheckError,
    PythonObjectDagsterType,
    check_dagster_type,
    make_python_type_usable_as_dagster_type,
    usable_as_dagster_type,
)

Even = DagsterType(
    name="Even",
    type_check_fn=lambda _context, value: isinstance(value, int) and value % 2 == 0,
    description="A number of shoes.",
)


def passes(kind, value):
    """Tell whether an op with an input of this kind takes the value."""

    @op(ins={"value": In(kind)})
    def take(value):
        return "taken"

    try:
        return take(value) == "taken"
    except DagsterTypeCheckDidNotPass:
        return False


@example("annotations are the types of inputs and outputs")
def types_by_annotation():
    @op
    def count() -> int:
        return 3

    @op
    def repeat(times: int) -> str:
        return "la" * times

    @job
    def singing():
        repeat(count())

    result = singing.execute_in_process()

    assert result.output_for_node("repeat") == "lalala"
    (given,) = data_of(result, "repeat", "STEP_INPUT")
    assert given.type_check_data.success


@example("a value of the wrong type fails its step")
def a_wrong_type():
    @op
    def count() -> int:
        return "three"

    @job
    def counting():
        count()

    result = counting.execute_in_process(raise_on_error=False)

    assert kinds(result, "count") == ["STEP_START", "STEP_OUTPUT", "STEP_FAILURE"]
    with pytest.raises(DagsterTypeCheckDidNotPass, match="Int"):
        counting.execute_in_process()


@example("a check of one's own is a function of the context and the value")
def a_type_of_ones_own():
    @op(out=Out(Even))
    def shoes():
        return 8

    @op(ins={"number": In(Even)}, out=Out(int))
    def pairs(number):
        return number // 2

    @job
    def pairing():
        pairs(shoes())

    assert pairing.execute_in_process().output_for_node("pairs") == 4
    assert Even.display_name == "Even"
    assert Even.description == "A number of shoes."


@example("an explicit type says more than the annotation")
def a_type_over_an_annotation():
    @op(out=Out(Even))
    def shoes() -> int:
        return 7

    @job
    def counting():
        shoes()

    assert not counting.execute_in_process(raise_on_error=False).success


@example("a check may tell why, with metadata")
def a_check_with_metadata():
    def check(_context, value):
        negative = [number for number in value if number < 0]
        return TypeCheck(
            success=not negative,
            description=f"{len(negative)} of {len(value)} are below zero",
            metadata={"worst": min(value), "doc": MetadataValue.md("*no debts*")},
        )

    credit = DagsterType(check, name="Credit")

    @op(out=Out(credit))
    def balances():
        return [30, -5, 12]

    @job
    def balancing():
        balances()

    result = balancing.execute_in_process(raise_on_error=False)

    (output,) = data_of(result, "balances", "STEP_OUTPUT")
    assert output.type_check_data.description == "1 of 3 are below zero"
    assert plain(output.type_check_data.metadata) == {"worst": -5, "doc": "*no debts*"}


@example("the metadata of a check that passed is kept as well")
def a_passing_check_with_metadata():
    counted = DagsterType(
        lambda _context, value: TypeCheck(True, metadata={"rows": len(value)}),
        name="Counted",
    )

    @op(out=Out(counted))
    def orders():
        return ["tea", "milk"]

    @job
    def ordering():
        orders()

    (output,) = data_of(ordering.execute_in_process(), "orders", "STEP_OUTPUT")

    assert plain(output.type_check_data.metadata) == {"rows": 2}


@example("a frame's type checks its columns")
def a_type_of_a_frame():
    def check(_context, frame):
        if not isinstance(frame, pd.DataFrame):
            return TypeCheck(False, description=f"a {type(frame).__name__}")
        missing = sorted({"id", "total"} - set(frame.columns))
        return TypeCheck(not missing, metadata={"missing": missing})

    orders_frame = DagsterType(check, name="OrdersFrame")

    @op(out=Out(orders_frame))
    def read():
        return pd.DataFrame({"id": [1, 2]})

    @job
    def reading():
        read()

    result = reading.execute_in_process(raise_on_error=False)

    (output,) = data_of(result, "read", "STEP_OUTPUT")
    assert plain(output.type_check_data.metadata) == {"missing": ["total"]}


@example("a class is a type as it stands")
def a_class_as_a_type():
    class Order:
        def __init__(self, total):
            self.total = total

    @op
    def read() -> Order:
        return Order(12)

    @op
    def total_of(order: Order) -> int:
        return order.total

    @job
    def reading():
        total_of(read())

    assert reading.execute_in_process().output_for_node("total_of") == 12


@example("a class may be given a type of another name")
def a_named_type_of_a_class():
    class Order:
        pass

    order_type = PythonObjectDagsterType(Order, name="AnyOrder")

    @op(out=Out(order_type))
    def read():
        return "no order"

    @job
    def reading():
        read()

    result = reading.execute_in_process(raise_on_error=False)

    assert order_type.display_name == "AnyOrder"
    assert not result.success


@example("a class may be marked as a type, with words of its own")
def a_class_marked_as_a_type():
    @usable_as_dagster_type(name="Bill", description="What a customer owes.")
    class Bill:
        def __init__(self, amount):
            self.amount = amount

    @op
    def write() -> Bill:
        return Bill(12)

    @job
    def writing():
        write()

    assert writing.execute_in_process().output_for_node("write").amount == 12
    assert write.output_dict["result"].dagster_type.display_name == "Bill"


@example("a type of one's own may stand for a class wherever it is annotated")
def a_type_for_a_class():
    class Temperature(float):
        pass

    plausible = DagsterType(
        lambda _context, value: -90 < value < 60, name="PlausibleTemperature"
    )
    make_python_type_usable_as_dagster_type(Temperature, plausible)

    @op
    def measure() -> Temperature:
        return Temperature(999)

    @job
    def measuring():
        measure()

    assert not measuring.execute_in_process(raise_on_error=False).success


@example("containers are checked inside")
def containers():
    fitting = [
        (List[int], [1, 2]),  # noqa: UP006 - both spellings are in use
        (list[int], [1, 2]),
        (Dict[str, float], {"tea": 2.5}),  # noqa: UP006
        (dict[str, float], {"tea": 2.5}),
        (Set[str], {"tea"}),  # noqa: UP006
        (Tuple[int, str], (1, "tea")),  # noqa: UP006
        (Optional[int], None),  # noqa: UP045
        (Any, object()),
    ]
    unfitting = [
        (list[int], [1, "two"]),
        (dict[str, float], {"tea": "cheap"}),
        (Set[str], {1}),  # noqa: UP006
        (Tuple[int, str], ("tea", 1)),  # noqa: UP006
        (Optional[int], "none"),  # noqa: UP045
        (int, None),
    ]

    for kind, value in fitting:
        assert passes(kind, value), (kind, value)
    for kind, value in unfitting:
        assert not passes(kind, value), (kind, value)


@example("a check can be tried without a run")
def a_check_tried():
    assert check_dagster_type(Even, 4).success
    assert not check_dagster_type(Even, 5).success
    assert not check_dagster_type(Even, "four").success


@example("a bool is an int, an int is no float, as Python has it")
def numbers():
    assert check_dagster_type(int, True).success
    assert not check_dagster_type(float, 1).success
    assert check_dagster_type(float, 1.0).success


@example("a check that raises is told apart from one that says no")
def a_check_that_raises():
    broken = DagsterType(lambda _context, value: value.missing, name="Broken")

    @op(out=Out(broken))
    def read():
        return 1

    @job
    def reading():
        read()

    result = reading.execute_in_process(raise_on_error=False)
    failed = result.failure_data_for_node("read").error

    assert failed.cls_name == DagsterTypeCheckError.__name__
    assert failed.cause.cls_name == "AttributeError"
    with pytest.raises((AttributeError, DagsterTypeCheckError), match="missing"):
        reading.execute_in_process()
