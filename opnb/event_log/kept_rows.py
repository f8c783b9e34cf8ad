"""The rows of one run that its card carries into the notebook file; of bounded size.

Rows are kept as they were encoded for the log, so that a card costs no encoding anew.
Where a run tells more than a notebook should hold, large values go first: tables,
images, the texts of errors. Then whole rows go, the oldest first: lines of the log and
observations before materializations, these before the lines that tell how steps and
checks went, and last of all failures and the run's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any, Final

from opnb.event_log.care.entry_line import encode_line, object_text, parse_object
from opnb.event_log.care.record import EntryRecord, RunRecord
from opnb.event_log.process import Process
from opnb.event_log.store.base import RUN_ENDS, run_partition
from opnb.model.entry import EventType
from opnb.model.serialize import EntryRow, readable

FORMAT: Final = 1
# In characters of the lines that rows become.
LARGEST: Final = 256_000
# While the run goes on, in bytes of the log's lines: to look at a row takes as long as
# to keep it, and most of a long run go unlooked at.
_MOST_HELD: Final = LARGEST * 4
_LARGE_VALUE: Final = 1_000
_LARGE_BODY: Final = LARGEST // 8
_LINE: Final = 240  # what a line takes beside its texts
_STACK_LINES: Final = 5
_TYPE, _SUCCESS, _METADATA, _BODY = 1, 9, 10, 11
# What goes first; steps and their ports are in the middle.
_RANKS: Final = {
    EventType.LOG_MESSAGE.value: 0,
    EventType.HOOK_COMPLETED.value: 0,
    EventType.HOOK_SKIPPED.value: 0,
    EventType.ASSET_OBSERVATION.value: 1,
    EventType.ASSET_MATERIALIZATION.value: 2,
    EventType.STEP_EXPECTATION_RESULT.value: 4,
    EventType.STEP_UP_FOR_RETRY.value: 5,
    EventType.STEP_FAILURE.value: 5,
    EventType.HOOK_ERRORED.value: 5,
    EventType.RUN_START.value: 6,
    EventType.RUN_SUCCESS.value: 6,
    EventType.RUN_FAILURE.value: 6,
    EventType.RUN_CANCELED.value: 6,
}
# A notebook is passed on: whose machine a run was on is not told.
_NOBODY: Final = astuple(Process("", 0, 0.0))
_STEPS: Final = 3
_CHECKS: Final = 4


class KeptRows:
    """Takes the rows of a run as the log keeps them.

    Attributes:
        number: How many rows came, kept or not.
        came: Their size.
        left_out: How many rows are not kept.
        values_left_out: How many values of metadata, and texts of errors, are not.
    """

    def __init__(self) -> None:
        self.number = 0
        self.came = 0
        self.left_out = 0
        self.values_left_out = 0
        self._rows: list[EntryRow] = []
        self._shrink_at = _MOST_HELD

    def add(self, rows: Sequence[EntryRow], size: int = 0) -> None:
        """Take the next rows; the caller sees to it that nobody else does meanwhile.

        Args:
            rows: As the log keeps them.
            size: How long they are together, roughly. Without it they are all held
                until they are asked for.
        """
        self._rows += rows
        self.number += len(rows)
        self.came += size
        if self.came > LARGEST:
            has_ended = rows[-1][_TYPE] in RUN_ENDS
            if has_ended or self.came > self._shrink_at:
                self._shrink()  # seldom: all of them are looked at

    def _shrink(self) -> None:
        """Leave out what is too much, large values before whole rows."""
        count = len(self._rows)  # a thread of the user's may add more meanwhile
        size = _size_up_to(LARGEST, self._rows)
        if size > LARGEST:
            kept, size = self._most_telling(self._rows[:count])
            self._rows[:count] = kept
            self.left_out += count - len(kept)
        self._shrink_at = self.came + _MOST_HELD - size

    def _most_telling(self, rows: Sequence[EntryRow]) -> tuple[list[EntryRow], int]:
        """Return as many rows as there is room for, in their order, and their size."""
        ranks = [_rank(row) for row in rows]
        kept: dict[int, EntryRow] = {}
        total = 0
        newest_first = range(len(rows) - 1, -1, -1)
        for place in sorted(newest_first, key=ranks.__getitem__, reverse=True):
            row, values_left_out = rows[place], 0
            size = _size(row)
            if size > _LARGE_VALUE:
                row, values_left_out = _thinned(row)
                size = _size(row)
            if total + size > LARGEST:
                break
            kept[place] = row
            total += size
            self.values_left_out += values_left_out
        return [kept[place] for place in sorted(kept)], total

    def as_facts(
        self, run_id: str, job_name: str, status: str, end_time: float | None
    ) -> dict[str, Any]:
        """Return what stands in the notebook file: lines, and how much is left out.

        They are texts, each the line of a `.jsonl` file: what writes notebooks sorts
        the names in objects, and JavaScript makes 1 of 1.0 and loses large numbers.
        """
        facts: dict[str, Any] = {
            "format": FORMAT,
            "events": self._lines(run_id, job_name, status, end_time),
        }
        if self.left_out:
            facts["left_out"] = self.left_out
        if self.values_left_out:
            facts["values_left_out"] = self.values_left_out
        return facts

    def _lines(
        self, run_id: str, job_name: str, status: str, end_time: float | None
    ) -> list[str]:
        self._shrink()
        rows = self._rows
        if not rows:
            return []
        run = RunRecord(
            readable(run_id),
            readable(job_name),
            status,
            rows[0][0],
            None if end_time is None else round(end_time * 1e6),
            run_partition(rows[0]),
            *_NOBODY,
        )
        return [
            encode_line(EntryRecord(0, run, row), with_run=row is rows[0]).decode()
            for row in rows
        ]


def _thinned(row: EntryRow) -> tuple[EntryRow, int]:
    """Return the row without what is large in it, and how many values that is."""
    metadata, body, lost = row[_METADATA], row[_BODY], 0
    if metadata and len(metadata) > _LARGE_VALUE:
        metadata, lost = _without_large_values(metadata)
    if body and len(body) > _LARGE_BODY:
        body, errors = _with_short_errors(body)
        lost += errors
    return (*row[:_METADATA], metadata, body), lost


def _without_large_values(metadata: str) -> tuple[str | None, int]:
    try:
        values = parse_object(metadata.encode())
        sizes = {label: len(json.dumps(value)) for label, value in values.items()}
    except (ValueError, RecursionError):  # more levels than Python goes down
        return None, 1
    small = {label: values[label] for label in sizes if sizes[label] <= _LARGE_VALUE}
    return object_text(small or None), len(values) - len(small)


def _with_short_errors(body: str) -> tuple[str | None, int]:
    fields = parse_object(body.encode())
    error = first = fields.get("error")
    while error is not None:
        message, stack, _, cause = error
        error[0] = _shortened(message)
        error[1] = [_shortened(line) for line in stack[-_STACK_LINES:]]
        error = cause
    return object_text(fields), int(first is not None)


def _size_up_to(most: int, rows: Iterable[EntryRow]) -> int:
    """Return the size of rows, or what is more than `most` already."""
    total = 0
    for row in rows:
        total += _size(row)
        if total > most:
            break
    return total


def _rank(row: EntryRow) -> int:
    rank = _RANKS.get(row[_TYPE], _STEPS)
    return rank + 1 if rank == _CHECKS and not row[_SUCCESS] else rank


def _size(row: EntryRow) -> int:
    _, _, _, _, _, message, asset_key, _, label, _, metadata, body = row
    texts = len(message or "") + len(asset_key or "") + len(label or "")
    return _LINE + texts + len(metadata or "") + len(body or "")


def _shortened(text: Any) -> Any:
    if isinstance(text, str) and len(text) > _LARGE_VALUE:
        return f"{text[:_LARGE_VALUE]}…"
    return text
