"""What is kept, as a DataFrame."""

from __future__ import annotations

from opnb.event_log.reading.frame import build_frame
from opnb.event_log.reading.shown_frames import ShownFrame
from opnb.memo.store import Kept, MemoStore

_COLUMNS = {
    "op": ("op", "string"),
    "outputs": ("outputs", "string"),
    "size": ("size", "int64"),
    "kept": ("kept", "datetime64[us, UTC]"),
    "used": ("used", "datetime64[us, UTC]"),
    "run_id": ("run_id", "string"),
}


class MemoFrame(ShownFrame):
    """One row a set of outputs that is kept, the last used first.

    The columns are `op`, `outputs` (their names), `size` in bytes, when it was `kept`
    and last `used` (UTC), and the `run_id` of the run that put them out. Of a file that
    this user did not write, or that is damaged, there is no more than the op.
    """

    SHOWN = tuple(_COLUMNS)


def memo_frame(store: MemoStore) -> MemoFrame:
    """Return what a store keeps.

    Raises:
        RefusedError: The folder is not this user's.
        OSError: It cannot be read.
    """
    return MemoFrame(build_frame([_row(kept) for kept in store.kept()], _COLUMNS))


def _row(kept: Kept) -> tuple[object, ...]:
    head = kept.head
    if head is None:
        return kept.op_name, None, kept.size, None, round(kept.used * 1e6), None
    names = dict.fromkeys(name for name, *_ in head["outputs"])
    return (
        kept.op_name,
        ", ".join(names),
        kept.size,
        round(head["time"] * 1e6),
        round(kept.used * 1e6),
        head["run_id"],
    )
