"""The resources of a run: made before the first op, put away after the last."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from opnb.definitions.config_problem import ConfigDoesNotFit, Problem, listing
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.init_context import InitResourceContext, ScopedResources
from opnb.definitions.resource_defs import ResourceDefs, closure_of, needs_making
from opnb.definitions.resource_making import Close, make_resource
from opnb.model.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    did_you_mean,
)

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition

OpenResources = Callable[[], contextlib.AbstractContextManager[Mapping[str, Any]]]

# How the code of a cell names a resource: context.resources.db
_READ = re.compile(r"\bresources\s*\.\s*(\w+)")
_LOGGER = logging.getLogger("opnb.resources")


def prepare_resources(
    definitions: Mapping[str, Any],
    configs: Mapping[str, Any],
    *,
    required: Mapping[str, str],
    run_id: str | None = None,
    log: logging.Logger | None = None,
) -> OpenResources | None:
    """Return what makes the resources that a run requires; None if it requires none.

    Args:
        definitions: The resources by key: definitions, or any objects.
        configs: Their config by key, fitted.
        required: The keys that are asked for, and who asks.
        run_id: The id of the run, for the context.
        log: Takes the lines of the functions, and what goes wrong when they end.

    Raises:
        InvalidDefinitionError: A resource that is asked for is missing.
        InvariantViolationError: A resource is made of a missing one, or of itself.
    """
    for key, who in required.items():
        if key not in definitions:
            raise InvalidDefinitionError(
                f"The resource {key!r}, which {_asker(who)} asks for, is missing.",
                hint=f"{did_you_mean(key, definitions)} Give it: "
                f"resources={{{key!r}: ...}}.",
            )
    if not required:
        return None
    known = ResourceDefs(definitions)
    keys = closure_of(known, required)
    opening = _Opening(known, configs, run_id, log or _LOGGER)
    return lambda: opening.open(keys, required)


def _asker(who: str) -> str:
    return who if " " in who else f"op {who!r}"


class _Opening:
    """Makes resources, and puts them away, last first, whatever comes between."""

    def __init__(
        self,
        definitions: ResourceDefs,
        configs: Mapping[str, Any],
        run_id: str | None,
        log: logging.Logger,
    ) -> None:
        self._definitions = definitions
        self._configs = configs
        self._run_id = run_id
        self._log = log

    @contextlib.contextmanager
    def open(
        self, keys: list[str], required: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        """Make the resources in this order; yield those that are required."""
        made: dict[str, Any] = {}
        with contextlib.ExitStack() as stack:
            for key in keys:
                made[key], close = make_resource(
                    self._definitions[key], key, self._context(key, made)
                )
                if close is not None:
                    stack.callback(self._put_away, key, close)
            yield {key: made[key] for key in keys if key in required}

    def _context(self, key: str, made: Mapping[str, Any]) -> InitResourceContext:
        definition = self._definitions[key]
        needed = {name: made[name] for name in definition.required_resource_keys}
        return InitResourceContext(
            self._configs.get(key),
            ScopedResources(needed),
            definition,
            self._definitions,
            run_id=self._run_id,
            log=self._log,
        )

    def _put_away(self, key: str, close: Close) -> None:
        # What has run has run: an error here ends neither the run nor what follows.
        try:
            close()
        except Exception:  # noqa: BLE001 - told, and the others still put away
            self._log.exception("The resource %r could not be put away.", key)


@contextlib.contextmanager
def build_resources(
    resources: Mapping[str, Any],
    instance: None = None,  # noqa: ARG001 - opnb has none; Dagster's position
    resource_config: Mapping[str, Any] | None = None,
) -> Iterator[ScopedResources]:
    """Make resources outside of any run, for a `with` block.

    Args:
        resources: The resources by key: definitions, or any objects.
        instance: Accepted for Dagster's sake.
        resource_config: Their config by key, each under "config".

    >>> with build_resources({"words": ["hello"]}) as made:
    ...     made.words
    ['hello']

    Raises:
        InvalidConfigError: The config does not fit.
        ResourceFunctionError: A resource could not be made.
    """
    configs = _fitted(ResourceDefs(resources), resource_config or {}, resources)
    required = dict.fromkeys(resources, "build_resources")
    opened = prepare_resources(resources, configs, required=required)
    with contextlib.nullcontext({}) if opened is None else opened() as made:
        yield ScopedResources(made, "build_resources({...}).")


def _fitted(
    definitions: ResourceDefs, given: Mapping[str, Any], keys: Iterable[str]
) -> Mapping[str, Any]:
    configs: dict[str, Any] = {}
    problems: list[Problem] = []
    for key in given:
        if key not in definitions:
            hint = did_you_mean(key, definitions).rstrip(".")
            problems.append(Problem((key,), f"no such resource. {hint}"))
    for key in keys:
        definition = definitions[key]
        config = given.get(key, {}).get("config", NOT_GIVEN)
        try:
            fitted = (
                config if definition.schema is None else definition.schema.fit(config)
            )
        except ConfigDoesNotFit as error:
            problems += [problem.under(key, "config") for problem in error.problems]
        else:
            configs[key] = None if fitted is NOT_GIVEN else fitted
    if problems:
        raise InvalidConfigError(
            f"The config of the resources does not fit:\n{listing(problems)}",
            hint="Correct what is named above.",
        )
    return configs


def resources_of_op(op: OpDefinition, given: Mapping[str, Any]) -> OpenResources | None:
    """Return what makes the resources of an op that runs alone; None if it has none.

    Objects that are there are all at hand; of what has to be made only what the op asks
    for, or its code reads.

    Args:
        op: What runs.
        given: The resources by key: definitions, or any objects.

    Raises:
        InvalidDefinitionError: A resource that the op asks for is missing.
        InvalidConfigError: The op asks for one that needs config.
    """
    if not given and not op.required_resource_keys:
        return None
    definitions = ResourceDefs(given)
    read = set(_READ.findall(op.source or ""))
    required = dict.fromkeys(sorted(op.required_resource_keys), op.name)
    for key, value in given.items():
        if key in read or not needs_making(value):
            required.setdefault(key, op.name)
    keys = closure_of(definitions, required)
    configs = _fitted(definitions, {}, keys)
    return prepare_resources(given, configs, required=required)
