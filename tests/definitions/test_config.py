import datetime as dt
import enum
import typing

import pydantic
import pytest

from opnb.definitions.config import Config, PermissiveConfig
from opnb.definitions.config_schema import fit_config, schema_of
from opnb.definitions.env_var import EnvVar
from opnb.definitions.op import op
from opnb.definitions.op_config import resolve_op_config
from opnb.model.errors import (
    InvalidConfigError,
    InvalidInvocationError,
    InvalidPythonicConfigDefinitionError,
)


class Limits(Config):
    rows: int = 10
    name: str


class Loose(PermissiveConfig):
    rows: int = 10


class Nested(Config):
    limits: Limits


class Color(enum.Enum):
    RED = 1
    BLUE = "blue"


class Cat(Config):
    kind: typing.Literal["cat"] = "cat"
    meows: int


class Dog(Config):
    kind: typing.Literal["dog"] = "dog"
    barks: float = 1.0


class Owner(Config):
    pet: Cat | Dog = pydantic.Field(discriminator="kind")


def one_field(kind, default=...):
    return pydantic.create_model("One", __base__=Config, f=(kind, default))


def fitted(kind, *given, default=...):
    return fit_config(one_field(kind, default), {"f": given[0]} if given else {}, "x").f


@op
def with_class(config: Limits):
    return config


def test_a_config_class_is_filled_with_its_defaults():
    config = resolve_op_config(with_class, {"name": "a"})

    assert config == Limits(rows=10, name="a")


def test_a_config_is_frozen():
    config = Limits(name="a")

    with pytest.raises(
        InvalidInvocationError, match=r"rows cannot be set to 3.*frozen"
    ):
        config.rows = 3


def test_a_filled_config_is_taken_as_it_is():
    config = Limits(name="a")

    assert resolve_op_config(with_class, config) is config


def test_a_config_of_another_class_is_taken_for_what_it_holds():
    assert resolve_op_config(with_class, Loose(rows=3, name="b")) == Limits(
        rows=3, name="b"
    )


def test_a_permissive_config_keeps_what_it_does_not_declare():
    assert fit_config(Loose, {"more": 1}, "x").more == 1


def test_a_config_made_by_hand_ignores_what_it_does_not_declare():
    assert Limits(name="a", more=1) == Limits(name="a")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "name: missing"),
        ({"name": "a", "rows": "x"}, "rows: input should be a valid integer, not 'x'"),
        ({"name": "a", "rows": "3"}, "rows: input should be a valid integer, not '3'"),
        (
            {"name": "a", "rows": 3.0},
            r"rows: input should be a valid integer, not 3\.0",
        ),
        (
            {"name": "a", "rows": True},
            "rows: input should be a valid integer, not True",
        ),
        ({"name": "a", "rws": 1}, "rws: no such field. Did you mean 'rows'?"),
        ({"rws": 1}, "name: missing; rws: no such field"),
        ([1], "input should be a valid dictionary"),
    ],
    ids=["missing", "text", "digits", "float", "bool", "unknown", "both", "list"],
)
def test_config_that_does_not_fit_a_class_is_refused(given, problem):
    with pytest.raises(InvalidConfigError, match=problem):
        resolve_op_config(with_class, given)


def test_a_refusal_shows_what_the_op_takes():
    with pytest.raises(
        InvalidConfigError, match=r"op 'with_class'.*\n.*\{rows: int = 10, name: str\}"
    ):
        resolve_op_config(with_class, {})


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (float, 5, 5.0),
        (list[int], [1], [1]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (list[Limits], [{"name": "a"}], [Limits(name="a")]),
        (dict[str, Limits], {"k": {"name": "a"}}, {"k": Limits(name="a")}),
        (int | None, None, None),
        (Limits | None, {"name": "a"}, Limits(name="a")),
        (typing.Literal["a", "b"], "b", "b"),
        (int | str, "a", "a"),
        (Color, "RED", Color.RED),
        (Color, "BLUE", Color.BLUE),
        (Color, Color.RED, Color.RED),
        (dt.date, "2020-01-02", dt.date(2020, 1, 2)),
        (typing.Any, [1, "a"], [1, "a"]),
    ],
)
def test_the_types_of_fields(kind, given, value):
    assert fitted(kind, given) == value


def test_an_optional_field_is_none_where_nothing_is_given():
    assert fitted(int | None) is None
    assert one_field(int | None)().f is None


def test_an_optional_field_with_a_default_may_be_given_as_none():
    assert fitted(int | None, None, default=3) is None


def test_a_default_instance_keeps_the_fields_that_are_not_given():
    default = Limits(rows=1, name="d")

    assert fitted(Limits, default=default) == default
    assert fitted(Limits, {"rows": 5}, default=default) == Limits(rows=5, name="d")


def test_a_class_whose_fields_all_have_defaults_may_be_left_out():
    assert fitted(Dog) == Dog()


