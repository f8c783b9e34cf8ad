import pickle
import typing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from opnb.definitions.container_types import Each
from opnb.definitions.python_object import PythonObjectOpType
from opnb.definitions.python_types import (
    check_dagster_type,
    infer_type,
    make_python_type_usable_as_dagster_type,
    usable_as_dagster_type,
)
from opnb.definitions.type_check import ANY, Nothing, OpType, OpTypeKind
from opnb.model.checks import shorten
from opnb.model.errors import InvalidDefinitionError, ParameterCheckError
from opnb.model.events import DynamicOutput, Output


class Row(typing.TypedDict):
    a: int


Id = typing.NewType("Id", int)
ARRAY = np.array([1, 2])


class Quacks(typing.Protocol):
    def quack(self): ...


@pytest.mark.parametrize(
    ("annotation", "name", "good", "bad"),
    [
        (int, "Int", [1, True], [1.0, None, "1", np.int64(1)]),
        (float, "Float", [1.5, np.float64(1)], [1, None]),
        (str, "String", [""], [b"", None]),
        (bool, "Bool", [True], [1]),
        (None, "Nothing", [None], [0]),
        (list, "[Any]", [[], [1]], [(), None]),
        (typing.List, "[Any]", [[1]], [()]),  # noqa: UP006 - the spelling is tested
        (list[int], "[Int]", [[], [1]], [["a"], (1,)]),
        (Sequence[int], "[Int]", [[1], (1,)], [{1}]),
        (dict, "dict", [{}], [[]]),
        (typing.Dict, "dict", [{1: 2}], [[]]),  # noqa: UP006
        (dict[str, int], "Dict[String,Int]", [{}, {"a": 1}], [{"a": "b"}, {1: 1}]),
        (Mapping[str, int], "Dict[String,Int]", [{"a": 1}], [{"a": None}]),
        (set[int], "Set[Int]", [set(), {1}], [{"a"}, [1]]),
        (frozenset[int], "Set[Int]", [frozenset([1])], [{1}]),
        (tuple, "tuple", [(), (1, 2)], [[]]),
        (typing.Tuple, "tuple", [(), (1, 2)], [[]]),  # noqa: UP006
        (tuple[int, str], "Tuple[Int,String]", [(1, "a")], [(1,), ("a", 1), [1, "a"]]),
        (tuple[int, ...], "Tuple[Int, ...]", [(), (1, 2)], [("a",)]),
        (tuple[()], "Tuple[]", [()], [(1,)]),
        (int | None, "Int?", [1, None], ["a"]),
        (int | str, "Int | String", [1, "a"], [1.5, None]),
        (int | str | None, "Int | String | None", [None], [1.5]),
        (list[int | None], "[Int?]", [[1, None]], [["a"]]),
        (typing.Literal["a", 1], "Literal['a', 1]", ["a", 1], [True, ARRAY, [], None]),
        (typing.Annotated[int, "x"], "Int", [1], ["a"]),
        (Output[typing.Annotated[int, 1]], "Int", [1], ["a"]),
        (Callable, "Callable", [len], [1]),
        (Callable[[int], str], "Callable", [len], [1]),
        (type[int], "type", [str], [1]),
        (Iterator[int], "Iterator", [iter([])], [[]]),
        (deque[int], "deque", [deque()], [[]]),
        (pd.DataFrame, "DataFrame", [pd.DataFrame()], [pd.Series([1]), None]),
        (Row, "Row", [{"a": 1}], [[]]),
        (Id, "Int", [1], ["a"]),
        (typing.TypeVar("T"), "Any", [1, None], []),
        (typing.Any, "Any", [1, None], []),
    ],
    ids=shorten,
)
def test_a_type_of_an_annotation_checks_values(annotation, name, good, bad):
    kind = infer_type(annotation)

    assert kind.name == name
    assert [kind.type_check(value).success for value in good] == [True] * len(good)
    assert [kind.type_check(value).success for value in bad] == [False] * len(bad)


@pytest.mark.parametrize(
    "annotation",
    [
        *(3, "a b", [int], Quacks, typing.ClassVar[int], typing.Union),
        *(typing.Optional, DynamicOutput, DynamicOutput[int], list[DynamicOutput]),
        *(tuple[int, DynamicOutput[int]], Ellipsis),
    ],
    ids=shorten,
)
def test_what_no_check_can_be_made_of_is_refused(annotation):
    with pytest.raises(InvalidDefinitionError, match="is no type that can be checked"):
        infer_type(annotation)


