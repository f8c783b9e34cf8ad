"""Cells run in the test's own shell, and in real kernels."""

from __future__ import annotations

import gc
import os
import re
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from IPython.utils.capture import capture_output
from jupyter_client.manager import start_new_kernel

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module", autouse=True)
def _cheap_resets():
    """Let the collection that goes with each reset of the shell skip what is there."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(name="run")
def _run(shell):
    """Run a cell in the shell; return its value, error and what it showed."""

    def run(cell):
        with capture_output() as shown:
            result = shell.run_cell(cell, store_history=True)
        return SimpleNamespace(
            value=result.result,
            error=result.error_in_exec or result.error_before_exec,
            stdout=_COLOUR.sub("", shown.stdout),
            stderr=shown.stderr,
            cards=[o for o in shown.outputs if "opnb" in (o.metadata or {})],
            displays=[o for o in shown.outputs if "opnb" not in (o.metadata or {})],
        )

    return run


@pytest.fixture(name="ns")
def _ns(shell):
    """The notebook's names."""
    return shell.user_ns


@dataclass
class Reply:
    """What one cell did in a kernel: its outputs as pairs of kind and text.

    `bundles` are the outputs in all their kinds.
    """

    status: str = ""
    bundles: list[dict[str, str]] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    error: str = ""
    traceback: str = ""

    def take(self, kind, content):
        if kind == "stream":
            self._take_stream(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            text = content["data"].get("text/plain", "")
            if "opnb" in content["metadata"]:
                self.cards.append(text)
            else:
                self.outputs.append((kind, text))
                self.bundles.append(content["data"])
        elif kind == "error":
            self.error = f"{content['ename']}: {content['evalue']}"
            self.traceback = _COLOUR.sub("", "\n".join(content["traceback"]))
            self.outputs.append((kind, self.error))

    def _take_stream(self, name, text):
        if self.outputs and self.outputs[-1][0] == name:
            text = self.outputs.pop()[1] + text
        self.outputs.append((name, text))


class Kernel:
    """A real kernel."""

    def __init__(self, folder, log, *setup):
        env = {**os.environ, "OPNB_LOG": str(log)}
        self.folder = folder
        self.manager, self.client = start_new_kernel(
            kernel_name="python3", env=env, cwd=folder
        )
        for cell in setup:
            assert self.run(cell).status == "ok"

    def send(self, cell):
        return self.client.execute(cell, allow_stdin=False)

    def run(self, cell):
        return self.wait_for(self.send(cell))

    def wait_for(self, request, until=None):
        """Collect what a request brings, up to its end or to a certain text."""
        reply = Reply()
        while until is None or until not in str(reply.outputs):
            message = self.client.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if content.get("execution_state") == "idle":
                reply.status = self._answer(request)["status"]
                break
            reply.take(message["msg_type"], content)
        return reply

    def _answer(self, request):
        """Return what the kernel answers to a request.

        A slow start leaves answers to earlier questions of whether it is up.
        """
        while True:
            message = self.client.get_shell_msg(timeout=30)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def complete(self, code):
        return self._answer(self.client.complete(code))["matches"]

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module", name="start_kernel")
def _start_kernel(tmp_path_factory):
    """Start kernels, each in a folder of its own, that end with the module's tests."""
    kernels = []

    def start(log="memory:", *setup):
        kernels.append(Kernel(tmp_path_factory.mktemp("kernel"), log, *setup))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture(scope="module", name="kernel")
def _kernel(start_kernel):
    """A kernel with opnb loaded, shared by the tests of a module."""
    return start_kernel("memory:", "%load_ext opnb\nfrom opnb import *\nimport opnb")
