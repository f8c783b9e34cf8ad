"""Drivers: carry out a run's instructions, in a plain thread or in a running loop.

Each takes the runtime's generator and `append`, which keeps a list of entries at once;
they are kept before the runtime, and so the user's code, goes on.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from opnb.execution.instructions import Await, Instructions, Wait
from opnb.model.entry import EventLogEntry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def drive(
    instructions: Instructions, append: Callable[[list[EventLogEntry]], None]
) -> None:
    """Carry out a run in this thread; awaitables get a loop of their own."""
    reply: Any = None
    error: BaseException | None = None
    loop = _OwnLoop()
    try:
        while True:
            try:
                item = (
                    instructions.send(reply)
                    if error is None
                    else instructions.throw(error)
                )
            except StopIteration:
                return
            reply = error = None
            # Ctrl-C may strike here as well as in the user's code: the run must hear of
            # it either way, so that it is recorded as canceled.
            try:
                if type(item) is list:
                    append(item)
                elif type(item) is Wait:
                    time.sleep(item.seconds)
                elif type(item) is Await:
                    reply = loop.run(item.awaitable)
            except BaseException as raised:  # noqa: BLE001 - thrown into the run
                error = raised
    finally:
        loop.close()


async def drive_async(
    instructions: Instructions, append: Callable[[list[EventLogEntry]], None]
) -> None:
    """Carry out a run in the running loop, which goes on during waits and awaits."""
    reply: Any = None
    error: BaseException | None = None
    while True:
        try:
            item = (
                instructions.send(reply) if error is None else instructions.throw(error)
            )
        except StopIteration:
            return
        reply = error = None
        try:
            if type(item) is list:
                append(item)
            elif type(item) is Wait:
                await _sleep(item.seconds)
            elif type(item) is Await:
                reply = await item.awaitable
        except BaseException as raised:  # noqa: BLE001 - thrown into the run
            error = raised


# A kernel notices Ctrl-C only when its loop wakes up.
_LONGEST_SLEEP = 0.1


async def _sleep(seconds: float) -> None:
    """Let some seconds pass, in naps short enough to be interrupted."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:  # noqa: ASYNC110 - see above
        await asyncio.sleep(min(left, _LONGEST_SLEEP))


class _OwnLoop:
    """A loop for one run, made at its first await; in a thread if one runs here."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._thread: ThreadPoolExecutor | None = None
        # One for all awaits, so that what an async generator sets stays set.
        self._context = contextvars.copy_context()

    def close(self) -> None:
        """End it, if it was made."""
        if self._runner is None:
            return
        if self._thread is None:
            self._runner.close()
        else:
            self._thread.submit(self._runner.close).result()
            self._thread.shutdown()

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Return what the awaitable gives; Ctrl-C cancels it."""
        if self._runner is None:
            self._runner = asyncio.Runner()
            self._thread = ThreadPoolExecutor(1) if a_loop_runs() else None
        context = self._context
        if self._thread is None:
            return self._runner.run(_awaited(awaitable), context=context)
        task = _awaited(awaitable)
        future = self._thread.submit(self._runner.run, task, context=context)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._cancel_all()
            raise

    def _cancel_all(self) -> None:
        assert self._runner is not None  # noqa: S101 - `run` made it
        loop = self._runner.get_loop()

        def cancel() -> None:
            for task in asyncio.all_tasks(loop):
                task.cancel()

        loop.call_soon_threadsafe(cancel)


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def a_loop_runs() -> bool:
    """Whether a loop runs in this thread, as it does in a kernel."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
