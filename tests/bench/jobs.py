"""Jobs: what a step of a chain costs, a mapped output, and how much memory stays.

Every contender computes the same chain, `n + 1` at each step. opnb commits what
happened before each step's code runs; Dagster's ephemeral instance and Hamilton keep
nothing on disk. A figure is the cost of one step, so that sizes can be compared.
"""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
from bench.measure import Work, medians
from bench.table import AtLeast, AtMost, Table
from hamilton import driver

import opnb
from opnb.session import Session

CHAIN = 1_000
SIZES = (10, 100, 1_000, 10_000)
DAGSTER_CHAIN = 200  # its cost per step is flat, and a thousand take ten seconds
FAN_OUTS = (100, 1_000, 10_000)


@opnb.op
def opnb_first() -> int:
    return 0


@opnb.op
def opnb_next(n: int) -> int:
    return n + 1


@opnb.op(out=opnb.DynamicOut())
def opnb_many(context):
    for number in range(context.op_config["size"]):
        yield opnb.DynamicOutput(number, mapping_key=str(number))


@opnb.op
def opnb_sum(numbers) -> int:
    return sum(numbers)


@opnb.job
def opnb_fan_out():
    opnb_sum(opnb_many().map(opnb_next).collect())


@dg.op
def dagster_first() -> int:
    return 0


@dg.op
def dagster_next(n: int) -> int:
    return n + 1


@dg.op(out=dg.DynamicOut(), config_schema={"size": int})
def dagster_many(context):
    for number in range(context.op_config["size"]):
        yield dg.DynamicOutput(number, mapping_key=str(number))


@dg.op
def dagster_sum(numbers) -> int:
    return sum(numbers)


@dg.job
def dagster_fan_out():
    dagster_sum(dagster_many().map(dagster_next).collect())


def opnb_chain(length: int) -> opnb.JobDefinition:
    """Return a job of so many steps."""

    @opnb.job
    def chain():
        value = opnb_first()
        for _ in range(length - 1):
            value = opnb_next(value)

    return chain


def dagster_chain(length: int) -> dg.JobDefinition:
    """Return the same job of Dagster's."""

    @dg.job
    def chain():
        value = dagster_first()
        for _ in range(length - 1):
            value = dagster_next(value)

    return chain


def hamilton_chain(length: int) -> Callable[[], object]:
    """Return a call that executes the same chain of Hamilton's functions."""
    lines = ["def step_0() -> int:\n    return 0"]
    lines += [
        f"def step_{number}(step_{number - 1}: int) -> int:\n"
        f"    return step_{number - 1} + 1"
        for number in range(1, length)
    ]
    module = types.ModuleType("hamilton_chain")
    exec("\n\n".join(lines), module.__dict__)  # noqa: S102 - our own lines
    sys.modules[module.__name__] = module
    sys.setrecursionlimit(20 * length)  # it walks the graph by recursion
    built = driver.Builder().with_modules(module).build()
    return lambda: built.execute([f"step_{length - 1}"])


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    yield _chains(folder)
    yield _growth(folder)
    yield _fan_outs(folder)
    yield _memory(folder)


def _chains(folder: Path) -> Table:
    """Measure one step of a chain of a thousand, beside peers."""
    opnb.use_session(Session(folder / "chain.db"))
    ephemeral = dg.DagsterInstance.ephemeral()
    own, theirs = opnb_chain(CHAIN), dagster_chain(DAGSTER_CHAIN)
    dagster = f"Dagster ephemeral ({DAGSTER_CHAIN} steps)"
    contenders = {
        "opnb": Work(own.execute_in_process, CHAIN),
        "Hamilton": Work(hamilton_chain(CHAIN), CHAIN),
        dagster: Work(
            lambda: theirs.execute_in_process(instance=ephemeral), DAGSTER_CHAIN
        ),
    }
    title = f"one step of a chain of {CHAIN:,}"
    reach = {dagster: AtLeast(100), "Hamilton": AtMost(10)}
    return Table(title, medians(contenders, rounds=5), reach)


def _growth(folder: Path) -> Table:
    """Measure one step of chains of growing length."""
    opnb.use_session(Session(folder / "growth.db"))
    jobs = {size: opnb_chain(size) for size in SIZES}
    works = {
        f"opnb: {size:,} steps": Work(job.execute_in_process, size)
        for size, job in jobs.items()
    }
    return Table("one step, as chains grow", medians(works, rounds=3), own=None)


def _fan_outs(folder: Path) -> Table:
    """Measure one output of growing fan-outs: put out, mapped over, and collected."""
    opnb.use_session(Session(folder / "fan.db"))

    def own(size: int) -> Callable[[], object]:
        config = {"ops": {"opnb_many": {"config": {"size": size}}}}
        return lambda: opnb_fan_out.execute_in_process(run_config=config)

    def theirs() -> object:
        config = {"ops": {"dagster_many": {"config": {"size": FAN_OUTS[0]}}}}
        return dagster_fan_out.execute_in_process(
            run_config=config, instance=dg.DagsterInstance.ephemeral()
        )

    contenders = {f"opnb: {size:,} outputs": Work(own(size), size) for size in FAN_OUTS}
    dagster = f"Dagster ephemeral: {FAN_OUTS[0]} outputs"
    contenders[dagster] = Work(theirs, FAN_OUTS[0])
    title = "one dynamic output, as fan-outs grow"
    return Table(title, medians(contenders, rounds=3), own=None)


_MEMORY = """
import sys, threading, time
import numpy as np, pandas as pd, psutil
import opnb
from opnb.session import Session, use_session

use_session(Session(sys.argv[1]))
process = psutil.Process()

@opnb.op
def first():
    return pd.DataFrame({"x": np.ones(100 * 2**20 // 8)})

@opnb.op
def following(frame):
    return frame + 1

@opnb.job
def chain():
    frame = first()
    for _ in range(99):
        frame = following(frame)

def watch():
    while not done:
        peak[0] = max(peak[0], process.memory_info().rss)
        time.sleep(0.002)

done, started = [], process.memory_info().rss
peak = [started]
watcher = threading.Thread(target=watch)
watcher.start()
result = chain.execute_in_process()
done.append(1)
watcher.join()
print((peak[0] - started) / 2**20)
"""


def _memory(folder: Path) -> Table:
    """Measure how much memory a job adds at most while it runs."""
    command = [sys.executable, "-c", _MEMORY, str(folder / "memory.db")]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Table(
        "memory of a job of 100 steps that pass frames of 100 MB",
        {"opnb: peak above the start": float(told.stdout)},
        own=None,
        unit="MB",
    )
