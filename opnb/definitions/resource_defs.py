"""The resources of a job by key, each as a definition, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opnb.definitions.resource import ResourceDefinition
from opnb.model.errors import (
    InvalidDefinitionError,
    InvariantViolationError,
    did_you_mean,
)


class ResourceDefs(Mapping[str, ResourceDefinition]):
    """Resources by key, each as a definition; any object is the resource of itself.

    Args:
        given: Definitions, `ConfigurableResource`s, and other objects.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._definitions: dict[str, ResourceDefinition] = {}

    def __getitem__(self, key: str) -> ResourceDefinition:
        if key not in self._definitions:
            self._definitions[key] = self._definition(key, self._given[key])
        return self._definitions[key]

    def __contains__(self, key: object) -> bool:
        return key in self._given

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def _definition(self, key: str, value: Any) -> ResourceDefinition:
        if isinstance(value, ResourceDefinition):
            return value
        if not hasattr(type(value), "resource_definition_for"):
            return _verify_made(key, value)
        # One that is configured at launch stands for the same object elsewhere.
        keys = {id(other): name for name, other in self._given.items()}
        definition: ResourceDefinition = value.resource_definition_for(keys)
        return definition


def needs_making(value: Any) -> bool:
    """Tell whether a resource has to be made; any other object is there already."""
    kind = type(value)
    return kind is ResourceDefinition or hasattr(kind, "resource_definition_for")


def _verify_made(key: str, value: Any) -> ResourceDefinition:
    if isinstance(value, type) and hasattr(value, "resource_definition_for"):
        raise InvalidDefinitionError(
            f"The resource {key!r} is the class {value.__name__}, not one made of it.",
            hint=f"{value.__name__}(...), or {value.__name__}.configure_at_launch().",
        )
    return ResourceDefinition.hardcoded_resource(value)


def closure_of(definitions: ResourceDefs, keys: Iterable[str]) -> list[str]:
    """Return keys and all that their resources are made of, what is needed first.

    Keys that there are no definitions for are left out.

    Raises:
        InvariantViolationError: A resource is made of a missing one, or of itself.
    """
    ordered: dict[str, None] = {}

    def add(key: str, above: tuple[str, ...]) -> None:
        if key in above:
            circle = " → ".join((*above[above.index(key) :], key))
            raise InvariantViolationError(
                f"Resources are made of one another in a circle: {circle}.",
                hint="Take one of them out of required_resource_keys.",
            )
        if key in ordered:
            return
        for needed in sorted(definitions[key].required_resource_keys):
            add(needed, (*above, key))
        ordered[key] = None

    _verify_needed(definitions)
    for key in sorted(set(keys)):
        if key in definitions:
            add(key, ())
    return list(ordered)


def _verify_needed(definitions: ResourceDefs) -> None:
    for key, definition in definitions.items():
        for needed in sorted(definition.required_resource_keys):
            if needed not in definitions:
                raise InvariantViolationError(
                    f"The resource {key!r} is made of the resource {needed!r}, which "
                    "is missing.",
                    hint=did_you_mean(needed, definitions),
                )
