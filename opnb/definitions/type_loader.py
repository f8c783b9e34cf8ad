"""Loaders: how the value of an input is made from run config."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from opnb.definitions.type_context import OpTypeLoaderContext
from opnb.model.checks import shorten
from opnb.model.errors import InvalidDefinitionError


@dataclass(frozen=True, slots=True)
class OpTypeLoader:
    """Makes values of a type from config.

    Args:
        schema_type: What the config must look like, as in `config_schema`.
        load_fn: Takes an `OpTypeLoaderContext` and the config, returns the value.
        resource_keys: The resources it uses.
    """

    schema_type: Any
    load_fn: Callable[[OpTypeLoaderContext, Any], Any]
    resource_keys: frozenset[str] = frozenset()

    def required_resource_keys(self) -> frozenset[str]:
        """Return the resources it uses."""
        return self.resource_keys

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """Make the value; `context` is that of the op, or None."""
        return self.load_fn(
            OpTypeLoaderContext(context, self.resource_keys), config_value
        )


def dagster_type_loader(
    config_schema: Any, required_resource_keys: Collection[str] | None = None
) -> Callable[[Callable[[OpTypeLoaderContext, Any], Any]], OpTypeLoader]:
    """Make a loader of a function that takes the context and the config.

    Args:
        config_schema: What the config must look like.
        required_resource_keys: The resources it uses.

    >>> @dagster_type_loader({"start": int, "stop": int})
    ... def load_range(context, config):
    ...     return range(config["start"], config["stop"])
    >>> load_range.construct_from_config_value(None, {"start": 1, "stop": 3})
    range(1, 3)

    Raises:
        InvalidDefinitionError: The function does not take these two.
    """

    def make(fn: Callable[[OpTypeLoaderContext, Any], Any]) -> OpTypeLoader:
        try:
            inspect.signature(fn).bind(None, None)
        except (TypeError, ValueError):
            raise InvalidDefinitionError(
                f"The loader {shorten(getattr(fn, '__name__', fn))} must take the "
                "context and the config.",
                hint="def load(context, config): ...",
            ) from None
        return OpTypeLoader(config_schema, fn, frozenset(required_resource_keys or ()))

    return make