def test_a_field_is_given_by_its_alias():
    kind = pydantic.create_model(
        "Aliased", __base__=Config, rows=(int, pydantic.Field(alias="n"))
    )

    assert fit_config(kind, {"n": 3}, "x").rows == 3
    with pytest.raises(InvalidConfigError, match="n: missing; rows: no such"):
        fit_config(kind, {"rows": 3}, "x")


@pytest.mark.parametrize("given", [{"cat": {"meows": 2}}, {"kind": "cat", "meows": 2}])
def test_a_choice_of_classes_is_made_by_a_key_or_by_the_field_that_tells_them(given):
    assert fit_config(Owner, {"pet": given}, "x") == Owner(pet=Cat(meows=2))


def test_a_choice_without_fields_of_its_own_has_defaults():
    assert fit_config(Owner, {"pet": {"dog": {}}}, "x").pet == Dog()


def test_a_field_that_a_choice_has_not_is_refused():
    with pytest.raises(InvalidConfigError, match=r"pet\.cat\.mews: .*'meows'"):
        fit_config(Owner, {"pet": {"cat": {"mews": 2}}}, "x")


def test_a_choice_that_there_is_not_is_refused():
    with pytest.raises(InvalidConfigError, match="pet: "):
        fit_config(Owner, {"pet": {"cow": {}}}, "x")


def test_the_validators_of_a_class_are_asked():
    class Positive(Config):
        n: int

        @pydantic.field_validator("n")
        @classmethod
        def check(cls, value):
            if value < 0:
                raise ValueError("must be positive")
            return value

    with pytest.raises(InvalidConfigError, match="n: must be positive, not -1"):
        fit_config(Positive, {"n": -1}, "x")


def test_a_plain_model_of_pydantic_is_a_field_and_as_strict():
    class Point(pydantic.BaseModel):
        x: int

    assert fitted(Point, {"x": 1}) == Point(x=1)
    with pytest.raises(InvalidConfigError, match=r"f\.z: no such field"):
        fitted(Point, {"x": 1, "z": 2})


def test_a_class_that_holds_itself_is_fitted():
    class Tree(Config):
        leaf: int = 0
        branches: list["Tree"] = pydantic.Field(default_factory=list)

    Tree.model_rebuild()

    tree = fit_config(Tree, {"branches": [{"leaf": 2}]}, "x")
    assert tree.branches[0].leaf == 2
    with pytest.raises(InvalidConfigError, match=r"branches\[0\]\.lef: .*'leaf'"):
        fit_config(Tree, {"branches": [{"lef": 2}]}, "x")
    assert len(schema_of(Tree).text()) < 200


def test_a_field_that_no_config_can_be_read_into_is_refused():
    class Connection:
        pass

    with pytest.raises(
        InvalidPythonicConfigDefinitionError, match="Connection"
    ) as info:
        one_field(Connection)

    assert "resources" in info.value.hint


def test_an_environment_variable_is_read_at_the_run(monkeypatch):
    made = Limits(name=EnvVar("THE_NAME"), rows=EnvVar.int("THE_ROWS"))
    monkeypatch.setenv("THE_NAME", "n")
    monkeypatch.setenv("THE_ROWS", "7")

    assert isinstance(made.name, EnvVar)
    assert fit_config(Limits, made, "x") == Limits(name="n", rows=7)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [(str, "a", "a"), (int, "7", 7), (float, "1.5", 1.5), (bool, "true", True)],
)
def test_config_may_name_an_environment_variable(monkeypatch, kind, text, value):
    monkeypatch.setenv("THE_VALUE", text)

    assert fitted(kind, {"env": "THE_VALUE"}) == value
    assert fitted(list[kind], [{"env": "THE_VALUE"}]) == [value]


def test_an_environment_variable_may_be_a_default(monkeypatch):
    monkeypatch.setenv("THE_VALUE", "a")

    assert fitted(str, default=EnvVar("THE_VALUE")) == "a"


def test_an_environment_variable_that_is_not_set_is_refused():
    with pytest.raises(
        InvalidConfigError, match="f: the environment variable 'NONE' is"
    ):
        fitted(str, {"env": "NONE"})


def test_config_for_an_op_without_a_schema_is_whatever_is_given():
    assert resolve_op_config(op(name="load")(lambda: None), {"rows": 1}) == {"rows": 1}


def test_the_shape_of_a_config_fits_on_one_line():
    assert schema_of(Nested).text() == "{limits: {rows: int = 10, name: str}}"
    assert schema_of(Owner).text() == (
        "{pet: {kind: 'cat' = 'cat', meows: int} or "
        "{kind: 'dog' = 'dog', barks: float = 1.0}}"
    )


def test_the_least_that_fits_has_what_is_required():
    assert schema_of(Nested).example() == {"limits": {"name": "..."}}
    assert fit_config(Nested, schema_of(Nested).example(), "x").limits.rows == 10
