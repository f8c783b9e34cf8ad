"""Types of inputs and outputs: a named check of values, and what a check finds."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from opnb.definitions.type_context import TypeCheckContext
from opnb.definitions.type_loader import OpTypeLoader
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvariantViolationError,
    ParameterCheckError,
    TypeCheckError,
)
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
        verify_type(self.description, str, "description", optional=True)
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata))


# Most checks pass and say nothing more: they share one answer.
PASSED: Final = TypeCheck(success=True)


class OpTypeKind(Enum):
    """The kinds of types that opnb itself has to tell apart."""

    ANY = "ANY"
    SCALAR = "SCALAR"
    LIST = "LIST"
    NOTHING = "NOTHING"
    NULLABLE = "NULLABLE"
    REGULAR = "REGULAR"


# An enum's attributes are slow to look up.
_ANY: Final = OpTypeKind.ANY
_NOTHING: Final = OpTypeKind.NOTHING

Found: TypeAlias = bool | TypeCheck


class Check(ABC):
    """A check of opnb's own; it takes the op's context as it is, or None."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, context: Any, value: Any) -> Found:
        """Check a value."""

    @property
    def classes(self) -> tuple[type, ...] | None:
        """The classes whose instances pass, where that is all there is to it."""
        return None

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The types of what is in the value."""
        return ()

    @property
    def fan_in_type(self) -> OpType | None:
        """The type of each of several outputs that one input of this type takes."""
        return None


_NO_VALUE: Final = object()
_set = object.__setattr__


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class OpType:
    """A named check of values.

    Args:
        type_check_fn: Takes a `TypeCheckContext` and the value, or the value alone;
            returns a bool or a `TypeCheck`.
        key: What tells the type from others; the name if not given.
        name: What it is called on cards and in errors; the key if not given.
        is_builtin: Whether it comes with opnb.
        description: What it is, in words.
        loader: Makes values from run config, see `dagster_type_loader`.
        required_resource_keys: The resources that the check uses.
        kind: For opnb's own types.
        typing_type: The annotation that it stands for.
        metadata: What to keep with the definition.

    >>> even = OpType(lambda value: value % 2 == 0, name="Even")
    >>> even.type_check(None, 3).success
    False
    """

    type_check_fn: Callable[..., Found]
    key: str
    name: str
    has_unique_name: bool
    is_builtin: bool
    description: str | None
    loader: OpTypeLoader | None
    required_resource_keys: frozenset[str]
    kind: OpTypeKind
    typing_type: Any
    metadata: Mapping[str, MetadataValue]
    _check: Callable[[Any, Any], Found]

    def __init__(  # noqa: PLR0913, PLR0917 - Dagster's parameters
        self,
        type_check_fn: Callable[..., Found],
        key: str | None = None,
        name: str | None = None,
        is_builtin: bool = False,  # noqa: FBT001, FBT002 - Dagster's position
        description: str | None = None,
        loader: OpTypeLoader | None = None,
        required_resource_keys: AbstractSet[str] | None = None,
        kind: OpTypeKind = OpTypeKind.REGULAR,
        typing_type: Any = Any,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        _set(self, "key", _first_text(key, "key", name, "name"))
        _set(self, "name", _first_text(name, "name", key, "key"))
        _set(self, "has_unique_name", name is not None)
        _set(self, "is_builtin", verify_type(is_builtin, bool, "is_builtin"))
        verify_type(description, str, "description", optional=True)
        _set(self, "description", description)
        _set(self, "loader", verify_type(loader, OpTypeLoader, "loader", optional=True))
        _set(self, "required_resource_keys", _keys(required_resource_keys))
        _set(self, "kind", verify_type(kind, OpTypeKind, "kind"))
        _set(self, "typing_type", typing_type)
        _set(self, "metadata", normalize_metadata(metadata))
        _set(self, "type_check_fn", type_check_fn)
        _set(self, "_check", _check_by(type_check_fn, self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    # Dagster compares keys alone. `typing` keeps each `List[X]` by equality: a type
    # defined anew, in a cell that runs again, must not be taken for the old one.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpType):
            return NotImplemented
        return self.key == other.key and self.type_check_fn == other.type_check_fn

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def display_name(self) -> str:
        """What it is called on cards and in errors."""
        return self.name

    @property
    def unique_name(self) -> str:
        """The name, where it was given one of its own.

        Raises:
            CheckError: It has a key only, as what is made of an annotation may have.
        """
        if self.has_unique_name:
            return self.name
        raise CheckError(
            f"The type with the key {self.key!r} has no name of its own.",
            hint="Use display_name.",
        )

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The types of what is in it, where it is a container of opnb's own."""
        return self._check.inner_types if isinstance(self._check, Check) else ()

    @property
    def is_any(self) -> bool:
        """Whether every value passes."""
        return self.kind is _ANY

    @property
    def is_nothing(self) -> bool:
        """Whether no value passes, only the order."""
        return self.kind is _NOTHING

    @property
    def supports_fan_in(self) -> bool:
        """Whether an input of this type may take several outputs at once."""
        return self._fan_in_type() is not None

    def get_inner_type_for_fan_in(self) -> OpType:
        """Return the type of each of the outputs that an input of this type takes.

        Raises:
            CheckError: It takes one output only.
        """
        found = self._fan_in_type()
        if found is None:
            raise CheckError(
                f"An input of type {self.name} takes one output, not several.",
                hint=f"Declare it as list[{self.name}].",
            )
        return found

    def _fan_in_type(self) -> OpType | None:
        if self.kind in (OpTypeKind.ANY, OpTypeKind.NOTHING):
            return self
        return self._check.fan_in_type if isinstance(self._check, Check) else None

    def type_check(self, context: Any, value: Any = _NO_VALUE) -> TypeCheck:
        """Check a value.

        Args:
            context: The context of the op; None outside of any run. It may be left out.
            value: Any object.

        Raises:
            TypeCheckError: The check itself raised.
            InvariantViolationError: The check returned neither bool nor `TypeCheck`.
        """
        if value is _NO_VALUE:
            context, value = None, context
        if self.kind is _ANY:
            return PASSED
        try:
            return self.find(context, value)
        except (TypeCheckError, InvariantViolationError):
            raise
        except Exception as error:
            raise TypeCheckError(
                f"The check of the type {self.name} raised {type(error).__name__}: "
                f"{error}",
                hint="A check returns False or TypeCheck(success=False, ...).",
            ) from error

    def find(self, context: Any, value: Any) -> TypeCheck:
        """Check a value, and let out what the check raises."""
        found = self._check(context, value)
        if found is True:
            return PASSED
        if found is False:
            return TypeCheck(found, self._why(value))
        if isinstance(found, TypeCheck):
            return found
        raise InvariantViolationError(
            f"The check of the type {self.name} must return a bool or a TypeCheck, "
            f"not {shorten(found)}",
            hint="bool(...) makes a flag of numpy's.",
        )

    def _why(self, value: Any) -> str:
        given = type(value).__name__
        return f"{shorten(value)} of type {given} is not {self.name}."


