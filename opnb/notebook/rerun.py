"""`%op run`: the cells of ops, run again in their order, up to the first that fails.

A cell runs as if it were run by hand, below the line that asked for it: its prints and
its card come there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from opnb.execution.drive import a_loop_runs
from opnb.execution.running import running_contexts
from opnb.model.errors import CellError
from opnb.notebook.book import book_of
from opnb.notebook.cell import OpCell
from opnb.notebook.plan import UP_TO_DATE, PlannedOp, Planner

if TYPE_CHECKING:
    from opnb.notebook.magics import OpMagics


class Rerun:
    """Runs planned cells.

    Args:
        magics: Whose shell and session; told of the last cell that ran.
        planned: What runs, in this order.
        only_stale: Whether an op is left out that is up to date when its turn comes:
            what made it stale may have come out as it was.
    """

    def __init__(
        self,
        magics: OpMagics,
        planned: Sequence[PlannedOp],
        *,
        only_stale: bool = False,
    ) -> None:
        self._magics = magics
        self._shell = magics.shell
        self._session = magics.session
        self._planned = planned
        self._only_stale = only_stale

    def run(self) -> None:
        """Run them in this thread."""
        for cell, is_awaited in self._cells():
            if is_awaited and a_loop_runs():
                raise CellError(
                    f"The cell of {cell.options.name!r} awaits, and nothing here can.",
                    hint="Put `%op run` on a line of its own, not indented.",
                )
            returned = cell.run()
            if returned is not None:
                self._shell.loop_runner(returned)

    async def run_async(self) -> None:
        """Run them in the running loop."""
        for cell, is_awaited in self._cells():
            returned = cell.run(awaited=is_awaited)
            if returned is not None:
                await returned

    def _cells(self) -> Iterator[tuple[OpCell, bool]]:
        book, ran = book_of(self._session), False
        for place, op in enumerate(self._planned):
            if self._only_stale and self._is_up_to_date(op.name):
                continue
            if any(each.op_def.name == op.name for each in running_contexts()):
                raise CellError(
                    f"Op {op.name!r} is running: it cannot run within itself.",
                    hint="Put `%op run` into a cell that is no op.",
                )
            booked = book.cells[op.name]
            options = replace(booked.options, run=True)
            cell = OpCell(
                self._shell, self._session, options, booked.body, booked.source
            )
            left = ", ".join(each.name for each in self._planned[place + 1 :])
            cell.remark = f"Not run: {left}." if left else None
            cell.is_rerun, cell.made_in = True, booked.made_in
            self._magics.last_cell = cell
            yield cell, booked.is_awaited
            ran = True
        if not ran:
            why = "all is up to date" if book.cells else "there is no op yet"
            print(f"Nothing to run: {why}.")  # noqa: T201 - the answer

    def _is_up_to_date(self, name: str) -> bool:
        planner = Planner(self._session, self._shell.user_ns)
        return planner.state(name) == UP_TO_DATE and not planner.deleted(name)
