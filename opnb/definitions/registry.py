"""The ops that a session knows, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from opnb.definitions.op import OpDefinition
from opnb.model.errors import InvalidInvocationError, did_you_mean


class UnknownOpError(InvalidInvocationError, KeyError):
    """No op of that name has been defined in this session."""


class OpRegistry(Mapping[str, OpDefinition]):
    """A mapping from name to `OpDefinition`; a later op of a name replaces it."""

    def __init__(self) -> None:
        self._ops: dict[str, OpDefinition] = {}

    def register(self, op: OpDefinition) -> None:
        """Add an op, or redefine it."""
        # Moved to the end: the order is that of the latest definition.
        self._ops.pop(op.name, None)
        self._ops[op.name] = op

    def forget(self, name: str) -> None:
        """Remove an op, if there is one of that name."""
        self._ops.pop(name, None)

    def __getitem__(self, name: str) -> OpDefinition:
        try:
            return self._ops[name]
        except KeyError:
            raise UnknownOpError(
                f"There is no op {name!r} in this session.",
                hint=did_you_mean(name, self._ops),
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._ops)

    def __len__(self) -> int:
        return len(self._ops)

    def __repr__(self) -> str:
        return f"OpRegistry({list(self._ops)!r})"
