"""Whether all is well with a log: findings in words, each with the next move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from opnb.event_log.care.database import Database
from opnb.event_log.care.log_source import LogSource
from opnb.event_log.care.record import Advance, verify_record
from opnb.event_log.care.spool_state import SpoolState, spool_states
from opnb.event_log.reading.query import Query
from opnb.model.errors import LogUnavailableError

_COPY_HINT = "`opnb log export NEW.db` copies all that is whole into a log of its own."
_ENDS = "('RUN_SUCCESS', 'RUN_FAILURE', 'RUN_CANCELED')"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that one should know of a log.

    Args:
        message: What it is.
        hint: The next move.
        is_fault: Whether something is wrong; else all is well with it.
    """

    message: str
    hint: str
    is_fault: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    """A question whose answer is how many things are not as they must be.

    Args:
        count: Counts them.
        message: What they are, for `{}`.
        hint: The next move.
        since: From which version on logs can be asked.
    """

    count: str
    message: str
    hint: str
    since: int = 1


_RULES = (
    _Rule(
        "SELECT count(*) FROM entries LEFT JOIN runs ON runs.number = entries.run"
        " WHERE runs.number IS NULL",
        "Entries that belong to no run: {}; no reader shows them.",
        _COPY_HINT,
    ),
    _Rule(
        "SELECT count(*) FROM"
        " (SELECT number FROM runs EXCEPT SELECT run FROM entries) AS empty",
        "Runs without any entry: {}.",
        _COPY_HINT,
    ),
    _Rule(
        "SELECT count(DISTINCT run) FROM entries JOIN runs ON runs.number = entries.run"
        " WHERE entries.id < runs.first_entry OR entries.id > runs.last_entry",
        "Runs with entries outside of where they are looked for: {}; whoever reads one "
        "of them misses some.",
        _COPY_HINT,
        since=2,
    ),
    _Rule(
        "SELECT count(*) FROM (SELECT run, max(id) AS last FROM entries"  # noqa: S608 - ours
        f" WHERE event_type IN {_ENDS} GROUP BY run) AS ends"
        " JOIN entries ON entries.id = ends.last"
        " JOIN runs ON runs.number = ends.run"
        " WHERE entries.event_type <> 'RUN_' || runs.status",
        "Runs whose status is not what their last entry says: {}.",
        "Their entries are right: `log.entries(run_id)` tells how they ended.",
    ),
    _Rule(
        "SELECT count(*) FROM runs WHERE status <> 'STARTED' AND end_time IS NULL",
        "Runs that ended, nobody knows when: {}.",
        "Their entries are right: `log.entries(run_id)` tells when they ended.",
    ),
)


def check_log(database: Database, advance: Advance) -> Iterator[Finding]:
    """Look at all of a log; nothing is changed.

    Args:
        database: The log, opened to be read.
        advance: Is told how many entries more were looked at.
    """
    yield from _age(database)
    damages = list(database.damages())
    for damage in damages:
        yield Finding(
            f"The database is damaged: {damage.rstrip('.')}.",
            f"Keep a copy of it as it is. {_COPY_HINT}",
        )
    try:
        yield from _broken_rules(database)
        yield from _unreadable_entries(database, advance)
        yield from _spools(database)
    except LogUnavailableError as error:
        if not damages:
            yield Finding(error.message, error.hint or _COPY_HINT)


def _age(database: Database) -> Iterator[Finding]:
    if database.is_old:
        yield Finding(
            f"An older opnb wrote it: version {database.version} of the log.",
            "It is brought forward when it is next written to.",
            is_fault=False,
        )


def _broken_rules(database: Database) -> Iterator[Finding]:
    for rule in _RULES:
        if database.dialect == "sqlite" and database.version < rule.since:
            continue
        ((count,),) = database.select(rule.count)
        if count:
            yield Finding(rule.message.format(f"{count:,}"), rule.hint)


def _unreadable_entries(database: Database, advance: Advance) -> Iterator[Finding]:
    count, first = 0, ""
    for records in LogSource(database, Query()).chunks():
        for record in records:
            try:
                verify_record(record)
            except ValueError as error:
                count += 1
                first = first or f"the entry {record.id} of {record.row[1]}: {error}"
        advance(len(records))
    if count:
        yield Finding(
            f"Entries that cannot be read: {count:,}. The first is {first}.",
            "A newer opnb may have written them: pip install -U opnb.",
        )


def _spools(database: Database) -> Iterator[Finding]:
    for spool in spool_states(database):
        yield from _spool(spool)


def _spool(spool: SpoolState) -> Iterator[Finding]:
    if spool.process is None:
        yield Finding(
            f"{spool.name} cannot be read: {spool.error}.",
            "Move it away if no kernel writes it.",
        )
        return
    whose = (
        f"process {spool.process.pid} on {spool.process.host}, which "
        f"{'has ended' if spool.is_gone else 'may still run'}"
    )
    if spool.unreadable:
        yield Finding(
            f"{spool.name} of {whose}, has lines that are none: {spool.unreadable:,}.",
            "The power may have failed while they were written. All others come in.",
        )
    if not spool.is_of_this_log:
        yield Finding(
            f"{spool.name} of {whose}, is for another log that was here before: "
            f"{spool.waiting:,} entries.",
            "Put that log back to have them, or delete the file.",
        )
    elif spool.waiting:
        yield Finding(
            f"{spool.waiting:,} entries wait in {spool.name} of {whose}.",
            "The next reader brings them in, or `opnb log compact`.",
            is_fault=spool.is_gone,
        )
