"""Checks of classes and of what containers hold, made of the checks of their parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from opnb.definitions.type_check import (
    ANY,
    Check,
    Found,
    OpType,
    OpTypeKind,
    TypeCheck,
)
from opnb.model.checks import shorten


@dataclass(frozen=True, slots=True)
class InstanceOf(Check):
    """Passes the instances of a class, or of one of several."""

    python_type: type | tuple[type, ...]

    def __call__(self, context: Any, value: Any) -> Found:  # noqa: ARG002 - a Check's
        """Check a value."""
        return isinstance(value, self.python_type)

    @property
    def classes(self) -> tuple[type, ...]:
        """The class, or the classes."""
        kinds = self.python_type
        return kinds if isinstance(kinds, tuple) else (kinds,)


@dataclass(frozen=True, slots=True)
class Predicate(Check):
    """Passes what a function on values says; for `Literal`, `Callable` and the like."""

    fn: Callable[[Any], bool]

    def __call__(self, context: Any, value: Any) -> Found:  # noqa: ARG002 - a Check's
        """Check a value."""
        return self.fn(value)


@dataclass(frozen=True, slots=True)
class Each(Check):
    """Passes a container whose elements are all of one type."""

    container: type
    item: OpType

    def __call__(self, context: Any, value: Any) -> Found:
        """Check a value."""
        if not isinstance(value, self.container):
            return False
        elements: Collection[Any] = value  # type: ignore[assignment]
        failed = _first_failure(self.item, context, elements)
        if failed is None:
            return True
        if isinstance(value, AbstractSet):  # in no order that two runs would share
            return False
        place, check = failed
        return _within(f"Element {place}", check)

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The type of the elements."""
        return (self.item,)

    @property
    def fan_in_type(self) -> OpType | None:
        """The type of the elements of a list."""
        return self.item if issubclass(list, self.container) else None


@dataclass(frozen=True, slots=True)
class EachItem(Check):
    """Passes a mapping whose keys are all of one type and its values of another."""

    container: type
    key: OpType
    item: OpType

    def __call__(self, context: Any, value: Any) -> Found:
        """Check a value."""
        if not isinstance(value, self.container):
            return False
        given: Mapping[Any, Any] = value  # type: ignore[assignment]
        failed = _first_failure(self.key, context, given.keys())
        if failed is not None:
            return _within("A key", failed[1])
        failed = _first_failure(self.item, context, given.values())
        if failed is None:
            return True
        place, check = failed
        return _within(f"Value at {shorten(list(given)[place])}", check)

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The types of keys and values."""
        return (self.key, self.item)


@dataclass(frozen=True, slots=True)
class Parts(Check):
    """Passes a tuple whose parts are each of a type of its own."""

    members: tuple[OpType, ...]

    def __call__(self, context: Any, value: Any) -> Found:
        """Check a value."""
        if not isinstance(value, tuple) or len(value) != len(self.members):
            return False
        for place, (member, part) in enumerate(zip(self.members, value, strict=True)):
            check = member.find(context, part)
            if not check.success:
                return _within(f"Element {place}", check)
        return True

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The types of the parts."""
        return self.members


@dataclass(frozen=True, slots=True)
class OneOf(Check):
    """Passes what is of one of several types, and None where that is allowed."""

    members: tuple[OpType, ...]
    optional: bool

    def __call__(self, context: Any, value: Any) -> Found:
        """Check a value."""
        if value is None and self.optional:
            return True
        if len(self.members) == 1:
            return self.members[0].find(context, value)
        return any(member.find(context, value).success for member in self.members)

    @property
    def classes(self) -> tuple[type, ...] | None:
        """All of theirs, where each has classes."""
        found: list[type] = [type(None)] if self.optional else []
        for member in self.members:
            classes = _classes(member)
            if classes is None:
                return None
            found.extend(classes)
        return tuple(found)

    @property
    def inner_types(self) -> Sequence[OpType]:
        """The types of which it may be."""
        return self.members

    @property
    def fan_in_type(self) -> OpType | None:
        """That of its one list type; any, where there are several types."""
        if len(self.members) == 1:
            only = self.members[0]
            return only.get_inner_type_for_fan_in() if only.supports_fan_in else None
        return ANY if any(member.supports_fan_in for member in self.members) else None


def type_of(
    check: Check, name: str, typing_type: Any, kind: OpTypeKind = OpTypeKind.REGULAR
) -> OpType:
    """Return the type of a check; it needs the resources that its parts need."""
    needed = [inner.required_resource_keys for inner in check.inner_types]
    return OpType(
        check,
        name,
        required_resource_keys=frozenset().union(*needed),
        kind=kind,
        typing_type=typing_type,
    )


def _first_failure(
    item: OpType, context: Any, values: Collection[Any]
) -> tuple[int, TypeCheck] | None:
    if item.is_any:
        return None
    classes = _classes(item)
    if classes is not None and _all_instances(values, classes):
        return None
    for place, value in enumerate(values):
        found = item.find(context, value)
        if not found.success:
            return place, found
    return None


def _classes(item: OpType) -> tuple[type, ...] | None:
    check = item.type_check_fn
    return check.classes if isinstance(check, Check) else None


def _all_instances(values: Collection[Any], classes: tuple[type, ...]) -> bool:
    # A look at each class, not at each value: a million values take some milliseconds.
    # No proof that one is wrong: a mock may claim to be of another class than its own.
    return all(issubclass(kind, classes) for kind in set(map(type, values)))


def _within(place: str, check: TypeCheck) -> TypeCheck:
    why = "" if check.description is None else f": {check.description}"
    return TypeCheck(success=False, description=place + why, metadata=check.metadata)
