from unittest.mock import Mock

import pytest

from opnb.definitions.python_types import infer_type
from opnb.definitions.type_check import OpType, TypeCheck
from opnb.model.checks import shorten

SMALL = OpType(
    lambda value: TypeCheck(value < 3, "too large", {"limit": 3}), name="Small"
)


@pytest.mark.parametrize(
    ("annotation", "value", "why"),
    [
        (list[int], [1, "a"], "Element 1: 'a' of type str is not Int."),
        (list[list[int]], [[], ["a"]], "Element 1: Element 0: 'a' of type str is not"),
        (tuple[int, str], (1, 2), "Element 1: 2 of type int is not String."),
        (tuple[int, str], (1,), "(1,) of type tuple is not Tuple[Int,String]."),
        (dict[str, int], {"a": "b"}, "Value at 'a': 'b' of type str is not Int."),
        (dict[str, int], {1: 1}, "A key: 1 of type int is not String."),
        (dict[str, int], [], "[] of type list is not Dict[String,Int]."),
        (set[int], {"a"}, "{'a'} of type set is not Set[Int]."),
        (int | None, "a", "'a' of type str is not Int."),
        (int | str, 1.5, "1.5 of type float is not Int | String."),
        (list[int | None], [None, "a"], "Element 1: 'a' of type str is not Int."),
        (list[SMALL], [1, 5], "Element 1: too large"),
    ],
    ids=shorten,
)
def test_a_failed_container_says_which_element_it_was(annotation, value, why):
    check = infer_type(annotation).type_check(None, value)

    assert not check.success
    assert check.description.startswith(why)


def test_what_the_check_of_an_element_attached_is_kept():
    for kind, value in ((list[SMALL], [5]), (tuple[SMALL], (5,))):
        check = infer_type(kind).type_check(None, value)
        assert check.metadata["limit"].value == 3


def test_an_element_without_a_reason_is_named_by_its_place():
    silent = OpType(lambda _: TypeCheck(False), name="Silent")

    assert infer_type(list[silent]).type_check(None, [1]).description == "Element 0"


@pytest.mark.parametrize("annotation", [list[int], list[int | None], list[int | str]])
def test_a_mock_may_stand_for_an_element(annotation):
    assert infer_type(annotation).type_check(None, [1, Mock(spec=int)]).success


def test_elements_of_a_subclass_pass():
    class Count(int): ...

    assert infer_type(list[int]).type_check(None, [Count(1), True]).success
