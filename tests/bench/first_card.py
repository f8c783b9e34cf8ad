"""Runs an op in a process of its own, and tells how long its card takes to appear."""

from __future__ import annotations

import asyncio  # noqa: F401 - a kernel runs in it
import json
import time

import IPython  # noqa: F401 - a notebook has it
from bench.ops import observing

from opnb.session import Session


def main() -> None:
    """Print the seconds."""
    result = Session("memory:").execute_op(observing(5))
    started = time.perf_counter()
    data, _ = result._repr_mimebundle_()
    taken = time.perf_counter() - started
    assert "text/html" in data
    print(json.dumps({"seconds": taken}))


if __name__ == "__main__":
    main()
