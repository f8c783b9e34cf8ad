"""Runs one notebook in a kernel of its own, with nobody to ask.

As in JupyterLab the kernel works in the notebook's folder, and the run ends at the
first cell that raises, unless what it raises does not count here. When its time is over
the kernel is interrupted, so that an op under way is recorded as canceled, and a moment
later it is killed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from opnb.gate.cells import CodeCell, code_cells
from opnb.gate.kernel import Kernel, Stopped
from opnb.gate.outcome import Stop
from opnb.gate.parameters import INJECTED, Parameters, assignments

_GRACE: Final = 5.0  # seconds between the interrupt and the kill
_START: Final = 60.0  # seconds that a kernel may take to start


class Watcher(Protocol):
    """Is told how a run goes."""

    def begin_cell(self, cell: CodeCell) -> None:
        """Note that a cell is run now."""

    def end_cell(self, cell: CodeCell) -> bool:
        """Note that it has ended; return whether the run goes on if it raised."""

    def stop_cell(self, stop: Stop) -> None:
        """Note why the run stopped in it."""


@dataclass(frozen=True, slots=True)
class HowToRun:
    """How notebooks are run.

    Args:
        parameters: What goes into them.
        timeout: The seconds that each may take, from the start of its kernel on.
        kernel: The kernel; that of the notebook if not given.
        keep_going: Whether cells after one that raised are run, too.
        environment: What the kernels have in theirs, beside this process's.
    """

    parameters: Parameters = field(default_factory=Parameters)
    timeout: float | None = None
    kernel: str | None = None
    keep_going: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


class NotebookRun:
    """Runs the cells of a notebook, in place.

    Args:
        notebook: As nbformat reads it; its outputs are replaced.
        how: How it is run.
        watcher: Is told how it goes.
    """

    def __init__(self, notebook: Any, how: HowToRun, watcher: Watcher) -> None:
        self._notebook = notebook
        self._how = how
        self._watcher = watcher
        self._ends = None if how.timeout is None else time.monotonic() + how.timeout

    async def execute(self, folder: Path) -> Stop | None:
        """Run it, with the kernel in a folder.

        Returns:
            Why it did not run to its end, if it is not a cell that raised.
        """
        for cell in self._notebook["cells"]:
            if cell.get("cell_type") == "code":
                cell["outputs"], cell["execution_count"] = [], None
        kernel = Kernel(
            self._notebook, self._how.kernel, allow_errors=self._how.keep_going
        )
        went_well = False
        try:
            await self._start(kernel, folder)
            await self._run_cells(kernel)
            went_well = True
        except Stopped as stopped:
            return stopped.stop
        finally:
            # What cancels the run must not keep a kernel alive.
            await asyncio.shield(kernel.end(at_once=not went_well))
        return None

    async def _start(self, kernel: Kernel, folder: Path) -> None:
        try:
            await kernel.start(folder, self._how.environment, self._within(_START))
        except TimeoutError as error:
            if self._ends is None or time.monotonic() < self._ends:
                raise Stopped(_too_slow(kernel.name)) from error
            raise Stopped(self._time_is_over(None)) from error

    async def _run_cells(self, kernel: Kernel) -> None:
        for cell in list(code_cells(self._notebook)):
            self._watcher.begin_cell(cell)
            try:
                went_well = await self._run_cell(kernel, cell)
            except Stopped as stopped:
                self._watcher.stop_cell(stopped.stop)
                raise
            goes_on = self._watcher.end_cell(cell)
            if not went_well and not goes_on:
                break
        kernel.client.set_widgets_metadata()

    async def _run_cell(self, kernel: Kernel, cell: CodeCell) -> bool:
        """Run a cell; return whether it raised nothing that would end the run."""
        from nbclient.exceptions import (  # noqa: PLC0415 - heavy
            CellExecutionError,
            DeadKernelError,
        )

        node = self._notebook["cells"][cell.index]
        try:
            work = kernel.client.async_execute_cell(node, cell.index)
            await self._in_time(work, kernel, cell)
            if INJECTED in node.metadata.get("tags", ()):
                await self._assign_secrets(kernel)
        except CellExecutionError:
            return False
        except DeadKernelError as error:
            raise Stopped(_died(cell, kernel.last_words())) from error
        return True

    async def _in_time(
        self, work: Awaitable[object], kernel: Kernel, cell: CodeCell
    ) -> None:
        """Wait for a cell; when the time is over, interrupt it."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=self._within(None))
            if task.done():
                await task
                return
            await kernel.interrupt()
            await asyncio.wait({task}, timeout=_GRACE)
            raise Stopped(self._time_is_over(cell))
        finally:
            task.cancel()
            with suppress(BaseException):
                await task

    async def _assign_secrets(self, kernel: Kernel) -> None:
        secrets = self._how.parameters.secrets
        if secrets:
            await kernel.assign(assignments(secrets))

    def _within(self, most: float | None) -> float | None:
        """Return the seconds that are left, but no more than these."""
        if self._ends is None:
            return most
        left = max(0.0, self._ends - time.monotonic())
        return left if most is None else min(left, most)

    def _time_is_over(self, cell: CodeCell | None) -> Stop:
        where = "before its first cell" if cell is None else f"in cell {cell.number}"
        op = f", op {cell.op!r}" if cell and cell.op else ""
        return Stop(
            "time-out",
            f"Its {self._how.timeout:g} seconds were over {where}{op}.",
            "--timeout SECONDS gives each notebook more.",
            None if cell is None else cell.index,
        )


def _died(cell: CodeCell, last_words: str) -> Stop:
    op = f", op {cell.op!r}" if cell.op else ""
    return Stop(
        "dead kernel",
        f"The kernel died in cell {cell.number}{op}.{last_words}",
        "Was there memory enough? What was recorded is in the log: `%op runs`.",
        cell.index,
    )


def _too_slow(name: str) -> Stop:
    return Stop(
        "dead kernel",
        f"The kernel {name!r} did not answer within {_START:g} seconds.",
        f"`jupyter console --kernel {name}` shows how it starts.",
    )
