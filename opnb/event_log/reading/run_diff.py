"""How two runs of an op differ: code, tags, what went in and out, metadata, checks."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from opnb.event_log.reading.asset_diff import objects
from opnb.event_log.reading.frame import build_series
from opnb.event_log.reading.metadata_values import NUMBERS, as_float
from opnb.event_log.reading.run_facts import Facts, RunFacts, read_facts
from opnb.event_log.reading.runs_compared import runs_compared
from opnb.model.displayable import Displayable
from opnb.model.entry import ValueInfo
from opnb.model.metadata import MetadataValue
from opnb.model.serialize import readable

if TYPE_CHECKING:
    from opnb.event_log.log import EventLog
    from opnb.event_log.reading.query import Several

PARTS = tuple("run code tag config input output asset metadata check duration".split())


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two runs have, or one of them.

    Args:
        part: One of `PARTS`.
        name: Whose: the name of an input, an output, a check, the key of an asset.
        label: Which fact of it.
        before: As the first run has it: a text, a float, a `MetadataValue`, or the
            type and shape of a value; None where it has none.
        after: As the second has it.
    """

    part: str
    name: str
    label: str
    before: Any
    after: Any

    @property
    def is_change(self) -> bool:
        """Whether the two are not the same; how long a run took is no change."""
        return bool(self.before != self.after) and self.part != "duration"

    @property
    def change(self) -> float:
        """The second number less the first; NaN where they are no numbers."""
        return _number(self.after) - _number(self.before)

    @property
    def relative(self) -> float:
        """The change as a part of the first number."""
        before = _number(self.before)
        return self.change / abs(before) if before else math.nan


def _number(value: Any) -> float:
    if isinstance(value, MetadataValue):
        return as_float(value.value) if value.kind in NUMBERS else math.nan
    return value if isinstance(value, float) else math.nan


class RunDiff(Displayable):
    """Two runs of an op beside each other; shows what changed.

    Args:
        before: The facts of the first run.
        after: Those of the second.

    Attributes:
        op: The op.
        run_ids: The runs.
        shows_duration: Whether its display tells how long each took.
    """

    def __init__(self, op: str, before: RunFacts, after: RunFacts) -> None:
        self.op = op
        self.run_ids = (before.run_id, after.run_id)
        self.shows_duration = False
        self.sources = (before.source, after.source)
        self.differences = list(_differences(before.facts, after.facts))

    def __repr__(self) -> str:
        changed = sum(each.is_change for each in self.differences)
        return f"RunDiff({self.op!r}: {changed} changed)"

    @property
    def code(self) -> str:
        """The code of the two as a unified diff; empty where it is the same.

        Of runs that are not of a cell, or older than this, the log has no code.
        """
        if None in self.sources:
            return ""
        old, new = ((source or "").strip("\n").splitlines() for source in self.sources)
        lines = difflib.unified_diff(old, new, "before", "after", lineterm="")
        return "\n".join(lines)

    @property
    def frame(self) -> pd.DataFrame:
        """All that can be compared: one row a fact, in the order of `part`.

        The columns are `part` (`run`, `code`, `tag`, `config`, `input`, `output`,
        `asset`, `metadata`, `check` or `duration`), `name` and `label` of the fact,
        `before` and `after`, whether it `changed`, and of numbers the `change` and how
        much that is, `relative` to the one before.
        """
        rows = self.differences
        columns = {
            "part": build_series([row.part for row in rows], "string"),
            "name": build_series([readable(row.name) for row in rows], "string"),
            "label": build_series([readable(row.label) for row in rows], "string"),
            "before": objects([_plain(row.before) for row in rows]),
            "after": objects([_plain(row.after) for row in rows]),
            "changed": build_series([row.is_change for row in rows], "bool"),
            "change": build_series([row.change for row in rows], "float64"),
            "relative": build_series([row.relative for row in rows], "float64"),
        }
        return pd.DataFrame(columns)

    def _part(self, *names: str) -> pd.DataFrame:
        frame = self.frame
        return frame[frame["part"].isin(names)].reset_index(drop=True)

    @property
    def metadata(self) -> pd.DataFrame:
        """The metadata of assets, outputs and checks; columns as in `frame`."""
        return self._part("metadata")

    @property
    def checks(self) -> pd.DataFrame:
        """The expectations; columns as in `frame`."""
        return self._part("check")

    @property
    def outputs(self) -> pd.DataFrame:
        """Types and shapes of what came out; columns as in `frame`."""
        return self._part("output")

    @property
    def inputs(self) -> pd.DataFrame:
        """Types, shapes and sources of what went in; columns as in `frame`."""
        return self._part("input")


def _plain(value: Any) -> Any:
    if isinstance(value, ValueInfo):
        return f"{value.type_name} {value.shape}" if value.shape else value.type_name
    return value.value if isinstance(value, MetadataValue) else value


def _differences(before: Facts, after: Facts) -> Iterator[Difference]:
    keys = dict.fromkeys([*before, *after])
    for key in sorted(keys, key=lambda key: PARTS.index(key[0])):
        yield Difference(*key, before.get(key), after.get(key))


def read_run_diff(log: EventLog, op: str, run: Several | None = None) -> RunDiff:
    """Return how two runs of an op differ; see `EventLog.diff`."""
    reader = log._store  # noqa: SLF001 - it is one of the log's tables
    before, after = runs_compared(reader, op, run)
    return RunDiff(op, read_facts(log, before), read_facts(log, after))
