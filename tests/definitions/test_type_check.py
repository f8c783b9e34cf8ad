import pickle
import typing

import pytest

from opnb.definitions.python_types import infer_type
from opnb.definitions.type_check import (
    ANY,
    NOTHING,
    Nothing,
    OpType,
    OpTypeKind,
    TypeCheck,
)
from opnb.definitions.type_loader import dagster_type_loader
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
    TypeCheckError,
)


def is_even(value):
    return value % 2 == 0


class Checks:
    def check(self, context, value):
        return context.run_id is None and value == 1

    def __call__(self, context, value):
        return self.check(context, value)


def test_a_failed_check_says_what_came_and_what_was_asked():
    assert infer_type(int).type_check("a").description == "'a' of type str is not Int."


def test_a_type_of_ones_own_may_say_why_and_how_much():
    kind = OpType(lambda _: TypeCheck(False, "too few", {"rows": 0}), "Full")
    check = kind.type_check(None, [])

    assert (check.success, check.description) == (False, "too few")
    assert check.metadata["rows"].value == 0


@pytest.mark.parametrize(
    "fn",
    [
        lambda _, value: value == 1,
        lambda value: value == 1,
        lambda _, value=2: value == 1,
        lambda *given: given[1] == 1,
        Checks().check,
        Checks(),
    ],
    ids=["both", "value", "default", "star", "method", "object"],
)
def test_a_check_takes_the_context_and_the_value_or_the_value_alone(fn):
    kind = OpType(fn, name="One")

    assert kind.type_check(None, 1).success
    assert not kind.type_check(None, 2).success


@pytest.mark.parametrize(
    "fn", [lambda: True, lambda _a, _b, _c: True, max], ids=["none", "three", "c"]
)
def test_a_check_that_takes_something_else_is_refused(fn):
    with pytest.raises(InvalidDefinitionError, match="must take the context and the"):
        OpType(fn, name="Odd")


def test_a_check_is_a_function():
    with pytest.raises(ParameterCheckError, match="'type_check_fn' must be a function"):
        OpType(3, name="Odd")


def test_a_check_sees_the_resources_its_type_declares():
    class Context:
        run_id = "r1"
        made_resources = {"limit": 3}  # noqa: RUF012 - never written

    kind = OpType(
        lambda context, value: value < context.resources.limit,
        name="Small",
        required_resource_keys={"limit"},
    )

    assert kind.type_check(Context, 2).success
    assert not infer_type(list[kind]).type_check(Context, [2, 4]).success
    assert infer_type(list[kind]).required_resource_keys == {"limit"}


def test_a_type_has_dagsters_positions():
    @dagster_type_loader(int)
    def load(context, config):
        return config

    kind = OpType(
        is_even,
        "even_key",
        "Even",
        False,
        "Divisible by two.",
        load,
        {"limits"},
        OpTypeKind.SCALAR,
        int,
        {"bits": 1},
    )

    assert (kind.key, kind.name, kind.is_builtin) == ("even_key", "Even", False)
    assert (kind.description, kind.loader) == ("Divisible by two.", load)
    assert (kind.kind, kind.typing_type) == (OpTypeKind.SCALAR, int)
    assert kind.required_resource_keys == {"limits"}
    assert kind.metadata["bits"].value == 1


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"name": "Even"}, ("Even", "Even", True)),
        ({"key": "even"}, ("even", "even", False)),
        ({"key": "even", "name": "Even"}, ("even", "Even", True)),
    ],
    ids=["name", "key", "both"],
)
def test_name_and_key_stand_in_for_each_other(given, names):
    kind = OpType(is_even, **given)

    assert (kind.key, kind.display_name, kind.has_unique_name) == names


def test_a_type_with_a_key_alone_has_no_name_of_its_own():
    assert OpType(is_even, name="Even").unique_name == "Even"
    with pytest.raises(CheckError, match="'even' has no name of its own"):
        _ = OpType(is_even, "even").unique_name


def test_a_type_is_called_something():
    with pytest.raises(CheckError, match="needs a name or a key"):
        OpType(is_even)


@pytest.mark.parametrize(
    "given",
    [
        {"name": 1},
        {"key": 1},
        {"description": 1},
        {"is_builtin": 1},
        {"loader": 3},
        {"required_resource_keys": ["a"]},
        {"kind": "SCALAR"},
    ],
    ids=str,
)
def test_an_argument_of_the_wrong_type_is_refused(given):
    with pytest.raises(ParameterCheckError, match="must be"):
        OpType(is_even, **{"name": "Even", **given})


def test_a_type_defined_anew_is_not_taken_for_the_old_one():
    old = OpType(lambda _: True, name="Even")
    new = OpType(lambda _: False, name="Even")

    assert old != new
    assert old == OpType(old.type_check_fn, name="Even")
    assert old != "Even"
    # `typing` keeps what it has made by equality.
    assert not infer_type(typing.List[old]) == infer_type(typing.List[new])  # noqa: SIM201, UP006
    assert not infer_type(typing.List[new]).type_check(None, [1]).success  # noqa: UP006


def test_a_type_shows_as_its_name():
    assert repr(OpType(is_even, name="Even")) == "OpType('Even')"


def test_a_type_can_be_sent_to_another_process():
    kind = pickle.loads(pickle.dumps(OpType(is_even, name="Even")))  # noqa: S301

    assert not kind.type_check(None, 3).success


def test_the_context_may_be_left_out():
    assert OpType(is_even, name="Even").type_check(2).success


def test_a_check_that_raises_is_an_error_with_its_cause():
    kind = OpType(lambda value: value.missing, "Odd")

    with pytest.raises(TypeCheckError, match="Odd raised AttributeError") as caught:
        kind.type_check(None, 1)
    assert isinstance(caught.value.__cause__, AttributeError)


def test_an_element_whose_check_raises_is_told_once():
    kind = OpType(lambda value: value.missing, "Odd")

    with pytest.raises(TypeCheckError) as caught:
        infer_type(list[kind]).type_check(None, [1])
    assert isinstance(caught.value.__cause__, AttributeError)


def test_a_check_returns_a_flag():
    with pytest.raises(InvariantViolationError, match="must return a bool"):
        OpType(lambda _: 1, "Odd").type_check(None, 1)


def test_the_success_of_a_check_is_a_flag_and_its_description_text():
    with pytest.raises(ParameterCheckError, match="'success' must be bool"):
        TypeCheck(1)
    with pytest.raises(ParameterCheckError, match="'description' must be str"):
        TypeCheck(True, 3)


def test_only_nothing_is_nothing():
    assert infer_type(Nothing).is_nothing
    assert not infer_type(typing.Any).is_nothing
    assert (ANY.is_any, NOTHING.is_any) == (True, False)


def test_nothing_is_none():
    assert NOTHING.type_check(None, None).success
    assert not NOTHING.type_check(None, 3).success


def test_a_type_that_takes_one_output_says_so():
    with pytest.raises(CheckError, match="takes one output"):
        infer_type(int).get_inner_type_for_fan_in()
    with pytest.raises(CheckError, match="takes one output"):
        OpType(is_even, name="Even").get_inner_type_for_fan_in()
