"""A notebook file as a record: the entries that the cards in it carry.

A card's output has them in its metadata, which front-ends keep, nbval does not compare
and nobody sees: `metadata["opnb"]["events"]`, a list of lines as in a `.jsonl` file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opnb.event_log.care.entry_line import LineDecoder
from opnb.event_log.care.record import EntryRecord, entry_of_record
from opnb.event_log.kept_rows import FORMAT
from opnb.model.checks import shorten
from opnb.model.entry import EventLogEntry
from opnb.model.errors import ForeignLogError, NewerLogError

_OLDEST_FORMAT = 4
_LONGEST_REASON = 200
_RUN_AGAIN = "Run the cell again, or clear its output."


@dataclass(frozen=True, slots=True)
class CardRecord:
    """What one card in a notebook file holds.

    Args:
        cell: The index of its cell among all of the notebook's.
        entries: The entries of its run; none if an opnb wrote it that kept none there.
        left_out: How many entries more the run had than a card holds.
        facts: What else the card's output says: `run_id`, `op`, `status`, ...
        values_left_out: How many values the entries had that were too large.
        records: The same entries as rows, each with its run.
    """

    cell: int
    entries: tuple[EventLogEntry, ...]
    left_out: int
    facts: Mapping[str, Any]
    values_left_out: int = 0
    records: tuple[EntryRecord, ...] = ()

    @property
    def run_id(self) -> str:
        """The run that the card tells of."""
        if self.records:
            return self.records[0].run.run_id
        return str(self.facts.get("run_id", ""))


def read_cards(notebook: Mapping[str, Any]) -> list[CardRecord]:
    """Return the cards of a notebook in their order; a run may have several of them.

    Args:
        notebook: What the file holds, as `json.load` or `nbformat.read` gives it.

    Raises:
        ForeignLogError: It is no notebook, or what a card holds is no entry.
        NewerLogError: A newer opnb made a card.
    """
    return [
        _card(number, facts)
        for number, cell in enumerate(_cells(notebook))
        for facts in _facts_in(cell)
    ]


def _cells(notebook: Mapping[str, Any]) -> list[Any]:
    if not isinstance(notebook, Mapping) or "nbformat" not in notebook:
        raise ForeignLogError(
            f"This is no notebook: {shorten(notebook)}.",
            hint="An .ipynb file holds an object with 'nbformat' and 'cells'.",
        )
    age = notebook["nbformat"]
    if isinstance(age, int) and age < _OLDEST_FORMAT:
        raise ForeignLogError(
            f"The notebook is of nbformat {age}; cards stand in those of 4.",
            hint="Brought forward by `jupyter nbconvert --to notebook --nbformat 4`.",
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise ForeignLogError(
            f"The notebook's 'cells' are {shorten(cells)}, and no list.",
            hint="Open it in Jupyter and save it again.",
        )
    return cells


def _facts_in(cell: Any) -> Iterator[Any]:
    outputs = cell.get("outputs") if isinstance(cell, Mapping) else None
    for output in outputs if isinstance(outputs, list) else ():
        metadata = output.get("metadata") if isinstance(output, Mapping) else None
        if isinstance(metadata, Mapping) and "opnb" in metadata:
            yield metadata["opnb"]


def _card(cell: int, facts: Any) -> CardRecord:
    if not isinstance(facts, Mapping):
        raise _foreign(cell, f"what it holds is {shorten(facts)}, and no object")
    others = dict(facts)
    age = others.pop("format", FORMAT)
    if isinstance(age, int) and age > FORMAT:
        raise NewerLogError(
            f"A newer opnb made the card in cell {cell}: format {age} (this one reads "
            f"up to {FORMAT}).",
            hint="pip install -U opnb",
        )
    lines = others.pop("events", [])
    records = tuple(_records(cell, lines))
    return CardRecord(
        cell,
        tuple(_entry(cell, place, each) for place, each in enumerate(records, 1)),
        _count(cell, others, "left_out"),
        others,
        _count(cell, others, "values_left_out"),
        records,
    )


def _records(cell: int, lines: Any) -> Iterator[EntryRecord]:
    if not isinstance(lines, list):
        raise _foreign(cell, f"its 'events' are {shorten(lines)}, and no list")
    decoder, run = LineDecoder(), None
    for place, line in enumerate(lines, 1):
        try:
            record = decoder.decode(_text(line))
        except (ValueError, TypeError, OverflowError) as error:
            raise _foreign(cell, f"event {place} is no entry: {error}") from error
        run = run or record.run
        if record.run != run:
            raise _foreign(cell, f"event {place} is of another run than the first")
        yield record


def _text(line: Any) -> bytes:
    if not isinstance(line, str):
        raise TypeError(f"{shorten(line)} is no text")
    return line.encode()


def _entry(cell: int, place: int, record: EntryRecord) -> EventLogEntry:
    try:
        return entry_of_record(record)
    except ValueError as error:
        raise _foreign(cell, f"event {place} is no entry: {error}") from error


def _count(cell: int, facts: dict[str, Any], name: str) -> int:
    count = facts.pop(name, 0)
    if type(count) is not int or count < 0:
        raise _foreign(cell, f"its {name!r} is {shorten(count)}, and no count")
    return count


def _foreign(cell: int, why: str) -> ForeignLogError:
    if len(why) > _LONGEST_REASON:
        why = f"{why[:_LONGEST_REASON]}…"
    return ForeignLogError(
        f"The card in cell {cell} cannot be read: {why}.", hint=_RUN_AGAIN
    )
