"""Timing: medians of interleaved rounds, so that a slow moment hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians(
    contenders: dict[str, Callable[[], object]], rounds: int
) -> dict[str, float]:
    """Return the median seconds of each, measured in turns after one call of each."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for work in contenders.values():
        work()
    for _ in range(rounds):
        for name, work in contenders.items():
            taken[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in taken.items()}


def print_table(title: str, figures: dict[str, float]) -> None:
    """Print milliseconds, and how often opnb's time goes into each."""
    print(f"\n{title}")
    own = figures.get("opnb")
    for name, taken in figures.items():
        ratio = f"{taken / own:10.2f} × opnb" if own else ""
        print(f"  {name:40} {taken * 1e3:12.3f} ms {ratio}")
