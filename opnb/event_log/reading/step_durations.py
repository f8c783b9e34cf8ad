"""How long the steps took that told of an asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opnb.event_log.reading.query import Query
from opnb.model.strict_json import decode_json

if TYPE_CHECKING:
    from opnb.event_log.reading.reader import LogReader

# The number of a run, and the key of a step in it.
Step = tuple[int, str | None]

_NEAR = 16  # entries
_ENDS = """\
SELECT later.id FROM entries AS later WHERE later.id > told.last
  AND later.id <= coalesce(of_run.last_entry, 9223372036854775807)
  AND later.run = told.run AND later.step_key = told.step_key
  AND later.event_type IN ('STEP_SUCCESS', 'STEP_FAILURE')"""
# An op on its own ends shortly before its run does, a step of a job shortly after what
# it told; all entries between are looked through only where it is neither.
_STATEMENT = f"""\
SELECT told.run, told.step_key, ended.body FROM (
  SELECT entries.run AS run, entries.step_key AS step_key, max(entries.id) AS last
  FROM {{chosen}} GROUP BY entries.run, entries.step_key
) AS told
JOIN runs AS of_run ON of_run.number = told.run
JOIN entries AS ended ON ended.id = coalesce(
  ({_ENDS} AND later.id > of_run.last_entry - {_NEAR} ORDER BY later.id DESC LIMIT 1),
  ({_ENDS} ORDER BY later.id LIMIT 1)
)
WHERE ended.event_type = 'STEP_SUCCESS'"""  # noqa: S608 - ours


def read_durations(
    reader: LogReader, query: Query, limit: int | None
) -> dict[Step, float]:
    """Return the seconds that the steps took which made the events of a query.

    Of a step that has not ended well there is none; of one that was tried again it is
    the last attempt that counts.
    """
    chosen = query.tables + query.clause
    if limit is not None:
        ids = (
            f"SELECT entries.id FROM {chosen} ORDER BY entries.id DESC LIMIT {limit:d}"  # noqa: S608 - values are bound
        )
        chosen = f"entries WHERE entries.id IN ({ids})"
    rows = reader.select(_STATEMENT.format(chosen=chosen), query.parameters)
    return {
        (run, step_key): decode_json(body)["duration_ms"] / 1000
        for run, step_key, body in rows
    }
