"""Fills a log through opnb, in a process of its own, and tells what it costs.

    python -m bench.fill LOG RUNS EVENTS

The results of all runs are kept, as a notebook keeps its cards.
"""

from __future__ import annotations

import gc
import json
import sys
import time

import psutil
from bench.ops import tending

from opnb.session import Session


def main() -> None:
    """Fill the log; print seconds and bytes of memory for an event."""
    path, runs, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    process = psutil.Process()
    session = Session(path)
    op = tending(events)
    results = [session.execute_op(op)]  # what is imported and made once is there now
    gc.collect()
    before, started = process.memory_info().rss, time.perf_counter()
    results += [session.execute_op(op) for _ in range(runs - 1)]
    taken = time.perf_counter() - started
    gc.collect()
    held = process.memory_info().rss - before
    written = events * (runs - 1)
    assert all(result.success for result in results)
    assert not session.log.unsaved
    session.log.close()
    print(json.dumps({"seconds": taken / written, "bytes": held / written}))


if __name__ == "__main__":
    main()
