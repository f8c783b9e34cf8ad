"""What is appended goes into a spool at once, and into the database in groups.

A commit of its own for each event would cost several times what all else about it
costs. So a line in the spool makes an event outlive the process, and the database gets
what has gathered: ten milliseconds after the first of it, at the end of a step that was
not one of many short ones, and at the end of a run; a thread sees to the tail of a
burst. Readers bring in what is in spools before they look: see `LogReader`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import TypeAlias, TypeVar

from opnb.event_log.process import this_process
from opnb.event_log.store.base import RUN_ENDS, Append, Batch, Store
from opnb.event_log.store.spool import Spool, encode_record
from opnb.event_log.writing.flusher import FLUSHER
from opnb.model.entry import EventLogEntry, EventType
from opnb.model.errors import InvalidMetadata, LogError
from opnb.model.serialize import EntryRow, readable, readable_row, to_row

T = TypeVar("T")
# Is given rows as they were kept, in their order, and how long their line is, in bytes.
Witness: TypeAlias = Callable[[Sequence[EntryRow], int], object]

_GATHER_MICROSECONDS = 10_000
# Steps that end within this time of each other share a commit.
_GATHER_STEPS_MICROSECONDS = 5_000
_GATHER_ENTRIES = 5_000
_RETRY_SECONDS = 1.0
_RUN_START = EventType.RUN_START.value
_STEP_ENDS = frozenset(
    kind.value
    for kind in (
        EventType.STEP_SUCCESS,
        EventType.STEP_FAILURE,
        EventType.STEP_UP_FOR_RETRY,
    )
)


class LogWriter:
    """Keeps entries in a store, and what is not yet in it in a spool.

    Args:
        store: Where they go. Its durability is that of the spool as well.

    Attributes:
        fault: Why the store takes nothing at present; None if it does. What it would
            not take waits and is kept with what comes later.
        unsaved: How many entries of this process are not in the database yet.
    """

    def __init__(self, store: Store) -> None:
        self.fault: LogError | None = None
        self.unsaved = 0
        self._store = store
        self._generation = store.generation  # of the database that the spool is for
        self._lock = threading.RLock()
        self._appends: list[Append] = []
        # The last of them, until all are handed on: a store may remember what it got.
        self._growing: Append | None = None
        self._oldest = 0  # of what waits: its time in microseconds
        self._next_try = 0.0
        self._is_closed = False
        self._is_looked_after = False  # by the thread that commits the tail of a burst
        self._refused: InvalidMetadata | None = None
        self._is_busy = False  # while the lock is held
        self._waiting: deque[tuple[str, str, list[EntryRow], bytes]] = deque()
        self._spool = None
        if store.spools is not None:
            self._spool = Spool(store.spools, synced=store.durability == "full")
        FLUSHER.add(self)

    @property
    def spool_name(self) -> str | None:
        """The file that holds what waits; None where there is none."""
        return None if self._spool is None else self._spool.name

    @property
    def is_spooled(self) -> bool:
        """Whether all that waits would outlive the process."""
        return all(all(append.ends) for append in self._appends)

    def append(
        self, entries: Sequence[EventLogEntry], witness: Witness | None = None
    ) -> None:
        """Keep entries of one run; see `append_rows`.

        Args:
            entries: What to keep; one at least.
            witness: Is given the rows of what was kept, and the size of their line.

        Raises:
            InvalidMetadata: One is larger than an entry may be; the others are kept.
        """
        refused = None
        try:
            rows = [to_row(entry) for entry in entries]
        except InvalidMetadata:  # each is looked at by itself
            rows, refused = _each(to_row, entries)
        if rows:
            self.append_rows(entries[0].run_id, entries[0].job_name, rows, witness)
        if refused is not None:
            raise refused

    def append_rows(
        self,
        run_id: str,
        job_name: str,
        rows: list[EntryRow],
        witness: Witness | None = None,
    ) -> None:
        """Keep entries of a run as rows: when this returns they outlive the process.

        A store that takes none is no error: `fault` tells, and they wait.

        Args:
            run_id: Whose entries.
            job_name: The job of that run.
            rows: A tuple of `ENTRY_COLUMNS` for each; one at least.
            witness: Is given the rows of what was kept, and the size of their line.

        Raises:
            InvalidMetadata: One cannot be kept; the others are.
        """
        refused = None
        try:
            record = encode_record(run_id, job_name, rows)
        except TypeError:  # seldom: a lone surrogate, or a large number
            run_id, job_name = readable(run_id), readable(job_name)
            rows, refused = _each(_encodable, rows)
            record = encode_record(run_id, job_name, rows)
        if rows:
            with self._lock:
                if witness is not None:
                    witness(rows, len(record))
                self._waiting.append((run_id, job_name, rows, record))
                self._work()
        if self._refused is not None:
            refused, self._refused = self._refused, None
        if refused is not None:
            raise refused

    def append_event(
        self, run_id: str, job_name: str, row: EntryRow, witness: Witness
    ) -> None:
        """Keep an event of the user's as a row; see `append_rows`.

        An op may tell of many, and they end nothing: nearly all of them only go into
        the spool, behind what waits of their run.
        """
        try:
            record = encode_record(run_id, job_name, (row,))
        except TypeError:  # seldom: see `append_rows`
            is_kept = False
        else:
            with self._lock:
                is_kept = self._only_spooled(run_id, row, record)
                if is_kept:
                    witness((row,), len(record))
        if not is_kept:
            self.append_rows(run_id, job_name, [row], witness)

    def _only_spooled(self, run_id: str, row: EntryRow, record: bytes) -> bool:
        """Put an event into the spool, if that is all there is to do; whether it is."""
        append = self._growing
        if (
            append is None
            or append.run_id != run_id
            or self._is_busy
            or not self._is_looked_after
            or self.fault is not None
            or self._refused is not None
            or self.unsaved >= _GATHER_ENTRIES
            or row[0] - self._oldest >= _GATHER_MICROSECONDS
        ):
            return False
        self._is_busy = True
        try:
            end = self._spooled(record)
            if end is None:
                return False
            append.rows.append(row)
            append.ends.append(end)
            self.unsaved += 1
            if self._waiting:
                self._put_waiting()
        finally:
            self._is_busy = False
        return True

    def _work(self, *, commit: bool = False) -> None:
        """Put what was appended where it belongs, after a commit if that is asked for.

        Python's garbage collector may call code of the user's at any moment, in the
        midst of this, too, and that code may log: it waits for its turn.
        """
        if self._is_busy:
            return
        self._is_busy = True
        try:
            if commit:
                self._commit()
            self._put_waiting()
        finally:
            self._is_busy = False

    def _put_waiting(self) -> None:
        while self._waiting:
            self._put(*self._waiting.popleft())

    def _put(
        self, run_id: str, job_name: str, rows: list[EntryRow], record: bytes
    ) -> None:
        """Put what was appended into the spool or, with all that waits, the store."""
        count = len(rows)
        if not self.unsaved:
            self._oldest = rows[-1][0]
        self.unsaved += count
        # What is committed at once need not be in the spool before.
        end = None if self._must_commit(rows) else self._spooled(record)
        append = self._growing
        if append is None or append.run_id != run_id:
            append = self._grow(run_id, job_name)
        append.rows += rows
        append.ends += [end or 0] * count
        if end is None:
            self._commit()
            if self.unsaved:
                append.ends[-count:] = [self._spooled(record) or 0] * count
        elif not self._is_looked_after and not self._can_wait(rows):
            self._be_looked_after()

    def _grow(self, run_id: str, job_name: str) -> Append:
        """Return where entries of a run wait that come one after the other."""
        self._growing = Append(run_id, job_name, [], [])
        self._appends.append(self._growing)
        return self._growing

    def _can_wait(self, rows: Sequence[EntryRow]) -> bool:
        """Whether these need nobody to commit them if nothing more should come.

        The start of a run is followed by its end, and until then all who can read the
        file can read the spool beside it. To wake a thread for it would cost a cell
        that tells nothing else more than all that is done here.
        """
        return rows[0][1] == _RUN_START and self._store.path is not None

    def _be_looked_after(self) -> None:
        self._is_looked_after = True  # while something waits
        if self._spool is not None:
            FLUSHER.wake()

    def _spooled(self, record: bytes) -> int | None:
        """Put a line into the spool, and return where it ends there.

        0 where there is no spool; None where it takes nothing.
        """
        if self._spool is None:
            return 0
        try:
            return self._spool.write(record, self._store.identity)
        except OSError:
            return None

    def _must_commit(self, rows: Sequence[EntryRow]) -> bool:
        if self._is_closed:
            return True
        if self.fault is not None:
            return self._may_try()
        last = rows[-1]
        if last[1] in RUN_ENDS or self.unsaved >= _GATHER_ENTRIES:
            return True
        age = last[0] - self._oldest
        if age < _GATHER_STEPS_MICROSECONDS:
            return False
        return age >= _GATHER_MICROSECONDS or not _STEP_ENDS.isdisjoint(
            [row[1] for row in rows]
        )

    def flush_if_old(self) -> bool:
        """Commit what has waited long enough; whether something still waits for it."""
        if self._is_looked_after and self._lock.acquire(blocking=False):
            try:
                age = time.time() * 1e6 - self._oldest
                if not 0 <= age < _GATHER_MICROSECONDS and self._may_try():
                    self._work(commit=True)
            finally:
                self._lock.release()
        return self._is_looked_after

    def _may_try(self) -> bool:
        return self.fault is None or time.monotonic() >= self._next_try

    def flush(self) -> None:
        """Commit what waits; `unsaved` tells what is left, and `fault` why.

        Raises:
            InvalidMetadata: The database refuses an entry for its size; the others are
                kept.
        """
        with self._lock:
            self._work(commit=True)
            refused, self._refused = self._refused, None
            if refused is not None:
                raise refused

    def _commit(self) -> None:
        """Hand on what waits; what is refused is told by whoever was called."""
        self._growing = None
        try:
            appends = [append for append in self._appends if append.rows]
            if appends:
                batch = Batch(appends, this_process(), self.spool_name)
                self._refused = insert_all(self._store, batch) or self._refused
        except LogError as fault:
            self._hold_back(fault)
            return
        if self.fault is not None:
            self.fault = None
            self._store.be_patient(patient=True)
        self._appends, self.unsaved = [], 0
        self._is_looked_after = False
        spool = self._spool
        is_of_another = self._store.generation != self._generation
        if spool and (spool.is_large or is_of_another):
            spool.remove()
        self._generation = self._store.generation

    def _hold_back(self, fault: LogError) -> None:
        self.fault = fault
        self._next_try = time.monotonic() + _RETRY_SECONDS
        self._be_looked_after()  # it is tried again, also when nothing more comes
        # Each further entry would wait for the same lock again.
        self._store.be_patient(patient=False)

    def close(self) -> None:
        """Commit what waits, and let go of spool and store."""
        with self._lock:
            self.flush()
            if self._spool is not None and not self.unsaved:
                self._spool.remove()
            self._store.close()
            self._is_closed = True
        FLUSHER.discard(self)

    def leave_before_fork(self) -> None:
        """Hold still while the process forks."""
        self._lock.acquire()
        self._store.leave_before_fork()

    def return_after_fork(self, *, in_child: bool) -> None:
        """Go on; what waits is the parent's, and so is the spool."""
        if in_child and self._spool is not None:
            self._appends, self._growing, self.unsaved = [], None, 0
            self._is_looked_after = False
            self._spool.close()
        self._store.return_after_fork()
        self._lock.release()


