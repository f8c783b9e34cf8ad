"""Many who write at once: processes to one log, threads and tasks to one run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pickle import PicklingError

import pytest
from joblib import Parallel, delayed

from opnb.definitions.op import op
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType
from opnb.model.events import AssetObservation, Output
from opnb.session import Session

ROOT = Path(__file__).parents[3]
PROCESSES, RUNS, EVENTS = 8, 5, 40
# Runs an op several times, as a kernel does, when it is told to begin.
KERNEL = """
import sys
import opnb
from opnb.session import Session

@opnb.op
def clean(context):
    for number in range(int(sys.argv[3])):
        yield opnb.AssetObservation("orders", metadata={"number": number})
    yield opnb.Output(None)

session = Session(sys.argv[1])
session.log
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    session.execute_op(clean)
assert session.log.unsaved == 0, session.log.fault
print("done", flush=True)
"""


def _numbers(log, run_id):
    return [
        line.metadata["number"].value
        for line in log.entries(run_id)
        if line.event_type is EventType.ASSET_OBSERVATION
    ]


def test_eight_kernels_write_one_log_at_once(tmp_path):
    path = tmp_path / "events.db"
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", KERNEL, str(path), str(RUNS), str(EVENTS)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for kernel in kernels:
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    for kernel in kernels:
        assert kernel.communicate(timeout=120) == ("done\n", "")

    log = EventLog(path)
    runs = log.runs()
    assert len(runs) == PROCESSES * RUNS
    assert set(runs["status"]) == {"SUCCESS"}
    assert runs["pid"].nunique() == PROCESSES
    for run_id in runs["run_id"]:
        assert _numbers(log, run_id) == list(range(EVENTS))


def _observe(context, number):
    context.log_event(AssetObservation("orders", metadata={"number": number}))


@op
def by_threads(context):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _observe(context, number), range(200)))
    yield Output(None)


@op
async def by_tasks(context):
    async def observe(number):
        await asyncio.sleep(0)
        _observe(context, number)

    await asyncio.gather(*[observe(number) for number in range(200)])


@op
def by_joblib(context):
    Parallel(n_jobs=4, prefer="threads")(
        delayed(_observe)(context, number) for number in range(200)
    )


@pytest.mark.parametrize("way", [by_threads, by_tasks, by_joblib], ids=lambda o: o.name)
@pytest.mark.parametrize("address", ["memory:", "events.db"])
def test_what_runs_at_once_within_an_op_may_tell_of_it(way, address):
    session = Session(address)
    result = session.execute_op(way)

    kept = _numbers(session.log, result.run_id)
    assert sorted(kept) == list(range(200))
    assert result.summary.assets[("ASSET_OBSERVATION", "orders", None)].count == 200


def test_a_context_that_is_sent_to_another_process_says_what_to_do(session):
    @op
    def by_processes(context):
        Parallel(n_jobs=2)(delayed(_observe)(context, n) for n in range(2))

    with pytest.raises(PicklingError) as told:
        session.execute_op(by_processes)
    shown = "".join(traceback.format_exception(told.value))
    assert "The context of an op stays in its process" in shown
    assert "prefer='threads'" in shown


def test_a_thread_that_outlives_its_run_keeps_nothing_from_it(session):
    begin, done = threading.Event(), threading.Event()
    refused = []

    def late(context):
        begin.wait(30)
        try:
            _observe(context, 1)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
            refused.append(error)
        done.set()

    @op
    def leaves_a_thread(context):
        threading.Thread(target=late, args=(context,)).start()

    result = session.execute_op(leaves_a_thread)
    begin.set()
    assert done.wait(30)

    assert len(refused) == 1
    assert _numbers(session.log, result.run_id) == []
