"""`%op inputs`, `%op diff` and `%op memo`: what was, what changed, what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from opnb.event_log.reading.run_diff import RunDiff
from opnb.memo.listing import memo_frame
from opnb.memo.refusal import RefusedError
from opnb.model.checks import shorten
from opnb.model.errors import CellError, did_you_mean
from opnb.model.op_inputs import OpInputs
from opnb.session import Session

_CLEAR = "clear"


def inputs_of(session: Session, op_name: str | None, forget: object) -> OpInputs | None:
    """Return what went into the last run of an op; None where it is to be forgotten.

    Raises:
        CellError: The op has not run in this kernel.
    """
    inputs, ops = session.last_inputs, list(session.ops)
    name = _op_named("inputs", op_name, ops)
    if name not in inputs:
        if name not in ops:
            raise CellError(
                f"There is no op {shorten(name)} in this session.",
                hint=did_you_mean(name, ops),
            )
        raise CellError(
            f"This kernel has no inputs of op {name!r}.",
            hint="It has them after the op has run here, until they are forgotten.",
        )
    if not forget:
        return inputs.of(name)
    inputs.forget(name)
    return None


def diff_of(
    session: Session, op_name: str | None, runs: list[str] | None, duration: object
) -> RunDiff:
    """Return how two runs of an op differ.

    Raises:
        CellError: No op is named.
        CheckError: There are no two such runs.
    """
    name = _op_named("diff", op_name, session.ops)
    diff = session.log.diff(name, run=runs)
    diff.shows_duration = bool(duration)
    return diff


def memo_verb(session: Session, what: str | None, ops: Sequence[str]) -> Any:
    """Show what is kept, or remove it.

    Args:
        session: Whose memo.
        what: "clear", or None to look.
        ops: Of which op alone to clear; of all if there is none.

    Raises:
        CellError: There is no such thing to do, or nothing is kept of the op.
    """
    from opnb.notebook.memo import memo_of  # noqa: PLC0415 - at first use

    if what not in (None, _CLEAR):
        raise CellError(
            f"`%op memo` does not know what {shorten(what)} is.",
            hint=did_you_mean(str(what), [_CLEAR]),
        )
    store = memo_of(session)
    try:
        if what is None:
            return memo_frame(store)
        known = sorted({kept.op_name for kept in store.kept()})
        for name in ops:
            if name not in known:
                raise CellError(
                    f"Nothing is kept of an op {shorten(name)}.",
                    hint=did_you_mean(name, known),
                )
        meant: Sequence[str | None] = ops or [None]
        gone = [kept for name in meant for kept in store.clear(name)]
    except (RefusedError, OSError) as error:
        raise CellError(
            f"The memo cannot be used: {error}.",
            hint=f"It is in {shorten(str(store.folder))}.",
        ) from None
    print(f"memo: {len(gone):,} removed.")  # noqa: T201 - what was asked for is done
    return None


def _op_named(verb: str, name: str | None, known: Iterable[str]) -> str:
    if name is None:
        raise CellError(
            f"`%op {verb}` needs the name of an op.", hint=did_you_mean("", known)
        )
    return name
