import typing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from opnb.definitions.type_check import Nothing, OpType, TypeCheck, infer_type
from opnb.model.checks import shorten
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
    TypeCheckError,
)
from opnb.model.events import Output


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
    "annotation", [3, "a b", [int], Quacks, typing.ClassVar[int], typing.Union], ids=str
)
def test_what_no_check_can_be_made_of_is_refused(annotation):
    with pytest.raises(InvalidDefinitionError, match="Problem using type"):
        infer_type(annotation)


def test_a_failed_check_says_what_came_and_what_was_asked():
    assert infer_type(int).type_check("a").description == "'a' of type str is not Int."


def test_a_type_of_ones_own_may_say_why_and_how_much():
    kind = OpType(lambda _: TypeCheck(False, "too few", {"rows": 0}), "Full")
    check = kind.type_check([])

    assert (check.success, check.description) == (False, "too few")
    assert check.metadata["rows"].value == 0
    assert infer_type(kind) is kind


def test_a_check_that_raises_is_an_error_with_its_cause():
    kind = OpType(lambda value: value.missing, "Odd")

    with pytest.raises(TypeCheckError, match="Odd raised AttributeError") as caught:
        kind.type_check(1)
    assert isinstance(caught.value.__cause__, AttributeError)


def test_a_check_returns_a_flag():
    with pytest.raises(InvariantViolationError, match="must return a bool"):
        OpType(lambda _: 1, "Odd").type_check(1)


def test_the_success_of_a_check_is_a_flag():
    with pytest.raises(ParameterCheckError, match="'success' must be bool"):
        TypeCheck(1)


def test_only_nothing_is_nothing():
    assert infer_type(Nothing).is_nothing
    assert not infer_type(typing.Any).is_nothing
