"""Reading a log with all that was appended to it, by whomever."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opnb.event_log.store.base import Batch, GivesTables, Store, gathered
from opnb.event_log.store.spool import SpoolReader, find_spools
from opnb.event_log.writing.writer import LogWriter, insert_all
from opnb.model.errors import InvalidMetadata, LogUnavailableError

if TYPE_CHECKING:
    import pyarrow as pa


class LogReader:
    """Reads a store; before each look it brings in what waits to be committed.

    That is what this process has appended, and what others have in their spools: those
    that live will find it done, those that were killed left it to whoever comes.

    Args:
        store: What is read.
        writer: What this process appends by.
    """

    def __init__(self, store: Store, writer: LogWriter) -> None:
        self._store = store
        self._writer = writer

    @property
    def dialect(self) -> str:
        """Whose SQL the store speaks: "sqlite" or "postgresql"."""
        return self._store.dialect

    @property
    def path(self) -> Path | None:
        """The file of the database; None where there is none."""
        return self._store.path

    @property
    def generation(self) -> int:
        """Grows when another database takes the place of this one."""
        return self._store.generation

    def follow_path(self) -> None:
        """Leave a database that was deleted or replaced."""
        self._store.follow()

    def select(
        self, query: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query, which has `?` for each parameter.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        self.bring_in()
        return self._store.select(query, parameters)

    def arrow(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Return the rows of a query as a table, from a store that gives such.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        self.bring_in()
        assert isinstance(self._store, GivesTables)  # noqa: S101 - the caller knows
        return self._store.arrow(query, parameters)

    def bring_in(self) -> None:
        """Commit what waits; what cannot be written now goes on waiting."""
        if self._writer.unsaved:
            self._writer.flush()
        if self._store.spools is None:
            return
        for path in find_spools(self._store.spools):
            if path.name != self._writer.spool_name:
                # Gone meanwhile, or not writable: there is the rest of the log to read.
                with suppress(OSError, ValueError, LogUnavailableError):
                    self._bring_in(SpoolReader(path))

    def _bring_in(self, spool: SpoolReader) -> None:
        if spool.log != self._store.identity:
            return
        name = spool.path.name
        was_gone = spool.process.is_gone()
        merged = self._store.merged(name)
        if spool.path.stat().st_size > merged:
            appends = gathered(spool.read(merged))
            batch = Batch(appends, spool.process, name)
            if appends and was_gone:
                insert_all(self._store, batch)
            elif appends:
                # Of an entry that is refused its writer has to tell, who lives.
                with suppress(InvalidMetadata):
                    self._store.insert(batch)
        if was_gone:
            self._store.interrupt(spool.process)
            spool.path.unlink(missing_ok=True)
