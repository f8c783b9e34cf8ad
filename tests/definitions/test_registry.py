import pytest
from factories import op_that

from opnb.definitions.op import op
from opnb.definitions.registry import OpRegistry, UnknownOpError


def test_a_later_op_of_a_name_takes_its_place():
    registry = OpRegistry()
    first, second = op_that(), op_that()
    for definition in (first, op(name="load")(lambda: 1), second):
        registry.register(definition)

    assert registry["clean"] is second
    assert list(registry) == ["load", "clean"]
    assert (len(registry), repr(registry)) == (2, "OpRegistry(['load', 'clean'])")


def test_an_unknown_op_is_a_key_error_with_a_hint():
    registry = OpRegistry()
    registry.register(op_that())

    with pytest.raises(UnknownOpError, match="Did you mean 'clean'"):
        registry["claen"]
    assert registry.get("claen") is None
