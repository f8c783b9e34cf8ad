"""Notebooks run once, though each worker of pytest-xdist collects all tests.

A worker claims a notebook by a file that only one of them can make, and leaves it there
executed for the others. One that has to wait for a notebook runs another meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import time
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil

from opnb.gate.cells import NotebookFileError, read_notebook_file
from opnb.gate.gate import Gate
from opnb.gate.outcome import NotebookVerdict

_LOOK_AGAIN: Final = 0.1


class SharedRuns:
    """Runs of notebooks, each in one of the workers.

    Args:
        gate: What runs them.
        folder: What the workers share; None where there is but this process.
    """

    def __init__(self, gate: Gate, folder: str | None) -> None:
        self._gate = gate
        # A worker on another machine has none of it, and runs all by itself.
        there = folder is not None and Path(folder).is_dir()
        self._folder = Path(folder) if folder and there else None
        self._verdicts: dict[Path, NotebookVerdict] = {}
        self._expected: list[Path] = []

    def expect(self, path: Path) -> None:
        """Note that a notebook will be asked for."""
        self._expected.append(path)

    def verdict(self, path: Path) -> NotebookVerdict:
        """Return the verdict on a notebook, which is run if no worker has yet."""
        if path not in self._verdicts:
            self._verdicts[path] = self._found(path)
        return self._verdicts[path]

    def _found(self, path: Path) -> NotebookVerdict:
        if self._folder is None or not _is_readable(path):
            return self._run(path, None)
        target = self._target(path)
        while not target.exists():
            if self._claim(target):
                return self._run(path, target)
            other = self._free()
            if other is None:
                time.sleep(_LOOK_AGAIN)
            else:
                self._verdicts[other] = self._run(other, self._target(other))
        return self._gate.judge(str(path), read_notebook_file(target))

    def _free(self) -> Path | None:
        """Return a notebook that is now this worker's to run, if there is one."""
        for path in self._expected:
            is_open = path not in self._verdicts and _is_readable(path)
            if is_open and self._claim(self._target(path)):
                return path
        return None

    def _target(self, path: Path) -> Path:
        assert self._folder is not None  # noqa: S101 - there are others
        return self._folder / f"{hashlib.sha256(bytes(path)).hexdigest()}.ipynb"

    def _claim(self, target: Path) -> bool:
        """Make a notebook this worker's; False if it is another one's."""
        if target.exists():
            return False
        claim = target.with_suffix(".claim")
        try:
            with claim.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            _give_back(claim)
            return False
        return True

    def _run(self, path: Path, target: Path | None) -> NotebookVerdict:
        part = target and target.with_suffix(".part")
        # What is noted of libraries that run notebooks is no matter of the tests.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (verdict,) = self._gate.run([str(path)], [part])
        if part is not None and target is not None:
            part.replace(target)
        return replace(verdict, executed=None)


def _is_readable(path: Path) -> bool:
    try:
        read_notebook_file(path)
    except NotebookFileError:
        return False
    return True


def _give_back(claim: Path) -> None:
    """Let a notebook be claimed anew if the worker that had it is gone."""
    with suppress(FileNotFoundError, ValueError):  # gone, or just being made
        if not psutil.pid_exists(int(claim.read_text())):
            claim.unlink()
