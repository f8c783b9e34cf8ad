"""Types of inputs and outputs, and how a value is checked against one.

A type is made from an annotation. The rules are Dagster's: a bool passes for an int, an
int does not pass for a float, None passes for optional types only, the elements of
`list[int]` are each looked at. Beyond Dagster, which refuses them: unions, `Literal`,
`Annotated`, `Callable`, `type[X]` and abstract containers.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from opnb.model.checks import shorten, verify_type
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    TypeCheckError,
)
from opnb.model.events import Output
from opnb.model.metadata import MetadataValue
from opnb.model.normalize import normalize_metadata


class Nothing:
    """Marks an input or output that passes no value, only the order."""


@dataclass(frozen=True, slots=True)
class TypeCheck:
    """What the check of a value found.

    Args:
        success: Whether the value is of the type.
        description: Why, in words.
        metadata: What to keep with it, see `normalize_metadata`.
    """

    success: bool
    description: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        verify_type(self.success, bool, "success")
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata))


@dataclass(frozen=True, slots=True)
class OpType:
    """A named check of values.

    Args:
        type_check_fn: Takes the value, returns a bool or a `TypeCheck`.
        name: What the type is called on cards and in errors.
        description: What it is, in words.
    """

    type_check_fn: Callable[[Any], bool | TypeCheck]
    name: str
    description: str | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether no value passes, only the order."""
        return self is NOTHING

    def type_check(self, value: Any) -> TypeCheck:
        """Check a value.

        Raises:
            TypeCheckError: The check itself raised.
            InvariantViolationError: The check returned neither bool nor `TypeCheck`.
        """
        try:
            found = self.type_check_fn(value)
        except Exception as error:
            raise TypeCheckError(
                f"The check of the type {self.name} raised {type(error).__name__}: "
                f"{error}",
                hint="A check returns False or TypeCheck(success=False, ...).",
            ) from error
        if isinstance(found, TypeCheck):
            return found
        if not isinstance(found, bool):
            raise InvariantViolationError(
                f"The check of the type {self.name} must return a bool or a TypeCheck, "
                f"not {shorten(found)}"
            )
        return TypeCheck(found, None if found else self._why(value))

    def passes(self, value: Any) -> bool:
        """Tell whether a value is of the type; quicker than `type_check`."""
        return self.type_check_fn(value) is True or self.type_check(value).success

    def _why(self, value: Any) -> str:
        given = type(value).__name__
        return f"{shorten(value)} of type {given} is not {self.name}."


def _instance_of(python_type: type | tuple[type, ...], name: str) -> OpType:
    return OpType(lambda value: isinstance(value, python_type), name)


ANY = OpType(lambda _: True, "Any")
NOTHING = OpType(lambda value: value is None, "Nothing")

_BUILTIN: dict[Any, OpType] = {
    Any: ANY,
    None: NOTHING,
    type(None): NOTHING,
    Nothing: NOTHING,
    int: _instance_of(int, "Int"),
    float: _instance_of(float, "Float"),
    str: _instance_of(str, "String"),
    bool: _instance_of(bool, "Bool"),
    list: _instance_of(list, "[Any]"),
    dict: _instance_of(dict, "dict"),
    tuple: _instance_of(tuple, "tuple"),
    set: _instance_of(set, "Set[Any]"),
    typing.Callable: OpType(callable, "Callable"),
}

_LISTS = (list, Sequence)
_MAPPINGS = (dict, Mapping)
_SETS = (set, frozenset, AbstractSet)


def infer_type(annotation: Any) -> OpType:
    """Return the type that an annotation means.

    Raises:
        InvalidDefinitionError: No check can be made of it.
    """
    annotation = _stripped(annotation)
    if isinstance(annotation, OpType):
        return annotation
    try:
        builtin = _BUILTIN.get(annotation)
    except TypeError:  # unhashable: no type at all
        builtin = None
    if builtin is not None:
        return builtin
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _generic(annotation, origin, typing.get_args(annotation))
    if isinstance(annotation, type):
        return _of_class(annotation)
    if isinstance(annotation, typing.NewType):
        return infer_type(annotation.__supertype__)
    if isinstance(annotation, typing.TypeVar):
        return ANY
    raise _refusal(annotation)


