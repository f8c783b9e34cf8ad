import functools

import pytest

from opnb.definitions.function_hints import is_resource, parameters_of, type_hints
from opnb.model.errors import InvalidDefinitionError


class Load:
    rows: "Missing"  # noqa: F821 - the class's annotations are not its call's

    def __call__(self, path: str) -> int: ...


def load(path: str, rows: int) -> float: ...


def wrapper(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs)

    return inner


@pytest.mark.parametrize(
    ("fn", "hints"),
    [
        (load, {"path": str, "rows": int, "return": float}),
        (wrapper(load), {"path": str, "rows": int, "return": float}),
        (functools.partial(load, "a"), {"path": str, "rows": int, "return": float}),
        (Load(), {"path": str, "return": int}),
        (Load().__call__, {"path": str, "return": int}),
        (len, {}),
    ],
    ids=["function", "wrapped", "partial", "object", "method", "c"],
)
def test_the_annotations_are_those_of_the_function_behind(fn, hints):
    assert type_hints(fn, "load") == hints


def test_what_a_partial_has_given_is_no_parameter():
    given = functools.partial(load, "a")

    assert [parameter.name for parameter in parameters_of(given, "load")] == ["rows"]


def test_a_function_of_c_may_not_tell_its_parameters():
    with pytest.raises(InvalidDefinitionError, match="Op 'load' cannot be made of"):
        parameters_of(max, "load")


@pytest.mark.parametrize("annotation", [None, int, "int", list[int], 3], ids=str)
def test_most_annotations_ask_for_no_resource(annotation):
    assert not is_resource(annotation)
