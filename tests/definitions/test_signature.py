from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pytest

from opnb.definitions.config import Config
from opnb.definitions.in_out import In, Out
from opnb.definitions.signature import read_outputs, read_parameters
from opnb.definitions.type_check import Nothing, OpType
from opnb.execution.context import OpExecutionContext
from opnb.model.errors import (
    InvalidDefinitionError,
    InvalidPythonicConfigDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
)
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
        (tuple[int, Output], ["Int", "Any"]),
    ],
    ids=str,
)
def test_a_tuple_has_the_types_of_several_outputs(annotation, names):
    assert list(_outputs(annotation, TWO).values()) == names


@pytest.mark.parametrize(
    "annotation",
    [
        *(int, list[int], Any, None, Output),
        *(tuple, tuple[int], tuple[int, int, int], tuple[int, ...]),
    ],
    ids=str,
)
def test_several_outputs_need_a_tuple_of_as_many_types(annotation):
    with pytest.raises(InvariantViolationError, match=r"is annotated .* for 2 outputs"):
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


def test_keyword_arguments_take_further_inputs_and_declared_ones_come_first():
    def fn(a, **rest): ...

    assert list(read_parameters(fn, {"b": In()}, "load").ins) == ["b", "a"]


def test_a_config_parameter_is_no_input():
    class Limits(Config):
        rows: int = 1

    def fn(config, a): ...

    fn.__annotations__ = {"config": Limits}
    parameters = read_parameters(fn, None, "load")

    assert (parameters.config_type, list(parameters.ins)) == (Limits, ["a"])


class Database:
    __opnb_resource__ = True


class Mark:
    __opnb_resource__ = True


@pytest.mark.parametrize("kind", [int, dict, list[int], dict[str, int], Any], ids=str)
def test_config_may_be_of_a_plain_type(kind):
    def fn(config): ...

    fn.__annotations__ = {"config": kind}

    assert read_parameters(fn, None, "load").config_type == kind


@pytest.mark.parametrize("annotation", [None, object, Mark, 3], ids=str)
def test_config_of_no_type_that_can_be_read_is_refused(annotation):
    def fn(config): ...

    fn.__annotations__ = {} if annotation is None else {"config": annotation}
    with pytest.raises(
        InvalidPythonicConfigDefinitionError, match="must be annotated with a Config"
    ):
        read_parameters(fn, None, "load")


def _star(*rows): ...


def _by_position(rows, /): ...


def _keyword_context(*, context): ...


def _renamed(ctx: OpExecutionContext): ...


def _reserved(input): ...  # noqa: A002 - the point


def _unknown(rows: Missing): ...


def _attribute(rows: InvalidDefinitionError.nothing): ...


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (_star, r"takes '\*rows' by position"),
        (_by_position, "takes 'rows' by position"),
        (_keyword_context, "'context' cannot name an input"),
        (_renamed, "calls its context 'ctx'"),
        (_reserved, "'input' cannot name an input"),
        (_unknown, "cannot be read: name 'Missing' is not defined"),
        (_attribute, "cannot be read: .* has no attribute 'nothing'"),
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


def _parameters(annotation, default=inspect.Parameter.empty, **ins):
    def fn(a): ...

    if default is not inspect.Parameter.empty:
        fn.__defaults__ = (default,)
    fn.__annotations__ = {"a": annotation}
    return read_parameters(fn, ins, "load")


def test_a_parameter_takes_a_value_so_it_is_not_nothing():
    for annotation, ins in ((Nothing, {}), (None, {}), (Any, {"a": In(Nothing)})):
        with pytest.raises(InvalidDefinitionError, match="'a' of op 'load' is Nothing"):
            _parameters(annotation, **ins)


@pytest.mark.parametrize(
    ("annotation", "default"),
    [(int, "x"), (int, None), (float, 3), (str, 1), (bool, 0)],
    ids=str,
)
def test_a_default_of_a_plain_type_is_checked_at_once(annotation, default):
    with pytest.raises(InvalidDefinitionError, match="Wrong default of input 'a'"):
        _parameters(annotation, default)
    with pytest.raises(InvalidDefinitionError, match="Wrong default of input 'a'"):
        _parameters(Any, a=In(annotation, default_value=default))


def test_the_default_of_an_input_that_any_keyword_takes_is_checked():
    def fn(**rest): ...

    with pytest.raises(InvalidDefinitionError, match="Wrong default of input 'b'"):
        read_parameters(fn, {"b": In(int, default_value="x")}, "load")


def test_a_default_of_none_says_how_to_allow_it():
    with pytest.raises(InvalidDefinitionError, match=r"Annotate it with `\| None`"):
        _parameters(int, None)


def test_other_defaults_are_checked_when_they_are_used():
    never = OpType(lambda _: False, name="Never")

    assert _parameters(list[int], 3).ins["a"].default_value == 3
    assert _parameters(int | None, "x").ins["a"].default_value == "x"
    assert _parameters(never, 3).ins["a"].default_value == 3


def test_what_was_declared_by_hand_is_kept():
    given = In(
        None,
        "all of them",
        metadata={"a": 1},
        asset_key="orders",
        asset_partitions={"p"},
        input_manager_key="files",
    )
    found = _parameters(int, 3, a=In(description="all")).ins["a"]

    assert (found.type.name, found.description, found.default_value) == (
        "Int",
        "all",
        3,
    )
    assert _parameters(int, a=given).ins["a"] == given


@pytest.mark.parametrize(
    "annotation",
    [Database, Annotated[int, Mark()], Annotated[int, Mark]],
    ids=["a class", "a mark", "a mark's class"],
)
def test_a_parameter_may_ask_for_a_resource(annotation):
    parameters = _parameters(annotation)

    assert (parameters.resource_names, dict(parameters.ins)) == ({"a"}, {})


def test_a_parameter_that_is_declared_as_an_input_is_one():
    parameters = _parameters(Database, a=In())

    assert (parameters.resource_names, list(parameters.ins)) == (frozenset(), ["a"])


def test_inputs_are_declared_by_name():
    def fn(a): ...

    with pytest.raises(ParameterCheckError, match=r"\"ins\['a'\]\" must be In"):
        read_parameters(fn, {"a": int}, "load")
    with pytest.raises(ParameterCheckError, match="'ins' must be Mapping"):
        read_parameters(fn, [In()], "load")


@pytest.mark.parametrize("out", [int, [Out()], {"a": int}], ids=str)
def test_outputs_are_declared_as_outs(out):
    with pytest.raises(ParameterCheckError, match="must be Out or dict of Out"):
        _outputs(int, out)


@pytest.mark.parametrize("name", ["context", "conf", "type", "input", "if", "a b", ""])
def test_a_taken_or_odd_name_is_refused(name):
    with pytest.raises(InvalidDefinitionError, match="cannot name an output"):
        _outputs(int, {name: Out()})


def test_names_that_are_common_words_elsewhere_are_allowed():
    assert list(_outputs(int, {"list": Out()})) == ["list"]
    assert list(_outputs(int, {"1a": Out()})) == ["1a"]
