import functools

import pytest

from opnb.definitions.in_out import In, Out
from opnb.definitions.op import OpDefinition, op
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.type_check import Nothing
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError


def load(context, rows: int, limit=3) -> list:
    """Load the rows."""
    return [rows] * limit


def test_an_op_is_read_off_its_function():
    definition = op(load)

    assert definition.name == "load"
    assert definition.description == "Load the rows."
    assert {name: port.type.name for name, port in definition.ins.items()} == {
        "rows": "Int",
        "limit": "Any",
    }
    assert definition.outs["result"].type.name == "[Any]"


def test_arguments_say_more_than_the_function():
    policy = RetryPolicy()
    definition = op(
        name="fetch",
        description="Fetch.",
        ins={"rows": In(description="how many"), "after": In(Nothing)},
        out=Out(io_manager_key="disk"),
        required_resource_keys={"db"},
        tags={"owner": "me", "priority": 3},
        retry_policy=policy,
        version="v1",
    )(load)

    assert (definition.name, definition.description) == ("fetch", "Fetch.")
    assert definition.ins["rows"].type.name == "Int"
    assert list(definition.ins) == ["after", "rows", "limit"]
    assert definition.required_resource_keys == {"db"}
    assert definition.tags == {"owner": "me", "priority": "3"}
    assert (definition.retry_policy, definition.code_version) == (policy, "v1")


def test_an_op_is_called_as_its_function():
    assert op(load)(None, 7, limit=2) == [7, 7]


def test_an_op_made_without_a_function_cannot_be_called():
    definition = OpDefinition(lambda context, inputs: 1, "load", tags=None)  # noqa: ARG005

    with pytest.raises(InvalidDefinitionError, match="without a function"):
        definition()


def test_an_op_shows_its_ports():
    assert repr(op(load)) == "OpDefinition('load': rows, limit → result)"
    assert repr(op(name="go", out={})(lambda: None)) == "OpDefinition('go': – → –)"


@pytest.mark.parametrize(
    "name", ["a-b", "", "é", "input", "config", "type", "class", "None", "lambda"]
)
def test_a_name_that_dagster_would_not_take_is_refused(name):
    with pytest.raises(InvalidDefinitionError, match="cannot name an op"):
        OpDefinition(load, name)


def test_a_name_may_start_with_a_digit():
    assert op(name="2nd")(load).name == "2nd"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: op(lambda: 1), "A lambda has no name to take"),
        (lambda: op("clean"), "decorates a function, not 'clean'"),
        (
            lambda: op(functools.partial(load)),
            r"partial\(<function load>\) has no name to take",
        ),
        (lambda: op(name="a")(dict), "cannot be made of"),
        (lambda: op(out={"a-b": Out()})(load), "cannot name an output"),
    ],
    ids=["lambda", "text", "partial", "builtin", "output-name"],
)
def test_what_cannot_be_an_op_is_refused(make, message):
    with pytest.raises(InvalidDefinitionError, match=message):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: op(retry_policy=3)(load),
        lambda: op(tags={1: "a"})(load),
        lambda: op(ins={"rows": int})(load),
        lambda: op(out=int)(load),
        lambda: op(out={"a": int})(load),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(make):
    with pytest.raises(ParameterCheckError, match="must be"):
        make()


def test_config_is_declared_once():
    from opnb.definitions.config import Config

    def fetch(config: Config): ...

    with pytest.raises(InvalidDefinitionError, match="both a config_schema and"):
        op(config_schema={"a": int})(fetch)