def test_a_type_stands_for_itself():
    kind = OpType(lambda _: True, name="Full")

    assert infer_type(kind) is kind
    assert infer_type(list[kind]).name == "[Full]"


def test_a_list_alone_is_a_list_of_anything():
    assert infer_type(list).inner_types == (ANY,)
    assert infer_type(typing.List).kind is OpTypeKind.LIST  # noqa: UP006


@pytest.mark.parametrize(
    ("annotation", "inner"),
    [
        (typing.Any, "Any"),
        (Nothing, "Nothing"),
        (list[int], "Int"),
        (Sequence[int], "Int"),
        (list[int] | None, "Int"),
        (list[int] | list[str], "Any"),
    ],
    ids=shorten,
)
def test_lists_and_any_take_several_outputs_at_once(annotation, inner):
    kind = infer_type(annotation)

    assert kind.supports_fan_in
    assert kind.get_inner_type_for_fan_in().name == inner


@pytest.mark.parametrize(
    "annotation", [int, set[int], tuple[int, ...], int | None, int | str], ids=shorten
)
def test_other_types_take_one_output(annotation):
    assert not infer_type(annotation).supports_fan_in


def test_equal_annotations_give_equal_types():
    assert infer_type(list[int]) == infer_type(list[int])
    assert infer_type(list[int]) != infer_type(list[str])


def test_a_type_made_of_an_annotation_can_be_sent_to_another_process():
    kind = infer_type(dict[str, list[int | None]])
    back = pickle.loads(pickle.dumps(kind))  # noqa: S301 - our own

    assert back == kind
    assert not back.type_check(None, {"a": ["b"]}).success
    assert pickle.loads(pickle.dumps(ANY)).is_any  # noqa: S301


def test_a_class_has_the_type_it_was_given():
    @usable_as_dagster_type
    class Plain: ...

    @usable_as_dagster_type(name="Celsius", description="Degrees.")
    class Temperature(float): ...

    given = infer_type(Temperature)

    assert (given.name, given.description) == ("Celsius", "Degrees.")
    assert given.python_type is Temperature
    assert infer_type(list[Temperature]).name == "[Celsius]"
    assert infer_type(Plain).name == "Plain"


def test_the_last_type_given_to_a_class_holds():
    class Price: ...

    make_python_type_usable_as_dagster_type(Price, PythonObjectOpType(Price))
    never = OpType(lambda _: False, name="Never")
    make_python_type_usable_as_dagster_type(Price, never)

    assert infer_type(Price) is never


def test_a_class_with_a_type_of_opnbs_own_keeps_it():
    with pytest.raises(InvalidDefinitionError, match="'int' has its own type"):
        make_python_type_usable_as_dagster_type(int, PythonObjectOpType(int))


@pytest.mark.parametrize(
    ("python_type", "given"), [(3, ANY), (deque, deque)], ids=["class", "type"]
)
def test_a_class_is_given_a_type(python_type, given):
    with pytest.raises(ParameterCheckError, match="must be"):
        make_python_type_usable_as_dagster_type(python_type, given)


def test_only_classes_are_decorated():
    with pytest.raises(ParameterCheckError, match="must be type"):
        usable_as_dagster_type(name="Price")(lambda: 1)


def test_a_value_is_checked_outside_of_any_run():
    assert check_dagster_type(int, 1).success
    assert check_dagster_type(None, "anything").success
    assert not check_dagster_type(list[int], ["a"]).success
    with pytest.raises(ZeroDivisionError):
        check_dagster_type(OpType(lambda _: 1 / 0, name="Odd"), 1)


def test_a_registered_class_does_not_reach_its_subclasses():
    class Base: ...

    class Sub(Base): ...

    never = OpType(lambda _: False, name="Never")
    make_python_type_usable_as_dagster_type(Base, never)

    assert infer_type(Sub).type_check(None, Sub()).success


def test_the_key_of_a_container_tells_its_parts():
    assert infer_type(list[int]).key == "[Int]"
    assert isinstance(infer_type(list[int]).type_check_fn, Each)