def _of_class(annotation: type) -> OpType:
    if typing.is_typeddict(annotation):
        return OpType(lambda value: isinstance(value, dict), annotation.__name__)
    try:
        isinstance(None, annotation)
    except TypeError as error:  # a Protocol that is for type checkers only
        raise _refusal(annotation) from error
    return _instance_of(annotation, annotation.__name__)


def _refusal(annotation: Any) -> InvalidDefinitionError:
    return InvalidDefinitionError(
        f"Problem using type {shorten(annotation)}: no check can be made of it.",
        hint="Use a class, a type from typing, or an OpType of your own.",
    )


def _stripped(annotation: Any) -> Any:
    """Peel off `Output[...]` and `Annotated[...]`: they say nothing of the value."""
    origin = typing.get_origin(annotation)
    while origin in (Output, typing.Annotated):
        annotation = typing.get_args(annotation)[0]
        origin = typing.get_origin(annotation)
    return Any if annotation is Output else annotation


def _generic(annotation: Any, origin: Any, args: tuple[Any, ...]) -> OpType:
    if origin in (typing.Union, types.UnionType):
        return _union(args)
    if origin is typing.Literal:
        return _literal(args)
    if not hasattr(annotation, "__args__"):  # `typing.List` without what is in it
        return infer_type(origin)
    if origin is tuple:
        return _tuple(args)
    if origin in _MAPPINGS:
        return _mapping(origin, infer_type(args[0]), infer_type(args[1]))
    return _container(origin, args)


def _container(origin: Any, args: tuple[Any, ...]) -> OpType:
    if origin in (*_LISTS, *_SETS):
        item = infer_type(args[0])
        name = f"[{item.name}]" if origin in _LISTS else f"Set[{item.name}]"
        return _each(origin, item, name, lambda value: value)
    if not isinstance(origin, type):
        raise _refusal(origin)
    return _instance_of(origin, origin.__name__)


def _literal(args: tuple[Any, ...]) -> OpType:
    # Not `value in args`: arrays compare element by element, and 1 equals True.
    allowed = {(type(arg), arg) for arg in args}
    kinds = tuple(type(arg) for arg in args)
    return OpType(
        lambda value: type(value) in kinds and (type(value), value) in allowed,
        f"Literal[{', '.join(repr(arg) for arg in args)}]",
    )


def _union(args: tuple[Any, ...]) -> OpType:
    members = [infer_type(arg) for arg in args if arg is not type(None)]
    optional = len(members) < len(args)

    def check(value: Any) -> bool:
        if value is None and optional:
            return True
        return any(member.passes(value) for member in members)

    name = " | ".join(member.name for member in members)
    if optional:
        name = f"{name}?" if len(members) == 1 else f"{name} | None"
    return OpType(check, name)


def _each(
    container: type,
    item: OpType,
    name: str,
    items: Callable[[Any], Any],
) -> OpType:
    def check(value: Any) -> bool:
        if not isinstance(value, container):
            return False
        if item is ANY:
            return True
        return all(item.passes(element) for element in items(value))

    return OpType(check, name)


def _mapping(container: type, key: OpType, item: OpType) -> OpType:
    keys = _each(container, key, "keys", lambda value: value)
    items = _each(container, item, "values", lambda value: value.values())

    def check(value: Any) -> bool:
        return keys.passes(value) and items.passes(value)

    return OpType(check, f"Dict[{key.name},{item.name}]")


def _tuple(args: tuple[Any, ...]) -> OpType:
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[int, ...]
        item = infer_type(args[0])
        return _each(tuple, item, f"Tuple[{item.name}, ...]", lambda value: value)
    members = [infer_type(arg) for arg in args]

    def check(value: Any) -> bool:
        return (
            isinstance(value, tuple)
            and len(value) == len(members)
            and all(
                member.passes(part) for member, part in zip(members, value, strict=True)
            )
        )

    return OpType(check, f"Tuple[{','.join(member.name for member in members)}]")
