"""What config must look like, in a line, and the least that fits: from its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from opnb.definitions.config_nodes import Node
from opnb.definitions.in_out import NOT_GIVEN
from opnb.model.checks import shorten

_DEEPEST: Final = 4
_WORDS = {"any": "anything", "none": "None"}
_EXAMPLES = {"str": "...", "int": 0, "float": 0.0, "bool": True, "list": [], "dict": {}}


class ConfigShape:
    """Reads a schema of pydantic's core: the form that all types of config take.

    Args:
        core: The schema.
    """

    def __init__(self, core: Node) -> None:
        self._core = core
        self._definitions = {
            node["ref"]: node for node in core.get("definitions", ()) if "ref" in node
        }

    @property
    def has_fields(self) -> bool:
        """Whether it is a dict of named fields."""
        return "fields" in self._solid(self._core)

    def text(self) -> str:
        """Return the shape in a line, such as `{rows: int = 10}`."""
        return self._text(self._core, 0)

    def example(self) -> Any:
        """Return the least that fits: what must be given, and no more."""
        return self._example(self._core, 0)

    def fields_at(self, path: tuple[str | int, ...]) -> list[str]:
        """Return the names of the fields that may be given at a path."""
        node = self._solid(self._core)
        for key in path:
            node = self._solid(self._child(node, key))
        return [name for name, _, _ in _fields(node)]

    def _solid(self, node: Node, stop: str = "") -> Node:
        """Return the schema beneath validators, defaults and references."""
        while True:
            if node["type"] == stop:
                return node
            if node["type"] == "definition-ref":
                node = self._definitions[node["schema_ref"]]
            elif "schema" in node and "fields" not in node:
                node = node["schema"]
            else:
                return node

    def _child(self, node: Node, key: str | int) -> Node:
        if "fields" in node:
            found = [schema for name, schema, _ in _fields(node) if name == key]
            return found[0] if found else {"type": "any"}
        if node["type"] == "tagged-union" and key in node["choices"]:
            choice: Node = node["choices"][key]
            return choice
        inner: Node = node.get("items_schema") or node.get("values_schema") or {}
        return inner or {"type": "any"}

    def _text(self, node: Node, depth: int) -> str:
        node = self._solid(node, stop="nullable")
        if node["type"] == "nullable":
            return f"{self._text(node['schema'], depth)} or None"
        writer: Callable[[Node, int], str] | None = {
            "model-fields": self._fields_text,
            "typed-dict": self._fields_text,
            "list": self._list_text,
            "dict": self._dict_text,
            "tagged-union": self._union_text,
            "union": self._union_text,
        }.get(node["type"])
        if writer is not None:
            return writer(node, depth)
        kind: str = node["type"]
        return _choices_text(node) or _WORDS.get(kind, kind)

    def _fields_text(self, node: Node, depth: int) -> str:
        if depth > _DEEPEST:
            return "{...}"
        parts = [
            f"{name}{'' if required or _default_text(schema) else '?'}: "
            + self._text(schema, depth + 1)
            + _default_text(schema)
            for name, schema, required in _fields(node)
        ]
        if node.get("metadata", {}).get("one_of"):
            return f"one of {{{' | '.join(parts).replace('?:', ':')}}}"
        if node.get("extra_behavior") == "allow":
            parts.append("...")
        return f"{{{', '.join(parts)}}}"

    def _list_text(self, node: Node, depth: int) -> str:
        return f"[{self._text(node.get('items_schema', {'type': 'any'}), depth + 1)}]"

    def _dict_text(self, node: Node, depth: int) -> str:
        keys = self._text(node.get("keys_schema", {"type": "any"}), depth + 1)
        values = self._text(node.get("values_schema", {"type": "any"}), depth + 1)
        return f"{{{keys}: {values}, ...}}"

    def _union_text(self, node: Node, depth: int) -> str:
        return " or ".join(self._text(choice, depth + 1) for choice in _choices(node))

    def _example(self, node: Node, depth: int) -> Any:
        node = self._solid(node)
        if "fields" in node:
            return self._fields_example(node, depth)
        if "choices" in node:
            return self._example(next(_choices(node)), depth)
        if node["type"] in ("literal", "enum"):
            return _names(node)[0]
        return _EXAMPLES.get(node["type"], "...")

    def _fields_example(self, node: Node, depth: int) -> Any:
        if depth > _DEEPEST:
            return {}
        fields = list(_fields(node))
        if node.get("metadata", {}).get("one_of"):
            return {
                name: self._example(schema, depth) for name, schema, _ in fields[:1]
            }
        return {
            name: self._example(schema, depth + 1)
            for name, schema, required in fields
            if required
        }


def _fields(node: Node) -> Iterator[tuple[str, Node, bool]]:
    """Give the name of each field, its schema, and whether it must be given."""
    for name, field in node.get("fields", {}).items():
        alias = field.get("validation_alias")
        schema = field["schema"]
        required = field.get("required", True) and not _has_default(schema)
        yield alias if isinstance(alias, str) else name, schema, required


def _has_default(node: Node) -> bool:
    while node["type"].startswith("function-") and "schema" in node:
        node = node["schema"]
    return bool(node["type"] == "default")


def _default_text(node: Node) -> str:
    while node["type"].startswith("function-") and "schema" in node:
        node = node["schema"]
    default = node.get("default", NOT_GIVEN)
    return "" if default is NOT_GIVEN or default == {} else f" = {shorten(default)}"


def _choices(node: Node) -> Iterator[Node]:
    choices = node["choices"]
    for choice in choices.values() if isinstance(choices, Mapping) else choices:
        yield choice[0] if isinstance(choice, tuple) else choice


def _names(node: Node) -> list[Any]:
    if node["type"] == "literal":
        return list(node["expected"])
    return [member.name for member in node["members"]]


def _choices_text(node: Node) -> str:
    if node["type"] not in ("literal", "enum"):
        return ""
    return " or ".join(map(repr, _names(node)))
