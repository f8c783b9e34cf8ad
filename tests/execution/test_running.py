import asyncio
import contextvars

from opnb.execution.running import RunningContext, await_in, running_context


def test_a_context_is_the_current_one_for_its_block():
    with RunningContext() as outer:
        with RunningContext() as inner:
            assert running_context() is inner
        assert running_context() is outer
        assert (inner.is_over, outer.is_over) == (True, False)

    assert running_context() is None


def test_a_context_that_is_over_is_nobodys():
    with RunningContext() as context:
        elsewhere = contextvars.copy_context()

    assert context.is_over
    assert elsewhere.run(running_context) is None


def test_a_block_that_ends_elsewhere_leaves_the_context_there():
    dropped = RunningContext()
    contextvars.copy_context().run(dropped.__enter__)

    with RunningContext() as context:
        dropped.__exit__()
        assert running_context() is context

    assert dropped.is_over


def test_what_is_awaited_in_a_context_finds_it():
    context = RunningContext()

    async def ask():
        return running_context()

    assert asyncio.run(await_in(context, ask())) is context
    assert running_context() is None