def _first_text(given: str | None, what: str, other: str | None, instead: str) -> str:
    verify_type(given, str, what, optional=True)
    verify_type(other, str, instead, optional=True)
    found = other if given is None else given
    if found is None:
        raise CheckError(
            "A type needs a name or a key.", hint="OpType(check, name='Even')."
        )
    return found


def _keys(given: AbstractSet[str] | None) -> frozenset[str]:
    if given is None:
        return frozenset()
    verify_type(given, AbstractSet, "required_resource_keys", hint="{'database'}.")
    return frozenset(given)


@dataclass(frozen=True, slots=True)
class _WithContext:
    """Calls a check function that takes context and value."""

    fn: Callable[..., Found]
    required_resource_keys: frozenset[str]

    def __call__(self, context: Any, value: Any) -> Found:
        return self.fn(TypeCheckContext(context, self.required_resource_keys), value)


@dataclass(frozen=True, slots=True)
class _WithoutContext:
    """Calls a check function that takes the value alone."""

    fn: Callable[..., Found]

    def __call__(self, _: Any, value: Any) -> Found:
        return self.fn(value)


def _check_by(fn: Any, made: OpType) -> Callable[[Any, Any], Found]:
    if isinstance(fn, Check):
        return fn
    if not callable(fn):
        raise ParameterCheckError(
            f"'type_check_fn' must be a function, not {shorten(fn)}",
            hint="lambda context, value: isinstance(value, int).",
        )
    if _takes(fn, None, None):
        return _WithContext(fn, made.required_resource_keys)
    if _takes(fn, None):
        return _WithoutContext(fn)
    raise InvalidDefinitionError(
        f"The check of the type {made.name!r} must take the context and the value, or "
        f"the value alone; {shorten(fn)} does not.",
        hint="def check(context, value): ...",
    )


def _takes(fn: Callable[..., Any], *arguments: object) -> bool:
    try:
        inspect.signature(fn).bind(*arguments)
    except (TypeError, ValueError):  # a function of C may not tell its parameters
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Everything(Check):
    def __call__(self, context: Any, value: Any) -> Found:  # noqa: ARG002 - asks nothing
        return True


@dataclass(frozen=True, slots=True)
class _None(Check):
    def __call__(self, context: Any, value: Any) -> Found:  # noqa: ARG002 - a Check's
        return value is None


ANY: Final = OpType(
    _Everything(), "Any", "Any", is_builtin=True, kind=OpTypeKind.ANY, typing_type=Any
)
NOTHING: Final = OpType(
    _None(),
    "Nothing",
    "Nothing",
    is_builtin=True,
    kind=OpTypeKind.NOTHING,
    typing_type=type(None),
)
