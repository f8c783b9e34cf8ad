"""A cell's body as a function of its inputs."""

import asyncio

import pytest

from opnb import InvalidInvocationError


def test_the_fresh_namespace_holds_what_the_body_reads(run, ns, session):
    run(
        "import math as m\nRATE = (1, 'two')\nclass Tool: pass\nframe = [1]\nunread = 1"
    )
    run(
        "%%op looks\nnames = sorted(n for n in globals() if not n.startswith('_'))\n"
        "m, RATE, Tool"
    )

    assert session.ops["looks"]() == ["RATE", "Tool", "context", "m"]


def test_a_value_of_the_notebook_that_is_no_input_is_not_there(run, session):
    run("frame = [1]")
    run("%%op uses\nlonger = frame * 2")

    with pytest.raises(NameError, match="frame"):
        session.ops["uses"]()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = 1", 1),
        ("x = 1\ny = 2", (1, 2)),
        ("6 * 7", 42),
        ("return 42", 42),
        ("return", None),
        ("yield Output(5, 'a')", 5),
        ("yield ExpectationResult(True)\n7", 7),
        ("if False: x = 1", None),
        ("print('hi')", None),
    ],
)
def test_a_call_returns_what_came_out(run, session, capsys, body, value):
    run("from opnb import *")
    run(f"%%op made --no-run\n{body}")

    assert session.ops["made"]() == value


@pytest.mark.parametrize("awaited", ["", "await asyncio.sleep(0)\n"])
def test_an_iterator_that_a_body_returns_is_its_value(run, session, awaited):
    run("import asyncio")
    run(f"%%op made --no-run\n{awaited}return iter([4, 2])")

    value = session.ops["made"]()
    assert list(asyncio.run(value) if awaited else value) == [4, 2]


@pytest.mark.parametrize(
    "body",
    [
        "x = await asyncio.sleep(0, 7)",
        "return await asyncio.sleep(0, 7)",
        "yield ExpectationResult(True)\nx = await asyncio.sleep(0, 7)",
    ],
)
def test_a_call_of_an_async_body_is_awaited(run, session, body):
    run("import asyncio\nfrom opnb import *")
    run(f"%%op waits --no-run\n{body}")

    assert asyncio.run(session.ops["waits"]()) == 7


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, r"needs its input 'orders'\.\nHint: clean\(orders=\.\.\.\)\."),
        ({"orders": 1, "more": 2}, r"has no input 'more'\.\nHint: Its inputs are or"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(run, session, inputs, message):
    run("%%op load\norders = [1]")
    run("%%op clean\ntidy = orders")

    with pytest.raises(InvalidInvocationError, match=message):
        session.ops["clean"](**inputs)


def test_inputs_go_by_name(run, session):
    run("%%op load\norders = [1]")
    run("%%op clean\ntidy = orders")

    with pytest.raises(InvalidInvocationError, match=r"by name\.\nHint: clean\(orders"):
        session.ops["clean"]([1])


def test_a_call_records_nothing_and_may_log(run, session):
    run("%%op logs --no-run\ncontext.log.info('hello')\nx = context.run_id")

    assert session.ops["logs"]() == "EPHEMERAL"
    assert len(session.log.frame) == 0


def test_a_generator_is_closed_when_its_events_break_a_rule(run, ns):
    run("closed = []")
    ran = run("%%op bad\ntry:\n    yield 5\nfinally:\n    closed.append(1)")

    assert "which is no event" in str(ran.error)
    assert ns["closed"] == [1]
    assert "context" not in ns
