"""How opnb bends pydantic's schemas: environment variables, strictness, names of enums.

A schema of pydantic's core is a tree of dicts, each with a `type`. `declared` makes the
one that `Config` classes are built by hand with; `run_config_schema` the stricter one
that the config of a run is held to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, core_schema

from opnb.definitions.env_var import ENV_VARS, holds_env_var, read_env

Node: TypeAlias = dict[str, Any]

SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
# Under these keys lies what is the user's, or no schema.
_OPAQUE = frozenset(
    "cls config default discriminator expected function members metadata "
    "serialization".split()
)


def declared(field: Node) -> Node:
    """Return a field's schema as a `Config` class shall have it.

    An `EnvVar` may stand for any text or number, and a field that may be None is None
    where it is not given, as in Dagster.
    """
    schema: Node = _mapped(field, _DECLARED, stop=("model",))
    if may_be_none(schema):
        return dict(core_schema.with_default_schema(_schema(schema), default=None))
    return schema


def run_config_schema(node: Node) -> Node:
    """Return the schema that the config of a run must fit.

    Text is no number, a field that is not declared is refused, and an environment
    variable is read now.
    """
    schema: Node = _mapped(node, _OF_RUNS)
    return schema


def may_be_none(node: Node) -> bool:
    """Tell whether a schema takes None, beneath the user's own validators."""
    while str(node["type"]).startswith("function-") and "schema" in node:
        node = node["schema"]
    return bool(node["type"] == "nullable")


def by_names(config: BaseModel) -> dict[str, Any]:
    """Return what was given to a `Config`, under the names that run config uses."""
    fields = type(config).model_fields
    given = {
        fields[name].alias or name: value
        for name, value in vars(config).items()
        if name in fields and name in config.model_fields_set
    }
    return given | (config.model_extra or {})


def as_mapping(value: Any) -> Any:
    """Return a `Config` as a dict, anything else as it is."""
    return by_names(value) if isinstance(value, BaseModel) else value


def unfold(value: Any) -> Any:
    """Return config with each `Config` that holds an `EnvVar` made a dict.

    Others stay as they are: what a class made of its values is not made twice.
    """
    if not holds_env_var(value) or isinstance(value, ENV_VARS):
        return value
    value = as_mapping(value)
    if isinstance(value, Mapping):
        return {key: unfold(item) for key, item in value.items()}
    return type(value)(unfold(item) for item in value)


def read_env_var(value: Any, kind: type) -> Any:
    """Return what an `EnvVar` stands for; other values as they are."""
    return _read(value.env_var_name, kind) if isinstance(value, ENV_VARS) else value


def read_given(value: Any, kind: type) -> Any:
    """Return what an `EnvVar` or `{"env": NAME}` stands for; others as they are."""
    if isinstance(value, Mapping) and list(value) == ["env"]:
        return _read(str(value["env"]), kind)
    return read_env_var(value, kind)


def _read(name: str, kind: type) -> Any:
    try:
        return read_env(name, kind)
    except (LookupError, ValueError) as error:
        raise PydanticCustomError("env_var", "{why}", {"why": error.args[0]}) from error


def before(function: Callable[[Any], Any], node: Node) -> Node:
    """Return a schema that puts a function before another one."""
    # What refers to the inner schema must get the function too.
    ref = node.pop("ref", None)
    made = core_schema.no_info_before_validator_function(function, _schema(node))
    return {**made, "ref": ref} if ref else dict(made)


def _schema(node: Node) -> core_schema.CoreSchema:
    return cast("core_schema.CoreSchema", node)


_Rule: TypeAlias = Callable[[Node], Node]


