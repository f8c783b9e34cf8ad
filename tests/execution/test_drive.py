import asyncio
import signal
import threading

import pytest
from factories import AsEntries, executed, prepared

from opnb.definitions.op import op
from opnb.execution.drive import drive, drive_async
from opnb.execution.instructions import Await, Wait
from opnb.execution.journal import Journal
from opnb.model.errors import LogUnavailableError
from opnb.model.events import AssetObservation, Output
from opnb.model.signals import RetryRequested


@op
async def watch():
    for number in range(3):
        await asyncio.sleep(0)
        yield AssetObservation("a", metadata={"n": number})
    yield Output(threading.current_thread() is threading.main_thread())


async def _driven(definition):
    result = prepared(definition)
    await drive_async(result.run.execute(), result.entries.extend)
    return result


def test_an_async_op_runs_in_a_plain_thread():
    assert executed(watch).outputs == {"result": True}


def test_an_async_op_runs_in_the_running_loop():
    result = asyncio.run(_driven(watch))

    assert result.types == executed(watch).types
    assert result.outputs == {"result": True}


def test_an_async_op_runs_beside_a_loop_that_cannot_be_awaited():
    async def cell():
        return executed(watch)

    result = asyncio.run(cell())

    assert result.types == executed(watch).types
    assert result.outputs == {"result": False}


def test_the_loop_goes_on_while_an_op_waits_for_its_retry():
    @op
    def clean(context):
        if not context.retry_number:
            raise RetryRequested(seconds_to_wait=0.05)

    async def both():
        ticks = asyncio.create_task(_ticks())
        result = await _driven(clean)
        return result, await ticks

    async def _ticks():
        return [await asyncio.sleep(0.01) for _ in range(3)]

    result, ticks = asyncio.run(both())

    assert result.error is None
    assert len(ticks) == 3


def test_a_cancelled_task_is_a_canceled_run():
    @op
    async def clean():
        await asyncio.sleep(60)

    async def cell():
        result = prepared(clean)
        task = asyncio.create_task(
            drive_async(result.run.execute(), result.entries.extend)
        )
        await asyncio.sleep(0.01)
        task.cancel()
        await task
        return result

    result = asyncio.run(cell())

    assert result.entries[-1].event_type.value == "RUN_CANCELED"
    assert isinstance(result.error, asyncio.CancelledError)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_ctrl_c_in_the_users_code_is_a_canceled_run(is_async):
    async def aclean():
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    def clean():
        signal.raise_signal(signal.SIGINT)

    result = executed(op(name="clean")(aclean if is_async else clean))

    assert result.types == ["STEP_START", "STEP_FAILURE"]
    assert result.entries[-1].event_type.value == "RUN_CANCELED"
    assert isinstance(result.error, KeyboardInterrupt)


def test_ctrl_c_while_waiting_for_a_retry_is_a_canceled_run():
    @op
    def clean():
        timer.start()
        raise RetryRequested(seconds_to_wait=60)

    main = threading.main_thread().ident
    timer = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT))
    result = executed(clean)

    assert result.types == ["STEP_START", "STEP_UP_FOR_RETRY"]
    assert result.entries[-1].event_type.value == "RUN_CANCELED"
    assert isinstance(result.error, KeyboardInterrupt)


@pytest.mark.parametrize("refused", ["ASSET_OBSERVATION", "STEP_OUTPUT"])
def test_an_entry_that_cannot_be_kept_ends_the_run_with_that_error(refused):
    result = prepared(watch)

    def append(entries):
        result.entries.extend(entries)
        if entries[-1].event_type.value == refused:
            raise LogUnavailableError("gone")

    result.run.journal = Journal(AsEntries(append))
    drive(result.run.execute(), append)

    assert result.types[-1] == "STEP_FAILURE"
    assert isinstance(result.error, LogUnavailableError)


def test_answers_and_errors_of_awaits_come_back_to_the_runtime():
    told = []

    async def wrong():
        raise ValueError("wrong")

    def instructions():
        told.append((yield Await(asyncio.sleep(0, "answer"))))
        yield Wait(0)
        with pytest.raises(ValueError, match="wrong"):
            yield Await(wrong())
        told.append("end")

    drive(instructions(), told.append)
    asyncio.run(drive_async(instructions(), told.append))

    assert told == ["answer", "end"] * 2
