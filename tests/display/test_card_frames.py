"""Where an op failed: lines of the user's own code, and no path of a machine."""

import pytest

from opnb.display.frames import FrameView, user_frames
from opnb.model.entry import SerializableErrorInfo

CELL = "/scratch/ipykernel_17/12345.py"
OTHER = "/scratch/ipykernel_17/67890.py"


def frame(file, line=3, function="<module>", code="total / 0"):
    return f'  File "{file}", line {line}, in {function}\n    {code}\n    ~~^~~\n'


def places(*stack, op_name="clean"):
    return [view.place for view in user_frames(stack, op_name)]


@pytest.mark.parametrize(
    "file",
    [
        CELL,
        r"C:\Users\me\AppData\Local\Temp\ipykernel_17\12345.py",
        "<ipython-input-3-39611f43443d>",
        "/scratch/ipython-input-3-1.py",
        "/scratch/marimo_9/__marimo__cell_Hbol_.py",
    ],
)
def test_a_cell_is_called_by_its_op(file):
    assert user_frames([frame(file)], "clean") == [
        FrameView("cell clean, line 3", "total / 0")
    ]


def test_a_file_is_called_by_its_name_alone():
    stack = [frame("/home/me/helpers.py", 12, "tidy"), frame(r"C:\me\b.py", 1, "f")]

    assert places(*stack) == ["helpers.py, line 12, in tidy", "b.py, line 1, in f"]


def test_a_function_of_another_cell_is_told_as_such():
    stack = [frame(CELL), frame(CELL, 9, "own"), frame(OTHER, 2, "mean")]

    assert places(*stack) == [
        "cell clean, line 3",
        "cell clean, line 9, in own",
        "another cell, line 2, in mean",
    ]


def test_an_op_that_is_a_function_says_its_name_itself():
    assert places(frame(CELL, 4, "store")) == ["cell, line 4, in store"]


@pytest.mark.parametrize(
    "file",
    [
        "/usr/lib/python3.11/json/decoder.py",
        "/opt/venv/lib/python3.13/site-packages/pandas/core/frame.py",
        "/usr/lib/python3/dist-packages/numpy/x.py",
        r"C:\venv\Lib\site-packages\opnb\execution\compute.py",
        "<frozen importlib._bootstrap>",
    ],
)
def test_libraries_are_left_out(file):
    assert places(frame(CELL), frame(file, 1, "f")) == ["cell clean, line 3"]


def test_opnb_s_own_frames_are_left_out(session):
    from opnb import op

    @op
    def divide():
        return 1 / 0

    summary = session.execute_op(divide, raise_on_error=False).summary
    views = user_frames(summary.failure.error.cause.stack, "divide")

    assert [(view.place.split(",")[0], view.code) for view in views] == [
        ("test_card_frames.py", "return 1 / 0")
    ]


def test_a_deep_stack_shows_its_first_and_its_last_lines():
    told = places(*[frame(CELL, line, "f") for line in range(1, 1000)])

    assert told[:2] == ["cell, line 1, in f", "… 993 calls more"]
    assert told[2:] == [f"cell, line {line}, in f" for line in range(995, 1000)]


def test_a_line_that_nobody_knows_any_more_has_no_code():
    stack = ['  File "<string>", line 1, in <module>\n']

    assert user_frames(stack, "clean") == [FrameView("<string>, line 1", "")]


@pytest.mark.parametrize("text", ["", "nonsense", '  File "a", line x, in y\n'])
def test_what_is_no_frame_is_passed_over(text):
    assert places(text, frame(CELL)) == ["cell clean, line 3"]


def test_a_long_line_is_cut():
    (view,) = user_frames([frame(CELL, code="x" * 500)], "clean")

    assert len(view.code) == 80


def test_an_error_of_today_is_read():
    try:
        {}["a"]
    except KeyError as error:
        stack = SerializableErrorInfo.of(error).stack

    (view,) = user_frames(stack, "")
    assert view.code == '{}["a"]'
