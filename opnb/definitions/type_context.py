"""What a type's own functions may ask of the run: log, resources, run id."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from opnb.model.errors import UnknownResourceError, did_you_mean


class TypeContext:
    """The part of a run that a type's functions see.

    Args:
        context: The context of the op whose value it is; None outside of any run.
        required_resource_keys: The resources that the type declares.
    """

    __slots__ = ("_context", "_keys")

    def __init__(
        self,
        context: Any = None,
        required_resource_keys: frozenset[str] = frozenset(),
    ) -> None:
        self._context = context
        self._keys = required_resource_keys

    @property
    def log(self) -> Any:
        """The logger of the run; opnb's own outside of any."""
        if self._context is None:
            return logging.getLogger("opnb")
        return self._context.log

    @property
    def run_id(self) -> str | None:
        """The id of the run; None outside of any."""
        return None if self._context is None else self._context.run_id

    @property
    def resources(self) -> DeclaredResources:
        """The resources that the type declares, by attribute."""
        given = None if self._context is None else self._context.made_resources
        return DeclaredResources(given, self._keys)


class DeclaredResources:
    """Those resources of a run that were declared, by attribute."""

    __slots__ = ("_keys", "_resources")

    def __init__(
        self, resources: Mapping[str, Any] | None, keys: frozenset[str]
    ) -> None:
        self._resources = resources
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        if name in self._keys and self._resources is not None:
            return self._resources[name]
        raise UnknownResourceError(
            f"The type has no resource {name!r} here.",
            hint=did_you_mean(name, self._keys)
            + f" Declare it: required_resource_keys={{{name!r}}}.",
        )


class TypeCheckContext(TypeContext):
    """What a `type_check_fn` takes beside the value."""

    __slots__ = ()


class OpTypeLoaderContext(TypeContext):
    """What a loader takes beside the config."""

    __slots__ = ()
