"""Cells: what `%%op` on top of a cell costs in a live kernel, beside the plain cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.measure import in_turns
from bench.table import Table, Within
from jupyter_client.manager import start_new_kernel

ROUNDS = 61
_LINES = 200
_WORK = "the kernel's work"
_PLAIN, _OP, _DIRECTIVE = "a plain cell", "opnb: %%op", "opnb: #| op"
_REACH = {"one line": Within(0.003), f"{_LINES} lines": Within(0.010)}


def long_body() -> str:
    """Return a body of ordinary lines: assignments, branches, functions, loops."""
    part = (
        "value_{0} = [n * {0} for n in range(3)]\n"
        "if sum(value_{0}) > 5:\n"
        "    text_{0} = f'{{len(value_{0})}} values'\n"
        "else:\n"
        "    text_{0} = 'few'\n"
        "def scale_{0}(n, by={0}):\n"
        "    total = value_{0}[0] + n * by\n"
        "    return total\n"
        "for item in value_{0}:\n"
        "    last = scale_{0}(item)\n"
    )
    return "".join(part.format(number) for number in range(_LINES // 10))


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    manager, client = start_new_kernel(cwd=str(folder))
    try:
        _run(client, "%load_ext opnb\n%op log events.db")
        for name, body in (("one line", "x = 1"), (f"{_LINES} lines", long_body())):
            yield _table(client, name, body)
        yield _staleness(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _table(client: object, name: str, body: str) -> Table:
    cells = {
        _PLAIN: body,
        _OP: f"%%op cell\n{body}",
        _DIRECTIVE: f"#| op: cell\n{body}",
    }
    runs = {kind: _costs_of(client, cell) for kind, cell in cells.items()}
    for run in runs.values():
        run()
    taken = in_turns(runs, ROUNDS)
    figures: dict[str, float] = {}
    for number, cost in enumerate((_WORK, "until idle")):
        plain = [costs[number] for costs in taken[_PLAIN]]
        figures[f"{_PLAIN}, {cost}"] = median(plain)
        for kind in (_OP, _DIRECTIVE):
            # The machine's pace moves more than what is asked for: each turn by itself.
            over = [
                costs[number] - it for costs, it in zip(taken[kind], plain, strict=True)
            ]
            figures[f"{kind}, {cost}, over that"] = median(over)
    return Table(
        f"a cell of {name} in a live kernel",
        figures,
        {f"{kind}, {_WORK}, over that": _REACH[name] for kind in (_OP, _DIRECTIVE)},
        own=None,
        note="opnb: with its record in SQLite and its card; work: seconds of processor",
    )


# Each op takes from the one before: numbers, then tables of a thousand rows.
_CHAIN = """\
import time
import pandas as pd
from opnb.notebook.book import _books
from opnb.notebook.plan import Planner
from opnb.session import current_session

def chain(first, ops):
    _books.pop(current_session(), None)
    shell, rate = get_ipython(), 2
    shell.run_cell(f"rate = 1\\n%op log memory:", silent=True)
    shell.run_cell(f"%%op op_0\\nvalue_0 = {first}", silent=True)
    for n in range(1, ops):
        shell.run_cell(f"%%op op_{n}\\nvalue_{n} = value_{n - 1} + rate", silent=True)

def seconds():
    started = time.perf_counter()
    planner = Planner(current_session(), get_ipython().user_ns)
    states = {planner.state(name) for name in planner.book.runs}
    taken = time.perf_counter() - started
    assert states == {"up to date"} and len(planner.book.runs) == OPS, states
    return taken
"""
_OPS = 200
_CHAINED = {
    "numbers": "1",
    "tables of 1,000 rows": "pd.DataFrame({'n': range(1000), 'x': 0.5})",
}


def _staleness(client: object) -> Table:
    _run(client, f"OPS = {_OPS}\n{_CHAIN}")
    figures = {}
    for name, first in _CHAINED.items():
        _run(client, f"chain({first!r}, {_OPS})")
        taken = [float(_asked(client, "seconds()")) for _ in range(21)]
        figures[f"ops that pass {name}"] = median(taken)
    return Table(
        f"which of {_OPS} ops are stale",
        figures,
        dict.fromkeys(figures, Within(0.020)),
        own=None,
    )


def _costs_of(client: object, cell: str) -> Callable[[], tuple[float, float]]:
    """Return a call that runs a cell: the kernel's work, and the time until idle."""

    def run() -> tuple[float, float]:
        before = _work(client)
        started = time.perf_counter()
        _run(client, cell)
        waited = time.perf_counter() - started
        return _work(client) - before, waited

    return run


def _work(client: object) -> float:
    """Return the seconds of processor that the kernel has taken."""
    return float(_asked(client, "__import__('time').process_time()"))


def _asked(client: object, expression: str) -> str:
    """Return what an expression gives in the kernel, as text."""
    asked = {"it": expression}
    reply = client.execute_interactive("", silent=True, user_expressions=asked)
    found = reply["content"]["user_expressions"]["it"]
    assert found["status"] == "ok", found
    return str(found["data"]["text/plain"])


def _run(client: object, cell: str) -> None:
    reply = client.execute_interactive(
        cell, allow_stdin=False, output_hook=lambda _: None
    )
    assert reply["content"]["status"] == "ok", reply["content"]
