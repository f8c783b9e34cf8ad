import enum
import typing

import pytest

from opnb.definitions.config import Config
from opnb.definitions.config_scalars import (
    BoolSource,
    Enum,
    EnumValue,
    IntSource,
    StringSource,
)
from opnb.definitions.config_schema import fit_config, schema_of, verify_config_schema
from opnb.definitions.config_types import (
    Array,
    Field,
    Map,
    Noneable,
    Permissive,
    ScalarUnion,
    Selector,
    Shape,
)
from opnb.definitions.env_var import EnvVar
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.op import op
from opnb.model.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    ParameterCheckError,
)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Limits(Config):
    rows: int = 10


E = Enum("E", [EnumValue("A", 1), EnumValue("B")])
CHOICE = Selector({"a": {"x": Field(int, 3)}, "b": str})


def fit(schema, given=NOT_GIVEN):
    return schema_of(schema).fit(given)


@pytest.mark.parametrize(
    ("schema", "given", "config"),
    [
        (int, 5, 5),
        (float, 5, 5.0),
        (str, "a", "a"),
        (bool, True, True),
        ([int], [1, 2], [1, 2]),
        (list, [1, "a"], [1, "a"]),
        (dict, {"a": 1}, {"a": 1}),
        (typing.Any, None, None),
        ({"rows": int}, {"rows": 3}, {"rows": 3}),
        ({"a": Field(str, default_value="x")}, {}, {"a": "x"}),
        ({"a": Field(str, is_required=False)}, {}, {}),
        ({"a": [int]}, {"a": [1, 2]}, {"a": [1, 2]}),
        ({"a": {"b": float}}, {"a": {"b": 1.5}}, {"a": {"b": 1.5}}),
        ({"a": {"b": Field(int, 3)}}, {}, {"a": {"b": 3}}),
        ({"a": {"b": Field(int, is_required=False)}}, {}, {"a": {}}),
        ({"a": dict, "b": list}, {"b": []}, {"a": {}, "b": []}),
        ({"a": typing.Any}, {"a": None}, {"a": None}),
        ({"a": int | None}, {}, {"a": None}),
        ({"a": typing.Literal["x", "y"]}, {"a": "y"}, {"a": "y"}),
        ({"a": Limits}, {}, {"a": Limits()}),
        ({"a": Limits}, {"a": {"rows": 3}}, {"a": Limits(rows=3)}),
        ({"rows": int}, Limits(rows=4), {"rows": 4}),
        (Color, "RED", Color.RED),
        (Shape({"a": int}), {"a": 1}, {"a": 1}),
        (Permissive({"a": int}), {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        (Permissive(), {"b": 2}, {"b": 2}),
        (CHOICE, {"b": "x"}, {"b": "x"}),
        (CHOICE, {"a": {}}, {"a": {"x": 3}}),
        (CHOICE, {"a": None}, {"a": {"x": 3}}),
        (Selector({"a": Field(int, 3)}), {}, {"a": 3}),
        (Array({"a": int}), [{"a": 1}], [{"a": 1}]),
        ([Field(int)], [1], [1]),
        ({"a": Field(typing.Any, [1])}, {}, {"a": [1]}),
        (Map(str, int), {"a": 1}, {"a": 1}),
        (Map(int, {"x": str}), {1: {"x": "a"}}, {1: {"x": "a"}}),
        ({str: int}, {"a": 1}, {"a": 1}),
        (Noneable(int), None, None),
        (Noneable(int), 3, 3),
        (ScalarUnion(str, {"a": int}), "x", "x"),
        (ScalarUnion(str, {"a": int}), {"a": 1}, {"a": 1}),
        (ScalarUnion(str, [int]), [1], [1]),
        (E, "A", 1),
        (E, "B", "B"),
        (Enum.from_python_enum(Color), "BLUE", Color.BLUE),
        (Field(Enum.from_python_enum(Color), "RED"), "BLUE", Color.BLUE),
        (StringSource, "x", "x"),
        (IntSource, 5, 5),
        (BoolSource, False, False),
        ({"schema": int, "json": int, "model_config": int, "a-b": int, "_c": int},
         {"schema": 1, "json": 2, "model_config": 3, "a-b": 4, "_c": 5},
         {"schema": 1, "json": 2, "model_config": 3, "a-b": 4, "_c": 5}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else
    str(value) if isinstance(value, str | int | float | dict | list) and "<" not in
    str(value) else type(value).__name__,
)  # fmt: skip
def test_config_that_fits(schema, given, config):
    assert fit(schema, given) == config


@pytest.mark.parametrize(
    ("schema", "config"),
    [
        (dict, {}),
        ({}, {}),
        (Field(int, 3), 3),
        (Noneable(int), None),
        ({"a": Noneable(int)}, {"a": None}),
        (Selector({"a": Field(int, 3)}), {"a": 3}),
        (Selector({"a": {"x": Field(int, 3)}}), {"a": {"x": 3}}),
        (Field(int, is_required=False), None),
        (Field(Enum.from_python_enum(Color), "RED"), Color.RED),
    ],
    ids=range(9),
)
def test_what_is_taken_where_nothing_is_given(schema, config):
    assert fit(schema) == config


@pytest.mark.parametrize(
    ("schema", "given", "problem"),
    [
        (int, "5", "does not fit: input should be a valid integer, not '5'"),
        (int, True, "valid integer, not True"),
        (int, 5.0, "valid integer"),
        (float, "1", "valid number"),
        (float, True, "valid number"),
        (str, 5, "valid string"),
        (bool, 1, "valid boolean"),
        ([int], (1, 2), "valid list"),
        ([int], [1, "a"], r"\[1\]: input should be a valid integer, not 'a'"),
        (dict, 5, "valid dictionary"),
        (int, None, "does not fit: missing"),
        ([int], None, "does not fit: missing"),
        ({"rows": int}, {"rows": "3"}, "rows: input should be a valid integer"),
        ({"rows": int}, None, "rows: missing"),
        ({"a": int}, {"a": 1, "x": 1}, "x: no such field. There is 'a'"),
        ({"a": Field(int, is_required=False)}, {"a": None}, "a: .*not None"),
        ({"db": {"host": str}}, {"db": {"hst": "a"}}, r"db\.hst: .*'host'"),
        ({"db": {"p": Field(int, 1)}}, {"db": {"x": 1}}, r"db\.x: no such"),
        ({}, {"a": 1}, "a: no such field"),
        (Permissive({"a": int}), {}, "a: missing"),
        (CHOICE, {}, "give exactly one of 'a', 'b'"),
        (CHOICE, None, "give exactly one of"),
        (CHOICE, {"a": {}, "b": "x"}, "give exactly one of"),
        (CHOICE, {"c": 1}, "c: no such field. There is 'a', 'b'"),
        (CHOICE, "a", "valid dictionary"),
        (Array({"a": int}), [{"a": 1}, {"a": "x"}, {}], r"\[1\]\.a.*\[2\]\.a: missing"),
        (Map(str, int), {1: 1}, r"valid string, not 1"),
        (Map(str, int), {"a": "x"}, "a: input should be a valid integer"),
        (E, "C", "should be 'A' or 'B', not 'C'"),
        (E, 1, "should be 'A' or 'B', not 1"),
        (ScalarUnion(str, {"a": int}), 5, "valid string, not 5"),
        (ScalarUnion(str, {"a": int}), {"a": "x"}, "fit: a: input should be a"),
        (str, {"env": "HOME"}, "valid string"),
        (StringSource, {"env": "NONE"}, "variable 'NONE' is not set"),
    ],
    ids=range(34),
)  # fmt: skip
def test_config_that_does_not_fit(schema, given, problem):
    with pytest.raises(InvalidConfigError, match=problem):
        fit_config(schema, given, "op 'load'")


@pytest.mark.parametrize(
    ("source", "text", "value"),
    [
        (StringSource, "", ""),
        (StringSource, "a", "a"),
        (IntSource, "7", 7),
        (BoolSource, "true", True),
        (BoolSource, "7", True),
        (BoolSource, "False", False),
        (BoolSource, "0", False),
        (BoolSource, "", False),
    ],
)
def test_a_source_may_be_an_environment_variable(monkeypatch, source, text, value):
    monkeypatch.setenv("THE_VALUE", text)

    assert fit(source, {"env": "THE_VALUE"}) == value
    assert fit({"a": Field(source, {"env": "THE_VALUE"})}) == {"a": value}
    assert fit(source, EnvVar("THE_VALUE")) == value


def test_a_variable_of_the_wrong_type_is_refused(monkeypatch):
    monkeypatch.setenv("THE_VALUE", "a")

    with pytest.raises(InvalidConfigError, match=r"'THE_VALUE' does not hold a .* int"):
        fit_config(IntSource, {"env": "THE_VALUE"}, "x")


def test_an_enum_may_be_of_values():
    class Mode(enum.Enum):
        FAST = "fast"

    assert fit(Enum.from_python_enum_direct_values(Mode), "fast") == "fast"


def test_a_default_may_be_of_any_type_that_the_field_takes():
    schema = {"a": Field({"b": int}, {"b": 1}), "c": Field([str], ["x"])}

    assert fit(schema, {}) == {"a": {"b": 1}, "c": ["x"]}


def test_a_default_is_not_changed_by_who_gets_it():
    schema = {"c": Field([str], ["x"])}

    fit(schema)["c"].append("y")

    assert fit(schema) == {"c": ["x"]}


def test_a_field_knows_whether_it_must_be_given():
    assert Field(int).is_required
    assert not Field(int, 3).is_required
    assert not Field({"a": Field(int, 1)}).is_required
    assert not Field(Noneable(int)).is_required
    assert Field({"a": Field(int, 1)}, is_required=True).is_required


def test_a_field_tells_its_default_where_it_has_one():
    assert Field(int, 3).default_value == 3
    assert not Field(int).default_provided
    with pytest.raises(ParameterCheckError, match="no default"):
        _ = Field(int).default_value


@pytest.mark.parametrize(
    "schema",
    [
        5,
        "abc",
        set,
        complex,
        [int, str],
        {"a": object()},
        {"a": [int, str]},
        {"a": {"b": 3}},
        {1: int},
        dict[str, type("Unknown", (), {})],
        Permissive,
    ],
    ids=range(11),
)
def test_what_is_no_schema_is_refused_where_the_op_is_defined(schema):
    with pytest.raises(
        InvalidConfigDefinitionError, match=r"'load' cannot be: .*config"
    ):
        verify_config_schema(schema, "load")
    with pytest.raises(InvalidConfigDefinitionError):
        op(name="load", config_schema=schema)(lambda: None)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Field(5), InvalidDefinitionError, "5 is no type of config"),
        (lambda: Field(int, "x"), InvalidConfigError, "default 'x' does not fit"),
        (lambda: Field(int, None), InvalidConfigError, "default None does not fit"),
        (lambda: Field({"a": int}, {}), InvalidConfigError, "field at 'a': field req"),
        (lambda: Field(int, 1, True), ParameterCheckError, "cannot be required"),
        (lambda: Field(int, description=5), ParameterCheckError, "description"),
        (lambda: EnumValue(1), ParameterCheckError, "config_value"),
        (lambda: Enum("E", ["A"]), ParameterCheckError, "enum_values"),
        (lambda: Map(dict, int), ParameterCheckError, "key_type"),
        (lambda: ScalarUnion([int], int), ParameterCheckError, "scalar_type"),
        (lambda: ScalarUnion(str, int), ParameterCheckError, "non_scalar_schema"),
        (lambda: Shape(int), ParameterCheckError, "fields"),
        (lambda: Array(5), InvalidConfigDefinitionError, "5 is no type"),
    ],
    ids=range(13),
)
def test_what_cannot_be_a_type_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("schema", "text", "example"),
    [
        ({"a": int, "b": Field(str, "x")}, "{a: int, b: str = 'x'}", {"a": 0}),
        ({"a": Field(int, is_required=False)}, "{a?: int}", {}),
        ({"a": [float]}, "{a: [float]}", {"a": []}),
        (Noneable(int), "int or None", 0),
        (Permissive({"a": bool}), "{a: bool, ...}", {"a": True}),
        (Map(str, int), "{str: int, ...}", {}),
        (Selector({"a": int, "b": str}), "one of {a: int | b: str}", {"a": 0}),
        (E, "'A' or 'B'", "A"),
        (Color, "'RED' or 'BLUE'", "RED"),
        (ScalarUnion(str, {"a": int}), "str or {a: int}", "..."),
        (typing.Any, "anything", "..."),
        (Limits, "{rows: int = 10}", {}),
    ],
    ids=range(12),
)
def test_a_schema_says_what_it_takes(schema, text, example):
    assert schema_of(schema).text() == text
    assert schema_of(schema).example() == example
