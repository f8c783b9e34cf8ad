"""How the last evaluations of the checks of some ops came out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opnb.event_log.reading.query import Query

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

MOST_RESULTS = 20
MOST_CHECKS = 30
_AT_ONCE = 100  # SQLite takes 500 parts of one statement

_IS_CHECK = "entries.event_type = 'STEP_EXPECTATION_RESULT'"
# From one label to the next by the index, however often each was evaluated.
_LABELS = f"""\
WITH RECURSIVE labels (label) AS (
  SELECT min(entries.label) FROM entries WHERE {_IS_CHECK} AND entries.op = ?
  UNION ALL
  SELECT (SELECT min(entries.label) FROM entries WHERE {_IS_CHECK}
    AND entries.op = ? AND entries.label > labels.label)
  FROM labels WHERE labels.label IS NOT NULL
)
SELECT label FROM labels WHERE label IS NOT NULL LIMIT {MOST_CHECKS + 1}"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class CheckStrip:
    """The last evaluations of one check.

    Args:
        op: Whose expectation it is.
        label: Its label.
        results: Whether each was met, oldest first; one at the least.
    """

    op: str
    label: str
    results: Sequence[bool]

    @property
    def success(self) -> bool:
        """Whether the last one was met."""
        return self.results[-1]

    @property
    def passed(self) -> int:
        """How many were met."""
        return sum(self.results)


def read_check_strips(
    reader: LogReader, query: Query, ops: Iterable[str]
) -> tuple[list[CheckStrip], bool]:
    """Return the checks of ops, those that failed last first, and whether that is all.

    Args:
        reader: Reads the log.
        query: Which evaluations count.
        ops: Whose checks.
    """
    names = [(op, label) for op in ops for (label,) in reader.select(_LABELS, (op, op))]
    is_all = len(names) <= MOST_CHECKS
    strips = read_strips(reader, query, names[:MOST_CHECKS])
    return sorted(strips, key=lambda it: (it.success, it.op, it.label)), is_all


def read_strips(
    reader: LogReader, query: Query, names: Sequence[tuple[str, str]]
) -> list[CheckStrip]:
    """Return the last evaluations of checks, each named by its op and its label."""
    return [
        strip
        for start in range(0, len(names), _AT_ONCE)
        for strip in _read(reader, query, names[start : start + _AT_ONCE])
    ]


def _read(
    reader: LogReader, query: Query, names: Sequence[tuple[str, str]]
) -> list[CheckStrip]:
    parts, parameters = [], []
    for place, (op, label) in enumerate(names):
        for success in (0, 1):
            # Each is read from the end of its stretch of the index.
            of_check = query.and_where(
                f"{_IS_CHECK} AND entries.op = ? AND entries.label = ?"
                f" AND entries.success = {success}",
                op,
                label,
            )
            parts.append(
                f"SELECT * FROM (SELECT {place} AS place, entries.id AS id,"  # noqa: S608 - values are bound
                f" entries.success AS success FROM {of_check.tables}{of_check.clause}"
                f" ORDER BY entries.id DESC LIMIT {MOST_RESULTS}) AS part"
            )
            parameters += of_check.parameters
    found: dict[int, list[tuple[int, bool]]] = {}
    for place, entry_id, success in reader.select(
        " UNION ALL ".join(parts), parameters
    ):
        found.setdefault(place, []).append((entry_id, bool(success)))
    return [
        CheckStrip(*names[place], [ok for _, ok in sorted(results)[-MOST_RESULTS:]])
        for place, results in found.items()
    ]