def _each(
    row_of: Callable[[T], EntryRow], given: Iterable[T]
) -> tuple[list[EntryRow], InvalidMetadata | None]:
    """Return the rows of those that can be kept, and why another one cannot."""
    rows: list[EntryRow] = []
    refused = None
    for each in given:
        try:
            rows.append(row_of(each))
        except InvalidMetadata as error:
            refused = error
    return rows, refused


def _encodable(row: EntryRow) -> EntryRow:
    """Return the row as any database takes it."""
    with suppress(TypeError):
        encode_record("", "", [row])
        return row
    plain = tuple(readable_row(row))  # it may hold a lone surrogate
    try:
        encode_record("", "", [plain])
    except TypeError as error:
        raise InvalidMetadata(
            f"An entry of type {plain[1]} cannot be kept: {error}.",
            hint="A level of a log line is a small number: logging.CRITICAL is 50.",
        ) from None
    return plain


def insert_all(store: Store, batch: Batch) -> InvalidMetadata | None:
    """Keep a batch; return why an entry of it was refused, if one was.

    Raises:
        LogUnavailableError: The store takes nothing now.
    """
    try:
        store.insert(batch)
    except InvalidMetadata:
        return _insert_singly(store, batch)
    return None


def _insert_singly(store: Store, batch: Batch) -> InvalidMetadata | None:
    """Keep each entry by itself; return why one was refused.

    What was tried is taken out of the batch, which may come again when the store has
    failed half-way. A spool counts as taken in when all have been tried: one that is
    refused cannot tell of its line.
    """
    spool, refused = batch.spool, None
    last = max(chain.from_iterable(append.ends for append in batch.appends))
    taken = store.merged(spool) if spool is not None and last else 0
    for append in batch.appends:
        while append.rows:
            row, end = append.rows[0], append.ends[0]
            single = Append.of_line(append.run_id, append.job_name, [row])
            try:
                if not 0 < end <= taken:
                    store.insert(Batch([single], batch.process))
            except InvalidMetadata as error:
                refused = error
            del append.rows[0], append.ends[0]
    if spool is not None and last:
        store.take_in(spool, last)
    return refused
