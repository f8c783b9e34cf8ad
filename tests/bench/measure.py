"""Timing in turns, so that a slow moment of the machine hits all contenders alike."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Work:
    """What a contender does in its turn.

    Args:
        do: Does it.
        units: How many of what is counted it does; a figure is for one.
        times: How often it is done in a turn.
    """

    do: Callable[[], object]
    units: int = 1
    times: int = 1

    def seconds(self) -> float:
        """Return how long one unit takes."""
        started = time.perf_counter()
        for _ in range(self.times):
            self.do()
        return (time.perf_counter() - started) / (self.times * self.units)


def in_turns(
    contenders: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, list[float]]:
    """Return what each gave in its turns, one after another."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            taken[name].append(contender())
    return taken


def medians(contenders: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Return the median seconds of one unit of each, after a call to warm up."""
    for work in contenders.values():
        work.do()
    taken = in_turns({name: work.seconds for name, work in contenders.items()}, rounds)
    return {name: statistics.median(times) for name, times in taken.items()}


def means(contenders: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Return the mean seconds of one unit of each: what is rare counts, too."""
    taken = in_turns({name: work.seconds for name, work in contenders.items()}, rounds)
    return {name: statistics.fmean(times) for name, times in taken.items()}


def told_by(module: str, *arguments: object) -> Any:
    """Run a module of this folder in a fresh interpreter; return the JSON it prints."""
    command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)
