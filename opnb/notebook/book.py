"""The cells behind the ops of a session, and what the last run of each of them saw."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from opnb.event_log.summary import RunStatus
from opnb.execution.fingerprint import Fingerprints, SeenValue
from opnb.notebook.reads import globals_read, own_stores
from opnb.notebook.shown_cards import ShownCards

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition
    from opnb.event_log.summary import RunSummary
    from opnb.model.entry import OutputSource
    from opnb.notebook.define import CellOptions
    from opnb.notebook.source import CellSource
    from opnb.session import Session

_TEXTS_KEPT: Final = 5_000
# As nbformat has them. Editors that give the address of a document instead may run many
# cells of one.
_CELL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

_log = logging.getLogger("opnb")


@dataclass(frozen=True, slots=True)
class CellRun:
    """One run of a cell of the notebook, by whatever means.

    Args:
        cell_id: Which cell, as the front-end calls it; None where it does not say.
        number: Which run of any cell; it grows.
    """

    cell_id: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class BookedCell:
    """A cell that made an op, with all that it takes to run it again.

    Args:
        options: What its first line says.
        body: The rest of it as it was written.
        source: Where the body stands.
        is_awaited: Whether running it gives a coroutine.
        made_in: The run of the notebook's cell that defined it.
    """

    options: CellOptions
    body: str
    source: CellSource
    is_awaited: bool
    made_in: CellRun


@dataclass(frozen=True, slots=True)
class LastRun:
    """What an op's last run in this kernel saw, as it was when the run had ended.

    Args:
        status: How it ended.
        code_version: Of the code that ran.
        sources: Where its inputs came from, as far as they are of this session.
        taken: The fingerprints of its inputs when it began.
        inputs: The values of its inputs that it did not bind anew itself.
        reads: What else of the notebook it read.
    """

    status: RunStatus
    code_version: str | None
    sources: Mapping[str, OutputSource]
    taken: Mapping[str, str | None]
    inputs: Mapping[str, SeenValue]
    reads: Mapping[str, SeenValue]


class CellBook:
    """The ops of one session in the order in which they were first defined.

    Attributes:
        cells: The cell of each op, by its name.
        runs: The last run of each op, by its name.
        cards: Where their cards stand.
        texts: The cells that were run, whatever they are, the last ones at the end.
        running: The run of a cell that is under way, or was the last.
    """

    def __init__(self) -> None:
        self.cells: dict[str, BookedCell] = {}
        self.runs: dict[str, LastRun] = {}
        self.cards = ShownCards()
        # Not IPython's history: programs that run notebooks keep none.
        self.texts: deque[str] = deque(maxlen=_TEXTS_KEPT)
        self.running = CellRun()

    def begin_cell(self, cell_id: str | None) -> None:
        """Note that a cell begins to run."""
        if not _CELL_ID.match(cell_id or ""):
            cell_id = None
        self.running = CellRun(cell_id, self.running.number + 1)

    def has_defined(self) -> bool:
        """Whether the running cell has defined an op."""
        return any(cell.made_in == self.running for cell in self.cells.values())

    def outdated(self) -> list[str]:
        """Return the ops that the running cell defined before, and now does not."""
        now = self.running
        return [
            name
            for name, cell in self.cells.items()
            if cell.made_in.cell_id == now.cell_id is not None
            and cell.made_in.number < now.number
        ]

    def forget(self, name: str) -> None:
        """Forget an op; where its card stands, it stays."""
        for known in (self.cells, self.runs):
            known.pop(name, None)
        self.cards.forget(name)

    def note_run(
        self, op: OpDefinition, summary: RunSummary, ns: Mapping[str, Any]
    ) -> None:
        """Remember what a run saw that has just ended."""
        self.runs.pop(op.name, None)
        try:
            self.runs[op.name] = _last_run(op, summary, ns)
        except Exception as fault:  # noqa: BLE001 - a run is never lost for it
            _log.warning("What %r read was not told: %r", op.name, fault)


def _last_run(op: OpDefinition, summary: RunSummary, ns: Mapping[str, Any]) -> LastRun:
    looked, stores = Fingerprints(), own_stores(op)
    inputs = {name: data.source for name, data in summary.inputs.items()}
    return LastRun(
        summary.status,
        op.code_version,
        {name: source for name, source in inputs.items() if source is not None},
        {name: data.fingerprint for name, data in summary.inputs.items()},
        _seen((name for name in op.ins if name not in stores), ns, looked),
        _seen(globals_read(op, ns), ns, looked),
    )


def _seen(
    names: Any, ns: Mapping[str, Any], looked: Fingerprints
) -> dict[str, SeenValue]:
    return {
        name: SeenValue.of(ns[name], looked.of(ns[name]))
        for name in names
        if name in ns
    }


_books: WeakKeyDictionary[Session, CellBook] = WeakKeyDictionary()


def book_of(session: Session) -> CellBook:
    """Return the book of a session; each has one."""
    book = _books.get(session)
    if book is None:
        book = _books[session] = CellBook()
    return book
