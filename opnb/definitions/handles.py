"""What a call gives while a graph is being composed: handles on outputs to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from opnb.model.checks import shorten
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvariantViolationError,
)


class _Handle:
    """What all handles refuse, since there is no value yet."""

    __slots__ = ()
    node_name: str
    output_name: str

    def __repr__(self) -> str:
        return f"<{self.node_name}.{self.output_name}>"

    def _refuse(self, what: str) -> NoReturn:
        raise InvariantViolationError(
            f"The output {self.output_name!r} of {self.node_name!r} has no value while "
            f"the graph is being composed; it cannot be {what}.",
            hint=self._way_out(),
        )

    def _way_out(self) -> str:
        return "Pass it to an op that works on the value."

    def __iter__(self) -> NoReturn:
        self._refuse("iterated over")

    def __getitem__(self, index: object) -> NoReturn:
        self._refuse("indexed")

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it never returns
        self._refuse("a condition")

    def alias(self, _name: object) -> NoReturn:
        """Refuse: the node has been invoked."""
        self._misplaced("alias")

    def with_hooks(self, _hook_defs: object) -> NoReturn:
        """Refuse: the node has been invoked."""
        self._misplaced("with_hooks")

    def tag(self, _tags: object) -> NoReturn:
        """Refuse: the node has been invoked."""
        self._misplaced("tag")

    def with_retry_policy(self, _retry_policy: object) -> NoReturn:
        """Refuse: the node has been invoked."""
        self._misplaced("with_retry_policy")

    def _misplaced(self, method: str) -> NoReturn:
        raise InvariantViolationError(
            f"{method}() was called on an output of {self.node_name!r}.",
            hint=f"It comes before the call: {self.node_name}.{method}(...)(...).",
        )


@dataclass(frozen=True, slots=True, repr=False)
class OutputHandle(_Handle):
    """One output of a node of the graph that is being composed."""

    node_name: str
    output_name: str

    def map(self, _fn: object) -> NoReturn:
        """Refuse: there is one value only."""
        self._not_dynamic("Use DynamicOut().")

    def collect(self) -> NoReturn:
        """Refuse: there is one value only."""
        self._not_dynamic("Pass it on as it is.")

    def _not_dynamic(self, hint: str) -> NoReturn:
        raise InvalidDefinitionError(
            f"{self.node_name}.{self.output_name} is not dynamic.", hint=hint
        )


@dataclass(frozen=True, slots=True)
class GraphInputHandle(_Handle):
    """An input of the graph that is being composed."""

    input_name: str

    @property
    def node_name(self) -> str:  # type: ignore[override]
        """What the messages call it."""
        return "the graph"

    @property
    def output_name(self) -> str:  # type: ignore[override]
        """What the messages call it."""
        return self.input_name


@dataclass(frozen=True, slots=True)
class DynamicFanIn:
    """All values of a dynamic output, or of what was mapped over it, as a list."""

    node_name: str
    output_name: str


@dataclass(frozen=True, slots=True, repr=False)
class DynamicHandle(_Handle):
    """An output of as many values as the run will find."""

    node_name: str
    output_name: str

    def _way_out(self) -> str:
        return "Use .map(op) for each of its values, .collect() for all of them."

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """Run what `fn` composes once for each value.

        Args:
            fn: An op, a graph, or a function that takes the handle of one value and
                calls ops on it.

        Returns:
            The outputs of what `fn` composed, dynamic again; None if it has none.
        """
        if not callable(fn):
            raise CheckError(
                f"map takes an op or a function, not {shorten(fn)}",
                hint=f".map({shorten(fn)}) needs a call: .map(lambda value: ...).",
            )
        return self._mapped(fn(OutputHandle(self.node_name, self.output_name)))

    def _mapped(self, made: Any) -> Any:
        if isinstance(made, OutputHandle):
            return DynamicHandle(made.node_name, made.output_name)
        if isinstance(made, tuple) and all(
            isinstance(part, OutputHandle) for part in made
        ):
            return tuple(self._mapped(part) for part in made)
        if made is None or isinstance(made, DynamicHandle):
            return made
        raise CheckError(
            f"The function mapped over {self.node_name!r} returned {shorten(made)}",
            hint="Return what an op call gave, or nothing.",
        )

    def collect(self) -> DynamicFanIn:
        """Pass all values on as one list, in the order that they came in."""
        return DynamicFanIn(self.node_name, self.output_name)
