import typing

import pytest

from opnb.definitions.config import Config, Field, PermissiveConfig, shape_of
from opnb.definitions.op import op
from opnb.model.errors import InvalidConfigDefinitionError, InvalidConfigError


class Limits(Config):
    rows: int = 10
    name: str


class Loose(PermissiveConfig):
    rows: int = 10


class Nested(Config):
    limits: Limits


@op
def with_class(config: Limits):
    return config


def _with(schema):
    return op(name="load", config_schema=schema)(lambda: None)


def test_a_config_class_is_filled_and_frozen():
    config = with_class.resolve_config({"name": "a"})

    assert (config.rows, config.name) == (10, "a")
    with pytest.raises(ValueError, match="frozen"):
        config.rows = 3


def test_a_filled_config_is_taken_as_it_is():
    config = Limits(name="a")

    assert with_class.resolve_config(config) is config


def test_a_permissive_config_keeps_what_it_does_not_declare():
    @op
    def load(config: Loose):
        return config

    assert load.resolve_config({"more": 1}).more == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "name: missing"),
        ({"name": "a", "rows": "x"}, "rows: input should be a valid integer.* not 'x'"),
        ({"name": "a", "rws": 1}, "rws: there is no such field"),
        ({"rws": 1}, "rws: there is no such field; name: missing"),
        ([1], "must be a dict"),
    ],
    ids=["missing", "type", "unknown", "both", "list"],
)
def test_config_that_does_not_fit_a_class_is_refused(given, problem):
    with pytest.raises(InvalidConfigError, match=problem):
        with_class.resolve_config(given)


def test_a_refusal_shows_what_the_op_takes():
    with pytest.raises(
        InvalidConfigError, match=r"It takes \{rows: int = 10, name: str"
    ):
        with_class.resolve_config({})


@pytest.mark.parametrize(
    ("schema", "given", "config"),
    [
        ({"rows": int}, {"rows": 3}, {"rows": 3}),
        ({"a": Field(str, default_value="x")}, {}, {"a": "x"}),
        ({"a": Field(str, is_required=False)}, {}, {"a": None}),
        ({"a": [int]}, {"a": [1, 2]}, {"a": [1, 2]}),
        ({"a": {"b": float}}, {"a": {"b": 1.5}}, {"a": {"b": 1.5}}),
        ({"a": dict, "b": list}, {"a": {}, "b": []}, {"a": {}, "b": []}),
        ({"a": typing.Any}, {"a": None}, {"a": None}),
        ({"a": int | None}, {"a": None}, {"a": None}),
        ({"a": typing.Literal["x", "y"]}, {"a": "y"}, {"a": "y"}),
        ({"schema": int, "json": int, "model_config": int, "a-b": int, "_c": int},
         {"schema": 1, "json": 2, "model_config": 3, "a-b": 4, "_c": 5},
         {"schema": 1, "json": 2, "model_config": 3, "a-b": 4, "_c": 5}),
    ],
)  # fmt: skip
def test_a_schema_is_a_dict_of_fields(schema, given, config):
    assert _with(schema).resolve_config(given) == config


@pytest.mark.parametrize(
    ("schema", "given", "problem"),
    [
        ({"rows": int}, {"rows": "3"}, "rows: input should be a valid integer"),
        ({"rows": int}, None, "rows: missing"),
        ({"rows": int}, {"rows": 1, "x": 1}, "x: there is no such field"),
        ({"db": {"host": str}}, {"db": {"hst": "a"}}, "db.hst: there is no such field"),
        (
            {"db": {"p": Field(int, 1)}},
            {"db": {"x": 1}},
            "db.x: there is no such field",
        ),
    ],
    ids=["strict", "missing", "unknown", "nested", "only-unknown"],
)
def test_config_that_does_not_fit_a_schema_is_refused(schema, given, problem):
    with pytest.raises(InvalidConfigError, match=problem):
        _with(schema).resolve_config(given)


def test_a_default_may_be_of_any_type_that_the_field_takes():
    schema = {"a": Field({"b": int}, {"b": 1}), "c": Field([str], ["x"])}

    assert _with(schema).resolve_config({}) == {"a": {"b": 1}, "c": ["x"]}


@pytest.mark.parametrize(
    "schema",
    [
        5,
        int,
        [int],
        {"a": object()},
        {"a": [int, str]},
        {"a": {"b": 3}},
        {1: int},
        {"a": Field(int, "x")},
    ],
    ids=["number", "type", "list", "object", "pair", "nested", "key", "default"],
)
def test_what_is_no_schema_is_refused_where_the_op_is_defined(schema):
    with pytest.raises(InvalidConfigDefinitionError, match=r"config|default"):
        _with(schema)


def test_a_required_field_has_no_default():
    with pytest.raises(InvalidConfigDefinitionError, match="cannot be required"):
        Field(int, default_value=1, is_required=True)


def test_config_for_an_op_that_takes_none_is_refused():
    with pytest.raises(InvalidConfigError, match="takes no config"):
        op(name="load")(lambda: None).resolve_config({"rows": 1})


def test_the_shape_of_a_config_fits_on_one_line():
    assert shape_of(Nested) == "{limits: {rows: int = 10, name: str}}"