def _mapped(node: Any, rules: Mapping[str, _Rule], stop: tuple[str, ...] = ()) -> Any:
    if isinstance(node, list | tuple):
        return type(node)(_mapped(item, rules, stop) for item in node)
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    # A field may be called `type`: then it is a dict here.
    kind = kind if isinstance(kind, str) else ""
    if kind in stop or (_is_ours(node) and rules is _DECLARED):
        return node
    mapped = {
        key: item if key in _OPAQUE else _mapped(item, rules, stop)
        for key, item in node.items()
    }
    return rules[kind](mapped) if kind in rules else mapped


def _pass_env(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, ENV_VARS) else handler(value)


def _function(node: Node) -> Any:
    function = node.get("function")
    return function.get("function") if isinstance(function, dict) else None


def _is_ours(node: Node) -> bool:
    """Tell whether a schema has been through `declared` already."""
    function = _function(node)
    return function is _pass_env or isinstance(function, _MemberByName)


def _take_env(node: Node) -> Node:
    return dict(
        core_schema.no_info_wrap_validator_function(_pass_env, _schema(node)),
    )


def _strict_scalar(node: Node) -> Node:
    if node.get("strict"):
        return node  # it says itself what it takes
    kind = SCALARS[node["type"]]
    return before(lambda value: read_given(value, kind), {**node, "strict": True})


def _unwrapped(node: Node) -> Node:
    inner: Node = node["schema"]
    return inner if _function(node) is _pass_env else node


def _closed(node: Node) -> Node:
    config, kind = node.get("config", {}), node["cls"]
    if config.get("extra_fields_behavior") != "allow":
        node = {**node, "config": {**config, "extra_fields_behavior": "forbid"}}
    # Of another class: what counts is what it holds.
    return before(
        lambda value: value if isinstance(value, kind) else as_mapping(value), node
    )


@dataclass(frozen=True, slots=True)
class _MemberByName:
    """Takes the name of an enum's member for the member."""

    kind: Any

    def __call__(self, value: Any) -> Any:
        named = isinstance(value, str) and value in self.kind.__members__
        return self.kind[value] if named else value


def _by_member_name(node: Node) -> Node:
    return before(_MemberByName(node["cls"]), node)


def _by_tag(node: Node) -> Node:
    """Let `{"cat": {...}}` choose among classes as `{"kind": "cat", ...}` does."""
    name, choices = node["discriminator"], node["choices"]
    if not isinstance(name, str):
        return node

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping) or name in value or len(value) != 1:
            return value
        tag, fields = next(iter(value.items()))
        if tag in choices and isinstance(fields, Mapping):
            return {name: tag, **fields}
        return value

    return before(read, node)


def _with_default(node: Node) -> Node:
    default = node.get("default")
    if isinstance(default, BaseModel):
        # What is given for some fields of a default leaves its other fields.
        def complete(value: Any) -> Any:
            return (
                {**by_names(default), **value} if isinstance(value, Mapping) else value
            )

        node = {**node, "schema": before(complete, node["schema"])}
    if holds_env_var(default):
        return {**node, "default": unfold(default), "validate_default": True}
    return node


def _field_with_defaults(node: Node) -> Node:
    """Let a field that is a class be left out, if each field of the class may be."""
    inner = node["schema"]
    model = inner.get("schema", {})  # beneath the function of `_closed`
    if model.get("type") != "model":
        return node
    fields = model["schema"].get("fields", {}).values()
    if any(field["schema"]["type"] != "default" for field in fields):
        return node
    default = core_schema.with_default_schema(
        _schema(inner), default={}, validate_default=True
    )
    return {**node, "schema": default}


_DECLARED: Mapping[str, _Rule] = {
    **dict.fromkeys(SCALARS, _take_env),
    "enum": _by_member_name,
}
_OF_RUNS: Mapping[str, _Rule] = {
    **dict.fromkeys(SCALARS, _strict_scalar),
    "function-wrap": _unwrapped,
    "list": lambda node: {"strict": True, **node},
    "model": _closed,
    "model-field": _field_with_defaults,
    "enum": _by_member_name,
    "tagged-union": _by_tag,
    "default": _with_default,
}
