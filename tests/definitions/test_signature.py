from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Optional

import pytest

from opnb.definitions.config import Config
from opnb.definitions.in_out import In, Out
from opnb.definitions.signature import read_outputs, read_parameters
from opnb.definitions.type_check import Nothing
from opnb.execution.context import OpExecutionContext
from opnb.model.errors import InvalidDefinitionError, InvariantViolationError
from opnb.model.events import Output

if TYPE_CHECKING:
    from nowhere import Missing


def _types(ports):
    return {name: port.type.name for name, port in ports.items()}


def _outputs(annotation, out=None):
    def fn(): ...

    fn.__annotations__ = {"return": annotation}
    return _types(read_outputs(fn, out, "load"))


TWO = {"a": Out(), "b": Out()}


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (Any, "Any"),
        (Output, "Any"),
        (int, "Int"),
        ("int", "Int"),
        (tuple[int, str], "Tuple[Int,String]"),
        (Output[int], "Int"),
        (Optional[int], "Int?"),  # noqa: UP045 - the spelling is tested
        (int | None, "Int?"),
        (None, "Nothing"),
        (Nothing, "Nothing"),
        (Output[None], "Nothing"),
        (list[int], "[Int]"),
        (dict[str, int], "Dict[String,Int]"),
        (Config, "Config"),
    ],
    ids=str,
)
def test_the_return_annotation_is_the_type_of_the_one_output(annotation, name):
    assert _outputs(annotation) == {"result": name}
    assert _outputs(annotation, {"rows": Out()}) == {"rows": name}


@pytest.mark.parametrize(
    ("annotation", "names"),
    [
        (tuple[int, str], ["Int", "String"]),
        (tuple[Output[int], Output[str]], ["Int", "String"]),
        (Any, ["Any", "Any"]),
        (None, ["Any", "Any"]),
    ],
    ids=str,
)
def test_a_tuple_has_the_types_of_several_outputs(annotation, names):
    assert list(_outputs(annotation, TWO).values()) == names


@pytest.mark.parametrize(
    "annotation", [int, tuple, tuple[int], tuple[int, int, int], list[int]], ids=str
)
def test_several_outputs_need_a_tuple_of_as_many_types(annotation):
    with pytest.raises(InvariantViolationError, match="must be a tuple of as many"):
        _outputs(annotation, TWO)


def test_an_explicit_type_beats_the_annotation():
    assert _outputs(int, Out(str)) == {"result": "String"}
    assert _outputs(int, Out()) == {"result": "Int"}


def test_the_annotation_of_a_generator_says_nothing_of_its_outputs():
    def events() -> Iterator[Missing]:
        yield

    async def more() -> Missing:
        yield

    assert _types(read_outputs(events, None, "load")) == {"result": "Any"}
    assert _types(read_outputs(more, None, "load")) == {"result": "Any"}


@pytest.mark.parametrize("name", ["context", "_context", "context_", "_"])
def test_a_first_parameter_of_dagsters_names_is_the_context(name):
    space = {}
    exec(f"def fn({name}, rows): ...", space)  # noqa: S102 - a name from the table

    parameters = read_parameters(space["fn"], None, "load")

    assert (parameters.takes_context, list(parameters.ins)) == (True, ["rows"])


def test_an_annotated_context_works_with_postponed_annotations():
    def fn(context: OpExecutionContext, rows: int) -> int: ...

    def other(context: Missing, rows: int) -> int: ...

    assert _types(read_parameters(fn, None, "load").ins) == {"rows": "Int"}
    assert _types(read_parameters(other, None, "load").ins) == {"rows": "Int"}
    assert _types(read_outputs(other, None, "load")) == {"result": "Int"}


def test_a_default_may_be_pythons_or_the_inputs():
    def fn(a=1, b=2): ...

    ins = read_parameters(fn, {"b": In(default_value=3)}, "load").ins

    assert (ins["a"].default_value, ins["b"].default_value) == (1, 3)


def test_keyword_arguments_take_further_inputs():
    def fn(a, **rest): ...

    assert list(read_parameters(fn, {"b": In()}, "load").ins) == ["a", "b"]


def test_a_config_parameter_is_no_input():
    class Limits(Config):
        rows: int = 1

    def fn(config, a): ...

    fn.__annotations__ = {"config": Limits}
    parameters = read_parameters(fn, None, "load")

    assert (parameters.config_type, list(parameters.ins)) == (Limits, ["a"])


def _star(*rows): ...


def _by_position(rows, /): ...


def _keyword_context(*, context): ...


def _renamed(ctx: OpExecutionContext): ...


def _reserved(input): ...  # noqa: A002 - the point


def _unknown(rows: Missing): ...


def _attribute(rows: InvalidDefinitionError.nothing): ...


def _untyped_config(config): ...


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (_star, r"takes '\*rows' by position"),
        (_by_position, "takes 'rows' by position"),
        (_keyword_context, "'context' cannot be the name of an input"),
        (_renamed, "calls its context 'ctx'"),
        (_reserved, "'input' cannot be the name of an input"),
        (_unknown, "cannot be read: name 'Missing' is not defined"),
        (_attribute, "cannot be read: .* has no attribute 'nothing'"),
        (_untyped_config, "must be annotated with a Config class"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_parameter_that_cannot_be_an_input_is_refused(fn, message):
    with pytest.raises(InvalidDefinitionError, match=message):
        read_parameters(fn, None, "load")


def test_a_declared_input_is_a_parameter_or_nothing():
    def fn(): ...

    ins = read_parameters(fn, {"after": In(Nothing)}, "load").ins

    assert ins["after"].type.is_nothing
    with pytest.raises(InvalidDefinitionError, match="no such parameter"):
        read_parameters(fn, {"rows": In()}, "load")
