"""A kernel for one run of a notebook: started, listened to, and gone at the end."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from opnb.gate.outcome import Stop
from opnb.model.errors import OpnbError

if TYPE_CHECKING:
    from nbclient import NotebookClient

_DEFAULT: Final = "python3"

# nbclient speaks of what it raises as well.
_quiet = logging.getLogger("opnb.gate.nbclient")
_quiet.propagate = False
_quiet.addHandler(logging.NullHandler())


class Stopped(Exception):
    """A notebook does not go on.

    Args:
        stop: Why.
    """

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.message)
        self.stop = stop


def verify_can_run() -> None:
    """Look whether what runs notebooks is installed.

    Raises:
        OpnbError: It is not.
    """
    try:
        import nbclient  # noqa: F401, PLC0415 - at first use
    except ImportError as error:
        raise OpnbError(
            f"To run notebooks, opnb needs {error.name}, which is not installed.",
            hint='pip install "opnb[run]"',
        ) from error


class Kernel:
    """A kernel and nbclient's client of it.

    Args:
        notebook: As nbformat reads it; its outputs are filled in.
        name: The kernel; that of the notebook if not given.
        allow_errors: Whether cells after one that raised may be run.
    """

    def __init__(
        self, notebook: Any, name: str | None, *, allow_errors: bool = False
    ) -> None:
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415 - heavy
        from nbclient import NotebookClient  # noqa: PLC0415 - heavy

        spec = notebook.get("metadata", {}).get("kernelspec") or {}
        self.name = str(name or spec.get("name") or _DEFAULT)
        self._manager = AsyncKernelManager(kernel_name=self.name)
        self.client: NotebookClient = NotebookClient(
            notebook, km=self._manager, log=_quiet, allow_errors=allow_errors
        )
        # What the kernel itself writes: what is printed in cells comes as messages.
        self._written = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`

    async def start(
        self, folder: Path, environment: Mapping[str, str], seconds: float | None
    ) -> None:
        """Start it, and wait until it answers.

        Args:
            folder: Where it works.
            environment: What it has in its environment, beside this process's.
            seconds: How long that may take.

        Raises:
            Stopped: There is no such kernel, or it does not start.
            TimeoutError: It does not answer in time.
        """
        from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415 - heavy

        try:
            # What runs here is in no history of what a person typed.
            no_history = ["--HistoryManager.hist_file=:memory:"]
            await self._manager.start_kernel(
                cwd=str(folder),
                extra_arguments=no_history if self._manager.ipykernel else [],
                env={**os.environ, **environment},
                stdout=self._written,
                stderr=self._written,
            )
            self.client.kc = self._manager.client()
            self.client.kc.start_channels()
            self.client.kc.allow_stdin = False
            await self.client.kc.wait_for_ready(timeout=seconds)
        except NoSuchKernel as error:
            raise Stopped(_no_kernel(self.name)) from error
        except RuntimeError as error:
            if await self._manager.is_alive():
                raise TimeoutError from error
            raise Stopped(self._not_started()) from error

    async def interrupt(self) -> None:
        """Interrupt what it is at."""
        await self._manager.interrupt_kernel()

    async def assign(self, code: str) -> None:
        """Run code of which it keeps nothing."""
        assert self.client.kc is not None  # noqa: S101 - it has been started
        request = self.client.kc.execute(code, silent=True, store_history=False)
        await self.client.async_wait_for_reply(request)

    async def end(self, *, at_once: bool) -> None:
        """Let it end, or kill it."""
        if self.client.kc is not None:
            self.client.kc.stop_channels()
        if self._manager.has_kernel:
            is_alive = await self._manager.is_alive()
            await self._manager.shutdown_kernel(now=at_once or not is_alive)
        await self._manager.cleanup_resources()
        self._written.close()

    def last_words(self) -> str:
        """Return what it wrote last, as a sentence to add, if it did."""
        self._written.seek(0)
        lines = self._written.read().decode(errors="replace").splitlines()
        # Its own log, and a debugger's advice.
        told = [line for line in lines if line.strip() and line[0] not in "[0"]
        fatal = [line for line in told if line.startswith("Fatal")]
        words = (fatal or told)[-1:]
        return f" It wrote: {words[0].strip()}" if words else ""

    def _not_started(self) -> Stop:
        return Stop(
            "dead kernel",
            f"The kernel {self.name!r} did not start.{self.last_words()}",
            f"`jupyter console --kernel {self.name}` shows why.",
        )


def _no_kernel(name: str) -> Stop:
    return Stop(
        "no kernel",
        f"There is no kernel {name!r} here.",
        "--kernel python3 runs it with this Python; `jupyter kernelspec list` tells "
        "what there is.",
    )
