"""Which ops are stale, and why: their code, an input or what else they read changed.

What changed is told by fingerprints where the kind of a value has one (see
`opnb.execution.fingerprint`), else by whether it is the same object: a change within an
object of the user's own class is not noticed. An op that ran again with an equal
result makes nothing stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opnb.execution.fingerprint import IN_PLACE, REBOUND, Fingerprints
from opnb.model.entry import OutputSource
from opnb.notebook.book import CellBook, LastRun
from opnb.notebook.shown_cards import Reasons
from opnb.session import Produced, Session


def stale_ops(book: CellBook, session: Session, ns: Mapping[str, Any]) -> Reasons:
    """Return the ops that are stale, each with the reasons; those that ran here alone.

    Args:
        book: The cells and what their last runs saw.
        session: Its ops, and what came out of them.
        ns: The notebook's names.
    """
    look = _Look(session, ns)
    found = {name: list(look.reasons(name, run)) for name, run in book.runs.items()}
    return _with_those_after(found, book)


def _with_those_after(found: dict[str, list[str]], book: CellBook) -> Reasons:
    """Make stale, too, what took something from an op that is stale."""
    ahead = [name for name, reasons in found.items() if reasons]
    takers: dict[str, list[str]] = {}
    for name, run in book.runs.items():
        for source in run.sources.values():
            takers.setdefault(source.op_name, []).append(name)
    while ahead:
        stale = ahead.pop(0)
        for taker in dict.fromkeys(takers.get(stale, ())):
            reason = f"{stale} is stale"
            if taker == stale or reason in found[taker]:
                continue
            if not found[taker]:
                ahead.append(taker)
            found[taker].append(reason)
    return {name: tuple(reasons) for name, reasons in found.items() if reasons}


class _Look:
    """One look at the session; each value is looked at once."""

    def __init__(self, session: Session, ns: Mapping[str, Any]) -> None:
        self._session = session
        self._ns = ns
        self._fingerprints = Fingerprints()

    def reasons(self, name: str, run: LastRun) -> Iterator[str]:
        """Yield why an op is stale, given what its last run saw."""
        op = self._session.ops.get(name)
        if op is not None and op.code_version != run.code_version:
            yield "its code changed"
        for input_name in {**run.sources, **run.inputs}:
            reason = self._input(name, input_name, run)
            if reason is not None:
                yield reason
        for read, seen in run.reads.items():
            if read not in self._ns:
                yield f"{read} was deleted"
            elif self._change(seen, read) is not None:
                yield f"{read} changed"

    def _input(self, op_name: str, name: str, run: LastRun) -> str | None:
        again = self._put_out_again(op_name, run.sources.get(name))
        if again is not None:
            before = run.taken.get(name)
            if before is None or before != again.seen.fingerprint:
                return f"{name} changed"
        seen = run.inputs.get(name)
        if seen is None:
            return None
        if name not in self._ns:
            return f"{name} was deleted"
        change = self._change(seen, name)
        if change == REBOUND:
            if again is not None and again.seen.is_value(self._ns[name]):
                change = IN_PLACE  # it came out equal to what went in
            elif self._is_of_an_op(name):
                change = None
        return None if change is None else f"{name} was {change}"

    def _put_out_again(
        self, op_name: str, source: OutputSource | None
    ) -> Produced | None:
        """Return what the producer of an input has put out since."""
        if source is None or source.op_name == op_name:
            return None
        output = f"{source.op_name}.{source.output_name}"
        latest = self._session.produced.get(output)
        is_new = latest is not None and latest.source.run_id != source.run_id
        return latest if is_new else None

    def _is_of_an_op(self, name: str) -> bool:
        """Whether an op gave the name its value: that is no change of the input."""
        latest = self._session.produced.get(name)
        return latest is not None and latest.seen.is_value(self._ns[name])

    def _change(self, seen: Any, name: str) -> str | None:
        value = self._ns[name]
        change: str | None = seen.change(value, self._fingerprints.of(value))
        return change
