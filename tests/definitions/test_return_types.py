import typing
from typing import Any

import pytest

from opnb.definitions.in_out import NOT_GIVEN, DynamicOut, Out
from opnb.definitions.return_types import outs_of_annotation
from opnb.model.errors import InvalidDefinitionError, InvariantViolationError
from opnb.model.events import DynamicOutput, Output

MANY = list[DynamicOutput[int]]


def outs(annotation, out=None):
    found = outs_of_annotation(annotation, out, "load")
    return {name: (port.type.name, port.is_dynamic) for name, port in found.items()}


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (MANY, "Int"),
        (typing.List[DynamicOutput[int]], "Int"),  # noqa: UP006 - Dagster's spelling
        (list[DynamicOutput], "Any"),
        (list[DynamicOutput[list[str]]], "[String]"),
    ],
    ids=str,
)
def test_a_list_of_dynamic_outputs_is_a_dynamic_output(annotation, name):
    assert outs(annotation) == {"result": (name, True)}
    assert outs(annotation, DynamicOut()) == {"result": (name, True)}
    assert outs(annotation, {"files": DynamicOut()}) == {"files": (name, True)}


def test_a_dynamic_output_keeps_what_was_declared_of_it():
    out = DynamicOut(str, "the files", False)

    assert outs_of_annotation(MANY, out, "load") == {"result": out}


def test_a_dynamic_output_may_stand_among_others():
    both = {"total": Out(), "files": DynamicOut()}

    assert outs(tuple[Output[int], list[DynamicOutput[str]]], both) == {
        "total": ("Int", False),
        "files": ("String", True),
    }
    assert outs(tuple[int, Output[str]], both)["files"] == ("String", True)


@pytest.mark.parametrize("annotation", [DynamicOutput, DynamicOutput[int]], ids=str)
def test_a_dynamic_output_alone_is_refused(annotation):
    with pytest.raises(InvariantViolationError, match="stands alone"):
        outs(annotation)
    for out in (Out(), DynamicOut(), {"a": Out()}):
        with pytest.raises(
            InvalidDefinitionError, match="is no type that can be checked"
        ):
            outs(annotation, out)


@pytest.mark.parametrize(
    "annotation",
    [
        typing.Sequence[DynamicOutput[int]],
        list[DynamicOutput[int]] | None,
        tuple[DynamicOutput[int]],
        dict[str, DynamicOutput[int]],
    ],
    ids=str,
)
def test_dynamic_outputs_in_anything_but_a_list_are_refused(annotation):
    with pytest.raises(InvalidDefinitionError, match="is no type that can be checked"):
        outs(annotation)


@pytest.mark.parametrize(
    ("annotation", "out"),
    [
        (MANY, Out()),
        (MANY, {"files": Out()}),
        (tuple[int, MANY], {"a": Out(), "b": Out()}),
    ],
    ids=["one", "named", "among"],
)
def test_an_output_that_is_not_dynamic_cannot_be_many(annotation, out):
    with pytest.raises(InvariantViolationError, match="is not dynamic"):
        outs(annotation, out)


@pytest.mark.parametrize("annotation", [NOT_GIVEN, None, Any, tuple[()]], ids=str)
def test_an_op_without_outputs_may_say_so(annotation):
    assert outs(annotation, {}) == {}


def test_an_op_without_outputs_returns_nothing():
    with pytest.raises(InvariantViolationError, match=r"is annotated .* for 0 outputs"):
        outs(int, {})


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (list[Output[int]], "[Int]"),
        (Output[int] | None, "Int?"),
        (tuple[int, Output[str]], "Tuple[Int,String]"),
    ],
    ids=str,
)
def test_an_output_within_a_type_says_nothing_of_the_value(annotation, name):
    assert outs(annotation) == {"result": (name, False)}
