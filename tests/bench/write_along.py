"""Writes to a log along with other processes.

    python -m bench.write_along LOG RUNS EVENTS

It says that it is ready, waits for a line, writes, and tells when it began and ended.
"""

from __future__ import annotations

import json
import sys
import time

from bench.ops import observing

from opnb.session import Session


def main() -> None:
    """Write runs of so many events, and print what happened."""
    path, runs, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    session, op = Session(path), observing(events)
    session.execute_op(observing(1))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    results = [session.execute_op(op) for _ in range(runs)]
    ended = time.monotonic()
    faults = [str(result.error) for result in results if result.error is not None]
    if session.log.fault is not None:
        faults.append(str(session.log.fault))
    run_ids = [result.run_id for result in results]
    told = {"began": began, "ended": ended, "faults": faults, "run_ids": run_ids}
    print(json.dumps(told | {"unsaved": session.log.unsaved}))


if __name__ == "__main__":
    main()
