"""The resources of a context that was made by hand."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from opnb.definitions.init_context import ScopedResources
from opnb.definitions.resource import ResourceDefinition
from opnb.definitions.resource_defs import needs_making
from opnb.execution.resources import build_resources
from opnb.model.checks import verify_type
from opnb.model.errors import InvariantViolationError


class OwnResources:
    """Resources that are there as long as a context is.

    One that has to be put away is made when the context's `with` block begins, and put
    away when it ends; all others are made at once.

    Args:
        given: Definitions or any objects, by key.
        config: Their config by key, each under "config".
        builder: What makes the context, for errors.

    Raises:
        InvalidConfigError: The config does not fit.
        ResourceFunctionError: A resource could not be made.
    """

    def __init__(
        self,
        given: Mapping[str, Any] | None,
        config: Mapping[str, Any] | None = None,
        *,
        builder: str,
    ) -> None:
        hint = "{'the_resource': ...}"
        verify_type(given, Mapping, "resources", optional=True, hint=hint)
        verify_type(config, Mapping, "resources_config", optional=True, hint=hint)
        self._given = dict(given or {})
        self.config = dict(config or {})
        self._builder = builder
        self._stack = ExitStack()
        self._made: ScopedResources | None = None
        if not any(map(_has_teardown, self._given.values())):
            self.open()
            self.close()

    @property
    def keys(self) -> frozenset[str]:
        """What there is."""
        return frozenset(self._given)

    @property
    def made(self) -> ScopedResources:
        """The resources, by attribute.

        Raises:
            InvariantViolationError: One of them has to be put away, and nobody would.
        """
        if self._made is None:
            raise InvariantViolationError(
                "A resource has to be put away at the end, and no `with` block tells "
                "when.",
                hint=f"with {self._builder}(resources=...) as context: ...",
            )
        return self._made

    def open(self) -> None:
        """Make the resources; what is made already stays."""
        if self._made is not None:
            return
        made: Any = None
        if self._given or self.config:
            manager = build_resources(self._given, None, self.config)
            made = self._stack.enter_context(manager)
        self._made = ScopedResources(
            {key: getattr(made, key) for key in self._given},
            f"{self._builder}(resources={{...}}).",
        )

    def close(self) -> None:
        """Put the resources away."""
        self._stack.close()


def _has_teardown(value: Any) -> bool:
    """Tell whether a resource has to be put away in the end."""
    if not needs_making(value):
        return False
    if isinstance(value, ResourceDefinition):
        return inspect.isgeneratorfunction(inspect.unwrap(value.resource_fn))
    from opnb.definitions.configurable_resource import (  # noqa: PLC0415 - loads pydantic
        ConfigurableResourceFactory,
    )

    overrides = any(
        getattr(type(value), name) is not getattr(ConfigurableResourceFactory, name)
        for name in ("yield_for_execution", "teardown_after_execution")
    )
    return overrides or any(map(_has_teardown, value.nested_resources.values()))
