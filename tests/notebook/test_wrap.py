"""The function around a body that yields: its frame is like a module's."""

import ast

import pandas as pd
import pytest

from opnb.notebook.compile import compile_body
from opnb.notebook.wrap import is_shown


def compiled(body):
    return compile_body(ast.parse(body), filename="cell.py", compiler=compile)


def run(body, **ns):
    events = list(compiled(body).bind(ns)())
    return ns, [event for event in events if not is_shown(event)]


BINDINGS = {
    "assignment": "x = 1",
    "unpacking": "y, *x = 2, 1\nx = x[0]",
    "augmented": "x = 0\nx += 1",
    "annotated": "x: int = 1",
    "walrus": "(x := 1)",
    "walrus in a comprehension": "[x := n for n in (0, 1)]",
    "loop": "for x in (0, 1): pass",
    "with": "import contextlib\nwith contextlib.nullcontext(1) as x: pass",
    "import": "from operator import truth as x\nx = int(x(1))",
    "star import": "from math import *\nx = int(exp(0))",
    "match": "match [1]:\n    case [x]: pass",
    "function": "def x(): pass\nx = 1",
    "exec": "exec('x = 1')",
    "locals": "locals()['x'] = 1",
    "global statement": "x = 1\nglobal x",
    "future import": "from __future__ import annotations as x\nx = x is not None",
    "except": "try:\n    1 / 0\nexcept ZeroDivisionError as x:\n    pass\nx = 1",
}


@pytest.mark.parametrize("body", BINDINGS.values(), ids=BINDINGS.keys())
def test_names_land_in_the_namespace(body):
    ns, events = run(f"{body}\nyield 'event'")

    assert ns["x"] == 1
    assert events == ["event"]


def test_names_stay_when_the_body_fails_half_way():
    ns = {}

    with pytest.raises(ZeroDivisionError, match="zero"):
        list(compiled("x = 1\nyield 1\ny = 2\n1 / 0\nz = 3").bind(ns)())

    assert ns.keys() & {"x", "y", "z"} == {"x", "y"}


def test_a_name_may_be_deleted():
    ns, _ = run("del x\nyield 1", x=1)

    assert "x" not in ns


def test_functions_of_the_body_are_called_as_in_a_module():
    functions = "f = lambda: 0\ndef g(): return [lambda: 0]"
    ns, _ = run(f"{functions}\nclass A:\n    def m(self): 0\nyield 1")

    assert ns["f"].__qualname__ == "<lambda>"
    assert ns["g"]()[0].__qualname__ == "g.<locals>.<lambda>"
    assert ns["A"].m.__qualname__ == "A.m"


def test_lines_keep_their_numbers():
    ns = {}

    with pytest.raises(ZeroDivisionError, match="zero") as caught:
        list(compiled("\n\nyield 1\n\n1 / 0").bind(ns)())

    frame = caught.traceback[-1]
    assert (frame.lineno + 1, frame.name) == (5, "<module>")


def test_the_last_expression_is_handed_over_to_be_shown():
    events = list(compiled("yield 'event'\n6 * 7").bind({})())

    assert [is_shown(event) for event in events] == [False, True]
    assert events[1][1] == 42


def test_a_body_that_returns_hands_over_its_last_expression_as_well():
    code = compiled("if early:\n    return\n6 * 7")

    assert code.bind({"early": True})() is None
    assert code.bind({"early": False})()[1] == 42


@pytest.mark.parametrize("event", [(), (1, 2), ("shown", 1), [1, 2], None, "ab"])
def test_an_event_is_not_taken_for_a_value_to_show(event):
    assert not is_shown(event)


def test_a_future_import_comes_first():
    ns, _ = run("from __future__ import annotations\ndef f(a: B): pass\nyield 1")

    assert ns["f"].__annotations__ == {"a": "B"}


def test_an_annotation_alone_binds_nothing():
    ns, _ = run("x: int\nyield 1")

    assert "x" not in ns


def test_a_library_that_looks_at_its_callers_names_finds_them():
    ns, _ = run(
        "limit = 1\nkept = frame.query('n > @limit')\nyield 1",
        frame=pd.DataFrame({"n": [1, 2]}),
    )

    assert ns["kept"]["n"].tolist() == [2]


@pytest.mark.parametrize("interactivity", ["all", "none"])
def test_the_shells_interactivity_holds_in_a_function(interactivity):
    tree = ast.parse("1\nyield 'event'\n2\nx = 3")
    code = compile_body(
        tree, filename="cell.py", compiler=compile, interactivity=interactivity
    )

    shown = [event[1] for event in code.bind({})() if is_shown(event)]

    assert shown == ([1, 2] if interactivity == "all" else [])
