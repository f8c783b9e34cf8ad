"""A failed op's exception on one screen."""

import json
import sys

import pytest

from opnb.notebook.traceback import render_short, render_whole, show_short, user_frames


def caught(function, *args):
    with pytest.raises(Exception, match=r".") as info:
        function(*args)
    return info.value


def fail(depth=0):
    if depth:
        fail(depth - 1)
    raise ValueError("on purpose")


def frames(traceback):
    names = []
    while traceback:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    return names


def test_the_first_and_the_last_five_frames_of_the_user_stay():
    error = caught(fail, 20)

    assert frames(user_frames(error.__traceback__)) == ["caught", *["fail"] * 5]


def test_frames_of_libraries_go():
    error = caught(json.loads, "{")

    assert frames(user_frames(error.__traceback__)) == ["caught"]


def test_where_all_is_a_librarys_its_frames_stay():
    inner = caught(json.loads, "{").__traceback__.tb_next

    assert frames(user_frames(inner))[-1] == "raw_decode"
    assert user_frames(inner, or_all=False) is None


def test_the_place_within_a_library_is_told_on_one_line(shell):
    lines = render_short(shell, caught(json.loads, "{"))

    assert lines[-1] == (
        "Raised within json.decoder, in raw_decode; `%op tb` shows it all."
    )


def test_the_exception_is_whole_afterwards(shell):
    error = caught(fail, 20)

    render_short(shell, error)

    assert len(frames(error.__traceback__)) == 22


def test_a_chain_that_comes_back_to_itself_ends(shell):
    first, second = caught(fail), caught(fail)
    first.__cause__, second.__cause__ = second, first

    assert render_short(shell, first)


def test_without_a_frame_there_is_one_line(shell):
    assert render_short(shell, ValueError("bare")) == ["ValueError: bare"]


def test_a_cause_may_have_the_only_frames(shell):
    error = RuntimeError("generator raised StopIteration")
    error.__cause__ = caught(fail)

    assert "on purpose" in "\n".join(render_short(shell, error))


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExceptionGroup("both", [ValueError("one")]),
        lambda: SyntaxError("bad", ("cell.py", 1, 1, "x = = 1")),
        lambda: ValueError("plain"),
    ],
    ids=["group", "syntax", "plain"],
)
def test_the_whole_traceback_has_every_frame(shell, make):
    def fail_with():
        raise make()

    text = "\n".join(render_whole(shell, caught(fail_with)))

    assert "fail_with" in text


class Sealed(Exception):
    __slots__ = ()

    def __setattr__(self, name, value):
        raise AttributeError(name)


def test_an_exception_that_refuses_attributes_is_shown_as_ever(shell):
    show_short(shell, Sealed(), ["a remark"])

    assert not hasattr(Sealed(), "_render_traceback_")


def shown(shell, capsys, error):
    shell.user_ns["error"] = error
    shell.run_cell("raise error")
    return capsys.readouterr().out


def test_ipythons_display_is_replaced_for_once(shell, capsys):
    error = caught(lambda: [].remove(ExceptionGroup("g", [caught(fail)])))
    group = ExceptionGroup("g", [error])
    show_short(shell, group, ["a remark"])

    assert "a remark" in shown(shell, capsys, group)
    assert sys.last_value is group
    assert "showtraceback" not in vars(shell)


def test_another_exception_puts_ipythons_display_back(shell, capsys):
    show_short(shell, SyntaxError("never shown"), ["a remark"])

    assert "other" in shown(shell, capsys, ValueError("other"))
    assert "showtraceback" not in vars(shell)


def test_a_display_that_the_user_put_there_stays(shell, capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(shell, "showtraceback", lambda *_, **__: seen.append(1))
    show_short(shell, SyntaxError("never shown"), [])

    shown(shell, capsys, ValueError("other"))
    shown(shell, capsys, ValueError("another"))

    assert len(seen) == 2


JOB = """\
import opnb

@opnb.op
def load(n: int):
    return 1 / n

@opnb.job
def nightly():
    load()
"""
WRONG = {
    "an input without a value": ("nightly.execute_in_process()", "gets no value"),
    "config that does not fit": (
        "nightly.execute_in_process(run_config={'ops': {'laod': {}}})",
        "Did you mean 'load'?",
    ),
    "an op that raises": (
        "zero = {'ops': {'load': {'inputs': {'n': 0}}}}\n"  # noqa: ISC004 - one cell
        "nightly.execute_in_process(run_config=zero)",
        "division by zero",
    ),
    "a constant in a job": ("@opnb.job\ndef k():\n    load(5)", "got 5"),
    "a bad event": ("opnb.AssetObservation('a', metadata={'x': object()})", "'x'"),
}


@pytest.mark.parametrize(("code", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_goes_wrong_in_a_plain_cell_takes_one_screen(shell, capsys, code, told):
    shell.run_cell(JOB)
    result = shell.run_cell(code)

    shown = capsys.readouterr().out
    assert not result.success
    assert told in shown
    assert "opnb/" not in shown
    assert len(shown.splitlines()) <= 24
