"""Composing a graph: the calls that a `@graph` or `@job` function makes are noted.

While the function runs, calling an op or a graph adds a node to the composition on top
of the stack and gives handles on its outputs; what is passed says what feeds what.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opnb.definitions.dependency import (
    Dependency,
    DependencyDefinition,
    DynamicCollectDependencyDefinition,
    InputMapping,
    MappedInputPlaceholder,
    MultiDependencyDefinition,
    Node,
)
from opnb.definitions.handles import (
    DynamicFanIn,
    DynamicHandle,
    GraphInputHandle,
    OutputHandle,
)
from opnb.model.checks import shorten
from opnb.model.errors import InvalidDefinitionError

if TYPE_CHECKING:
    from opnb.definitions.invocation import PendingNodeInvocation


@dataclass(slots=True)
class Composition:
    """A graph in the making.

    Args:
        kind: `@graph` or `@job`, for messages.
        name: The graph's name.
    """

    kind: str
    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    dependencies: dict[str, dict[str, Dependency]] = field(default_factory=dict)
    input_mappings: list[InputMapping] = field(default_factory=list)
    _times_used: dict[str, int] = field(default_factory=dict)
    _definitions: dict[str, Any] = field(default_factory=dict)
    _pending: dict[str, PendingNodeInvocation] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"

    def expect(self, pending: PendingNodeInvocation) -> None:
        """Note that something was aliased or tagged, and is to be called."""
        self._pending[pending.name] = pending

    def add(self, pending: PendingNodeInvocation, bindings: Mapping[str, Any]) -> str:
        """Add a node with what feeds its inputs; return the name it got.

        Raises:
            InvalidDefinitionError: The name is taken, or something feeds an input that
                no output of the graph is.
        """
        self._pending.pop(pending.name, None)
        name = self._name(pending)
        self._verify_definition(pending)
        dependencies: dict[str, Dependency] = {}
        for input_name, given in bindings.items():
            dependency = self._dependency(name, input_name, given)
            if dependency is not None:
                dependencies[input_name] = dependency
        self.nodes[name] = pending.node(name)
        self.dependencies[name] = dependencies
        return name

    def _name(self, pending: PendingNodeInvocation) -> str:
        name = pending.name
        if pending.given_alias is None:
            used = self._times_used[name] = self._times_used.get(name, 0) + 1
            name = name if used == 1 else f"{name}_{used}"
        if name in self.nodes:
            raise InvalidDefinitionError(
                f"{self} has two nodes {name!r}.", hint="Use .alias('other')."
            )
        return name

    def _verify_definition(self, pending: PendingNodeInvocation) -> None:
        definition = pending.definition
        known = self._definitions.setdefault(definition.name, definition)
        if known is not definition:
            raise two_of_one_name(definition.name)

    def _dependency(self, node: str, input_name: str, given: Any) -> Dependency | None:
        if isinstance(given, OutputHandle):
            return DependencyDefinition(given.node_name, given.output_name)
        if isinstance(given, DynamicFanIn):
            return DynamicCollectDependencyDefinition(
                given.node_name, given.output_name
            )
        if isinstance(given, GraphInputHandle):
            self.input_mappings.append(InputMapping(given.input_name, node, input_name))
            return None
        if isinstance(given, list):
            return self._fan_in(node, input_name, given)
        raise InvalidDefinitionError(
            f"In {self}, input {input_name!r} of {node!r} got {_in_words(given)}.",
            hint=_hint_for(given, input_name),
        )

    def _fan_in(
        self, node: str, input_name: str, members: list[Any]
    ) -> MultiDependencyDefinition:
        found: list[DependencyDefinition | type[MappedInputPlaceholder]] = []
        for place, member in enumerate(members):
            if isinstance(member, OutputHandle):
                found.append(DependencyDefinition(member.node_name, member.output_name))
            elif isinstance(member, GraphInputHandle):
                mapping = InputMapping(member.input_name, node, input_name, place)
                self.input_mappings.append(mapping)
                found.append(MappedInputPlaceholder)
            else:
                raise InvalidDefinitionError(
                    f"In {self}, the list for the input {input_name!r} of {node!r} "
                    f"holds {shorten(member)} at position {place}.",
                    hint="A fan-in holds outputs of ops and inputs of the graph only.",
                )
        return MultiDependencyDefinition(tuple(found))

    def warn_of_uncalled(self) -> None:
        """Warn of what was aliased or tagged and never called."""
        for pending in self._pending.values():
            warnings.warn(
                f"In {self}, {pending.name!r} was prepared and never called: it is no "
                "part of the graph. Add the parentheses.",
                stacklevel=4,
            )


def two_of_one_name(name: str) -> InvalidDefinitionError:
    """Return the error for two definitions that cannot be told apart."""
    return InvalidDefinitionError(
        f"{name!r} names two definitions.", hint="Rename one or rerun cells."
    )


def _in_words(given: Any) -> str:
    if isinstance(given, DynamicHandle):
        return f"the dynamic output of {given.node_name!r}"
    if hasattr(given, "with_retry_policy") and hasattr(given, "name"):
        return f"{given.name!r}, which was not called"
    return shorten(given)


def _hint_for(given: Any, input_name: str) -> str:
    if isinstance(given, DynamicHandle):
        return "Use .map(op) for each value, .collect() for all."
    if isinstance(given, tuple) and given:
        names = getattr(given, "_fields", None)
        if names:
            return f"It holds several outputs; pass one, such as .{names[0]}."
        return "A fan-in is written as a list."
    if hasattr(given, "with_retry_policy"):
        return "Add the parentheses."
    return (
        "Only what ops put out flows in a graph. Make it an op's output, a default, or "
        f"config; or give it to the run: input_values={{{input_name!r}: ...}}."
    )


_stack: ContextVar[tuple[Composition, ...]] = ContextVar("opnb_composition", default=())


def current_composition() -> Composition | None:
    """Return the graph being composed; None outside of `@graph` and `@job`."""
    stack = _stack.get()
    return stack[-1] if stack else None


@contextmanager
def composing(kind: str, name: str) -> Iterator[Composition]:
    """Note the calls made within as a graph's nodes."""
    composition = Composition(kind, name)
    token = _stack.set((*_stack.get(), composition))
    try:
        yield composition
    finally:
        _stack.reset(token)
    composition.warn_of_uncalled()
