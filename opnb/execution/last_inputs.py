"""What went into the last run of each op: held after a failure, else weakly.

After a run that went well, what the notebook lets go is gone. After one that failed,
its inputs are what the failure is looked into with: they are held until the op runs
again, or until they are forgotten.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from opnb.execution.step import InputValue
from opnb.execution.value_info import describe_value
from opnb.model.entry import OutputSource, ValueInfo
from opnb.model.op_inputs import OpInputs

# To hold them costs nothing, and no weak reference can.
_SMALL = frozenset([int, float, bool, complex, type(None)])


@dataclass(frozen=True, slots=True)
class _Held:
    """One input; `value` gives it, or None once it is gone."""

    value: Callable[[], Any]
    is_there: Callable[[], bool]
    info: ValueInfo
    source: OutputSource | None


class LastInputs:
    """The inputs of the last run of each op of a session."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, _Held]] = {}

    def __contains__(self, op_name: object) -> bool:
        return op_name in self._of

    def note(
        self, op_name: str, inputs: Mapping[str, InputValue], *, failed: bool
    ) -> None:
        """Take in a run that has ended, in the place of the one before."""
        self._of[op_name] = {
            name: _held(given, strongly=failed) for name, given in inputs.items()
        }

    def of(self, op_name: str) -> OpInputs:
        """Return what went into the last run of an op, as far as it is there."""
        held = self._of[op_name]
        there = {name: each for name, each in held.items() if each.is_there()}
        return OpInputs(
            op_name,
            {name: each.value() for name, each in there.items()},
            {name: each.info for name, each in held.items()},
            {name: each.source for name, each in held.items()},
            tuple(name for name in held if name not in there),
        )

    def forget(self, op_name: str) -> None:
        """Hold the inputs of an op no longer."""
        del self._of[op_name]


def _held(given: InputValue, *, strongly: bool) -> _Held:
    value, info = given.value, describe_value(given.value)
    if strongly or type(value) in _SMALL:
        return _Held(lambda: value, lambda: True, info, given.source)
    try:
        reference = weakref.ref(value)
    except TypeError:
        return _Held(lambda: None, lambda: False, info, given.source)
    return _Held(reference, lambda: reference() is not None, info, given.source)
