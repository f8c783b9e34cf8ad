"""What can be told of a run while it goes on, read by a thread that looks on.

The run does not stop for it: whatever is read is read whole, in one step of Python's,
or may be a moment old.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from opnb.display import words
from opnb.display.live import BarView, LiveView
from opnb.execution.run import Run
from opnb.execution.track import Bar
from opnb.model.entry import (
    AssetObservationData,
    EventLogEntry,
    LogMessageData,
    StepMaterializationData,
    StepOutputData,
)
from opnb.session import Execution

_MOST_BARS: Final = 8
_MOST_WORDS: Final = 28
_WINDOW: Final = 10.0  # a rate is that of so many last seconds
_SOON: Final = 0.5  # before, a rate says little

_KINDS: Final = (
    (StepMaterializationData, "materialization"),
    (AssetObservationData, "observation"),
    (StepOutputData, "output"),
    (LogMessageData, "log line"),
)


class Pace:
    """How quick a loop is, by when its count was seen to change.

    Args:
        started: When it began.
    """

    def __init__(self, started: float) -> None:
        self._seen: deque[tuple[float, int]] = deque([(started, 0)])

    def see(self, now: float, done: int) -> None:
        """Note a count."""
        if done != self._seen[-1][1]:
            self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - _WINDOW:  # noqa: PLR2004 - two make a rate
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Items a second; None before there is one."""
        (first, before), (last, done) = self._seen[0], self._seen[-1]
        return (done - before) / (last - first) if last - first >= _SOON else None

    def left(self, now: float, total: int | None) -> float | None:
        """Return the seconds until all are done; None where that is unknown."""
        last, done = self._seen[-1]
        rate = self.rate
        if rate is None or total is None or done > total:
            return None
        return max((total - done) / rate - (now - last), 0.0)


class Sampler:
    """Looks at one run again and again.

    Args:
        execution: The run.
        clock: Tells the seconds.
    """

    def __init__(
        self, execution: Execution, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._execution = execution
        self._clock = clock
        self._started = clock()
        self._paces: dict[Bar, Pace] = {}

    def look(self) -> LiveView:
        """Return what can be told now."""
        run, now = self._execution.run, self._clock()
        bars = [*_steps_bar(run), *self._bars(run, now)]
        return LiveView(
            run.info.job_name,
            tuple(_doing(run)),
            tuple(self._told()),
            tuple(bars[:_MOST_BARS]),
            max(len(bars) - _MOST_BARS, 0),
            _line(self._execution.told.last_line),
            now - self._started,
        )

    def _told(self) -> Iterator[str]:
        told = self._execution.told
        if told.passed:
            yield f"✓ {words.count(told.passed, 'check')} passed"
        if told.failed:
            yield f"✗ {words.count(told.failed, 'check')} failed"
        if told.warned:
            yield f"! {words.count(told.warned, 'warning')}"
        for kind, noun in _KINDS:
            if told.counts.get(kind):
                yield words.count(told.counts[kind], noun)

    def _bars(self, run: Run, now: float) -> Iterator[BarView]:
        step = run.step
        context = None if step is None else step.context
        shown = [] if context is None else context.bars.shown
        self._paces = {bar: self._paces.get(bar) or Pace(bar.started) for bar in shown}
        within = 1 if _is_job(run) else 0
        for bar, pace in self._paces.items():
            done = bar.done
            pace.see(now, done)
            yield BarView(
                words.cut(bar.description, _MOST_WORDS),
                bar.depth + within,
                done,
                bar.total,
                pace.rate,
                pace.left(now, bar.total),
                bar.is_over,
            )


def _is_job(run: Run) -> bool:
    return run.info.job_def is not None


def _steps_bar(run: Run) -> Iterator[BarView]:
    if _is_job(run):
        ended = len(run.active.status)
        yield BarView("steps", 0, ended, _steps_known(run))


def _steps_known(run: Run) -> int | None:
    """Count the steps; None as long as a dynamic output may bring more."""
    known = 0
    for step in run.plan.steps.values():
        scope = step.scope
        if scope is None:
            known += 1
        elif scope.step.key in run.active.status:
            keys = run.active.mapping_keys.get((scope.step.key, scope.output_name), ())
            known += len(keys)
        else:
            return None
    return known


def _doing(run: Run) -> Iterator[str]:
    step = run.step
    if step is None:
        return
    if _is_job(run):
        yield f"at {step.step_key}"
    if step.wait is not None:
        yield f"waits to begin attempt {step.retry_number + 2:,}"
    elif step.retry_number:
        yield f"attempt {step.retry_number + 1:,}"


def _line(entry: EventLogEntry | None) -> str:
    if entry is None:
        return ""
    return f"{logging.getLevelName(entry.level)} {entry.message or ''}"
