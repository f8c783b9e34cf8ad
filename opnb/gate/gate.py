"""The gate itself: notebooks are run, or read as they are, and judged."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from opnb.gate.baseline import Baseline
from opnb.gate.cells import (
    CodeCell,
    NotebookFileError,
    read_notebook_file,
)
from opnb.gate.execute import HowToRun, NotebookRun
from opnb.gate.kernel import verify_can_run
from opnb.gate.outcome import COUNTS, FailOn, NotebookVerdict, Stop
from opnb.gate.progress import InOrder, Progress
from opnb.gate.targets import write
from opnb.gate.verdict import judge_notebook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gate:
    """Runs and judges notebooks.

    Args:
        how: How they are run.
        fail_on: From which severity on a check that failed fails the gate.
        say: Takes what is told while they run.
        baseline: The failed checks that are accepted.
    """

    how: HowToRun = field(default_factory=HowToRun)
    fail_on: FailOn = "error"
    say: Callable[[str], object] = lambda _: None
    baseline: Baseline | None = None

    def run(
        self, paths: Sequence[str], targets: Sequence[Path | None], jobs: int = 1
    ) -> list[NotebookVerdict]:
        """Run notebooks, so many at once, and judge them.

        Args:
            paths: The notebooks.
            targets: Where each is written once it has run; None: nowhere.
            jobs: How many run at once.

        Raises:
            OpnbError: What runs notebooks is not installed.
            KeyboardInterrupt: It was interrupted; the kernels are gone.
        """
        verify_can_run()
        return _finish(self._run_all(paths, targets, jobs))

    def check(self, path: str) -> NotebookVerdict:
        """Judge a notebook that was run elsewhere."""
        try:
            notebook = read_notebook_file(Path(path))
        except NotebookFileError as error:
            return NotebookVerdict(path, stop=error.stop)
        return self.judge(path, notebook)

    def judge(
        self,
        path: str,
        notebook: Mapping[str, Any],
        names: Counter[str] | None = None,
    ) -> NotebookVerdict:
        """Judge a notebook, or a part of one; see `judge_notebook`."""
        verdict = judge_notebook(path, notebook, fail_on=self.fail_on, names=names)
        return verdict if self.baseline is None else self.baseline.apply(verdict)

    async def _run_all(
        self, paths: Sequence[str], targets: Sequence[Path | None], jobs: int
    ) -> list[NotebookVerdict]:
        _end_as_if_interrupted(asyncio.current_task())
        in_order = InOrder(len(paths), self.say)
        free = asyncio.Semaphore(jobs)

        async def run(place: int) -> NotebookVerdict:
            async with free:
                progress = Progress(lambda text: in_order.say(place, text))
                verdict = await self._run_one(paths[place], targets[place], progress)
                in_order.end(place)
                return verdict

        return list(await asyncio.gather(*map(run, range(len(paths)))))

    async def _run_one(
        self, path: str, target: Path | None, progress: Progress
    ) -> NotebookVerdict:
        began = time.monotonic()
        parameters = self.how.parameters
        try:
            source = read_notebook_file(Path(path))
        except NotebookFileError as error:
            progress.begin_notebook(path, [])
            progress.stop(error.stop)
            return NotebookVerdict(path, stop=error.stop)
        progress.begin_notebook(path, parameters.inject(source))
        notebook = _as_node(source)
        run = NotebookRun(notebook, self.how, _CellsWatcher(progress, self, path))
        _keep(notebook, await run.execute(_folder(path)))
        notebook = parameters.masker.tree(notebook)
        if target is not None:
            write(target, _text(notebook))
        verdict = self.judge(path, notebook)
        return replace(
            verdict,
            executed=None if target is None else target.as_posix(),
            seconds=time.monotonic() - began,
        )


@dataclass(frozen=True, slots=True)
class _CellsWatcher:
    """Judges cells as they come, and passes on how they went."""

    progress: Progress
    gate: Gate
    path: str
    names: Counter[str] = field(default_factory=Counter)

    def begin_cell(self, cell: CodeCell) -> None:
        self.progress.begin_cell(cell)

    def end_cell(self, cell: CodeCell) -> bool:
        alone = {"nbformat": 4, "cells": [cell.raw]}
        cases = self.gate.judge(self.path, alone, self.names).cases
        self.progress.end_cell(cases)
        # A failure that is accepted must not hide what comes after it.
        return bool(cases) and not any(case.outcome in COUNTS for case in cases)

    def stop_cell(self, stop: Stop) -> None:
        self.progress.stop_cell(stop)


def _folder(path: str) -> Path:
    return Path(path).resolve().parent


def _as_node(notebook: Mapping[str, Any]) -> Any:
    """Return a notebook as nbclient wants it: of nbformat's own kind."""
    import nbformat.v4  # noqa: PLC0415 - heavy

    return nbformat.v4.reads(json.dumps(notebook))  # type: ignore[no-untyped-call]


def _text(notebook: Any) -> str:
    """Return the text of a notebook's file."""
    import nbformat.v4  # noqa: PLC0415 - heavy

    return f"{nbformat.v4.writes(notebook)}\n"  # type: ignore[no-untyped-call]


def _keep(notebook: Any, stop: Stop | None) -> None:
    """Keep in a notebook why it did not run to its end, for who judges it later."""
    kept = notebook["metadata"].setdefault("opnb", {})
    kept.pop("stop", None)
    if stop is not None:
        kept["stop"] = stop.as_json()
    if not kept:
        del notebook["metadata"]["opnb"]


def _end_as_if_interrupted(task: asyncio.Task[Any] | None) -> None:
    """Let a scheduler's polite end of the process end the kernels, too."""
    assert task is not None  # noqa: S101 - it is the one that asks
    # Not the main thread, or no signals here.
    with suppress(NotImplementedError, RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where a loop runs already, as in a notebook.

    Raises:
        KeyboardInterrupt: It was canceled.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        try:
            return asyncio.run(work)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
