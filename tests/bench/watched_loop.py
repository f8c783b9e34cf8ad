"""A long loop in a cell of a real kernel whose client takes input, as a person does.

The loop as it is and the tracked one take turns within one cell: a processor's pace
changes within a second, and where Python's memory lies changes from cell to cell, each
by more than tracking costs. What the live card costs meanwhile, in threads of its own,
is added to the tracked loop.
"""

from __future__ import annotations

import json
import statistics

from jupyter_client.manager import start_new_kernel

TIMES = 100_000
_ROUNDS = 9
_SETUP = """
import json, time
%load_ext opnb
%op log memory:
def work(steps):
    started, total = time.perf_counter(), 0
    for step in steps:
        total += sum(range(1_000))
    return time.perf_counter() - started
_plain, _tracked = [], []
"""
# Each is first in half of the turns.
_TURNS = 10
_ROUND = f"""%%op loop
part, plain, tracked = range({TIMES // _TURNS}), 0, 0
others = time.process_time() - time.thread_time()
for turn in range({_TURNS}):
    if turn % 2:
        tracked += work(context.track(part))
    plain += work(part)
    if not turn % 2:
        tracked += work(context.track(part))
others = time.process_time() - time.thread_time() - others
_plain.append(plain)
_tracked.append(tracked + others * tracked / (plain + tracked))
"""


def medians_of() -> tuple[float, float]:
    """Return the seconds of the loop as it is, and of the loop that is tracked."""
    manager, client = start_new_kernel()
    try:
        _run(client, _SETUP)
        for _ in range(_ROUNDS):
            _run(client, _ROUND)
        told = _run(client, "print(json.dumps([_plain, _tracked]))")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    plain, tracked = json.loads(told)
    ratio = statistics.median(t / p for p, t in zip(plain, tracked, strict=True))
    return statistics.median(plain), statistics.median(plain) * ratio


def _run(client: object, code: str) -> str:
    """Run a cell; return what it prints."""
    printed: list[str] = []

    def note(message: dict) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, allow_stdin=True, output_hook=note)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed)
