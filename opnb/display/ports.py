"""What went into a step and came out of it, as names with types and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from opnb.display import words
from opnb.event_log.step_summary import StepSummary
from opnb.model.entry import OutputSource, StepOutputData, ValueInfo

PORTS_SHOWN = 6
_DEFAULT = "result"


class PortView(NamedTuple):
    """An input or output: its name, its type and shape, the op it came from.

    In a job's table an op's only output goes without the name that all such have.
    """

    name: str
    info: str
    origin: str | None = None

    @property
    def without_name(self) -> bool:
        """Whether the type says all there is to say."""
        return self.name == _DEFAULT and bool(self.info)


def inputs_of(step: StepSummary, most: int = PORTS_SHOWN) -> list[PortView]:
    """Return what went into a step, each with the op it came from."""
    ports = [
        PortView(
            name,
            words.value_info(data.value_info),
            _op_before(data.source, step.key),
        )
        for name, data in step.inputs.items()
    ]
    return _first(ports, most)


def outputs_of(step: StepSummary, most: int = PORTS_SHOWN) -> list[PortView]:
    """Return what came out of a step; of a dynamic output how often."""
    ports = [
        PortView(name, _output_info(step, name, data))
        for name, data in step.outputs.items()
    ]
    return _first(ports, most)


def inputs_in_row(steps: Sequence[StepSummary], most: int) -> list[PortView]:
    """Return what went into steps mapped from one, or into one step of a job."""
    names = dict.fromkeys(name for step in steps for name in step.inputs)
    ports = []
    for name in names:
        found = [step.inputs[name] for step in steps if name in step.inputs]
        info = _shared([data.value_info for data in found])
        ports.append(PortView(name, info, origin_of(found[0].source)))
    return _first(ports, most)


def outputs_in_row(steps: Sequence[StepSummary], most: int) -> list[PortView]:
    """Return what came out of steps mapped from one, or of one step of a job."""
    if len(steps) == 1:
        return outputs_of(steps[0], most)
    names = dict.fromkeys(name for step in steps for name in step.outputs)
    ports = [
        PortView(
            name,
            _shared([s.outputs[name].value_info for s in steps if name in s.outputs]),
        )
        for name in names
    ]
    return _first(ports, most)


def _first(ports: list[PortView], most: int) -> list[PortView]:
    more = len(ports) - most
    if more <= 0:
        return ports
    return [*ports[:most], PortView("", f"and {more} more")]


def _output_info(step: StepSummary, name: str, data: StepOutputData) -> str:
    dynamic = step.dynamic.get(name)
    if dynamic is None:
        return words.value_info(data.value_info)
    kind = _shared([each.value_info for each in dynamic.first])
    return (
        f"{dynamic.count:,} × {kind}" if kind else words.count(dynamic.count, "value")
    )


def _shared(infos: Iterable[ValueInfo | None]) -> str:
    """Return the type and shape that all have; the type alone where shapes differ."""
    shown = {words.value_info(info) for info in infos}
    if len(shown) == 1:
        return shown.pop()
    kinds = {info.type_name if info else "" for info in infos}
    return kinds.pop() if len(kinds) == 1 else ""


def _op_before(source: OutputSource | None, step_key: str) -> str | None:
    """Return the op that a value came from, and what was done to it since."""
    if source is None:
        return None
    op = "its own run before" if source.op_name == step_key else source.op_name
    return op if source.change is None else f"{op}, {source.change} since"


def origin_of(source: OutputSource | None) -> str | None:
    """Return the output that a value came from, without a name that tells nothing."""
    if source is None:
        return None
    step = without_mapping_key(source.op_name)
    if source.output_name == _DEFAULT:
        return step
    return f"{step}.{source.output_name}"


def without_mapping_key(step_key: str) -> str:
    """Return how a card names a step: `double[…]` for all that are mapped from one.

    >>> without_mapping_key("prepare.double[a]"), without_mapping_key("load")
    ('prepare.double[…]', 'load')
    """
    template, bracket, _ = step_key.partition("[")
    return f"{template}[…]" if bracket else template
