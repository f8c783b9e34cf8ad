import json
import pickle
import typing

import pytest

from opnb.definitions.config_problem import ConfigDoesNotFit
from opnb.definitions.input_config import input_value
from opnb.definitions.python_types import infer_type
from opnb.definitions.type_check import OpType
from opnb.definitions.type_loader import dagster_type_loader


class Point:
    pass


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (int, 5, 5),
        (int, {"value": 5}, 5),
        (float, 5, 5.0),
        (str, "a", "a"),
        (list[int], [1, 2], [1, 2]),
        (list[int], [{"value": 1}], [1]),
        (list[int], {"value": [1]}, [1]),
        (int | None, None, None),
        (int | None, {"value": 3}, 3),
        (dict, {"value": 1}, {"value": 1}),
        (typing.Any, {"value": {"a": 1}}, {"a": 1}),
        (typing.Any, {"a": 1}, {"a": 1}),
        (typing.Any, {"value": 1, "b": 2}, {"value": 1, "b": 2}),
        (typing.Any, "a", "a"),
        (Point, {"value": 1}, 1),
    ],
    ids=range(15),
)
def test_a_value_is_given_as_it_is_or_under_a_key(kind, given, value):
    found = input_value(infer_type(kind), given)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "given", "problem"),
    [
        (int, "a", "must be Int, not 'a'"),
        (int, None, "must be Int, not None"),
        (int, {"val": 5}, "must be Int"),
        (list[int], [1, "a"], r"must be \[Int\]"),
    ],
    ids=["text", "none", "key", "list"],
)
def test_a_value_of_the_wrong_type_is_refused(kind, given, problem):
    with pytest.raises(ConfigDoesNotFit, match=problem):
        input_value(infer_type(kind), given)


def test_a_value_may_be_in_a_file(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([1, 2]))
    (tmp_path / "a.pickle").write_bytes(pickle.dumps({1, 2}))
    anything = infer_type(typing.Any)

    assert input_value(anything, {"json": {"path": str(tmp_path / "a.json")}}) == [1, 2]
    assert input_value(anything, {"pickle": {"path": str(tmp_path / "a.pickle")}}) == {
        1,
        2,
    }


@pytest.mark.parametrize("form", ["json", "pickle"])
def test_a_file_that_is_not_there_is_refused(form):
    with pytest.raises(
        ConfigDoesNotFit, match=f"'none' cannot be read as {form}: File"
    ):
        input_value(infer_type(typing.Any), {form: {"path": "none"}})


def test_a_type_may_say_how_it_is_loaded():
    @dagster_type_loader({"start": int})
    def load(context, config):
        return range(config["start"])

    kind = OpType(lambda value: isinstance(value, range), name="Range", loader=load)

    assert input_value(kind, {"start": 3}) == range(3)
    with pytest.raises(ConfigDoesNotFit, match="start: missing"):
        input_value(kind, {})
