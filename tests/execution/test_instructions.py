import asyncio

import pytest

from opnb.execution.instructions import Await, Wait


def test_an_instruction_is_frozen():
    with pytest.raises(AttributeError, match="cannot assign"):
        Wait(1.5).seconds = 2


def test_instructions_are_equal_by_what_they_ask_for():
    future = asyncio.Future(loop=asyncio.new_event_loop())

    assert Wait(1.5) == Wait(1.5)
    assert Await(future) == Await(future)
    future.get_loop().close()
