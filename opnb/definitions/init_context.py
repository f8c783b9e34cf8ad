"""What the function of a resource is told: its config, and the resources it needs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opnb.model.errors import UnknownResourceError, did_you_mean

if TYPE_CHECKING:
    from opnb.definitions.resource import ResourceDefinition


class ScopedResources:
    """Resources by attribute: those that were asked for, and no others.

    Args:
        resources: The resources by key.
        hint: How another one is asked for.
    """

    def __init__(
        self, resources: Mapping[str, Any], hint: str = "required_resource_keys={...}."
    ) -> None:
        self.__dict__.update(resources)
        self.__hint = hint

    def __getattr__(self, name: str) -> Any:
        known = [key for key in self.__dict__ if not key.startswith("_")]
        raise UnknownResourceError(
            f"There is no resource {name!r}.",
            hint=f"{did_you_mean(name, known)} Ask for it: {self.__hint}",
        )

    def __repr__(self) -> str:
        known = [key for key in self.__dict__ if not key.startswith("_")]
        return f"ScopedResources({', '.join(known)})"


class InitResourceContext:
    """What the function of a resource is told; bound to its first parameter.

    Args:
        resource_config: The config, fitted to the schema.
        resources: The resources it requires, by attribute.
        resource_def: What is being made.
        all_resource_defs: Every resource of the run, by key.
        run_id: The id of the run; None outside of any.
        log: Takes lines.
    """

    def __init__(
        self,
        resource_config: Any,
        resources: ScopedResources | None = None,
        resource_def: ResourceDefinition | None = None,
        all_resource_defs: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        self.resource_config = resource_config
        self.resources = ScopedResources({}) if resources is None else resources
        self.resource_def = resource_def
        self.all_resource_defs = dict(all_resource_defs or {})
        self.run_id = run_id
        self.log = logging.getLogger("opnb.resources") if log is None else log

    def replace_config(self, config: Any) -> InitResourceContext:
        """Return the same context with another config."""
        return InitResourceContext(
            config,
            self.resources,
            self.resource_def,
            self.all_resource_defs,
            run_id=self.run_id,
            log=self.log,
        )


def build_init_resource_context(
    config: Any = None,
    resources: Mapping[str, Any] | None = None,
    instance: None = None,  # noqa: ARG001 - opnb has none; Dagster's position
) -> InitResourceContext:
    """Return a context to call the function of a resource with, in a test.

    Args:
        config: The config, not yet fitted.
        resources: The resources it requires, ready to use.
        instance: Accepted for Dagster's sake.

    >>> build_init_resource_context({"rows": 3}).resource_config
    {'rows': 3}
    """
    return InitResourceContext(config, ScopedResources(resources or {}))
