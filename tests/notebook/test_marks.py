"""Marks tell which names a body did bind."""

import ast

import pytest

from opnb.notebook.marks import Marks, with_marks

NAMES = frozenset(["a", "b"])


def marks_of(body, **ns):
    statements = with_marks(ast.parse(body).body, NAMES)
    marks = Marks(ns, NAMES)
    with marks:
        exec(compile(ast.Module(statements, []), "", "exec"), ns)  # noqa: S102 - a body
    return marks.bound, ns


BODIES = {
    "if yes: a = 1": {"a"},
    "if no: a = 1": set(),
    "for _ in yes:\n a, (b, *c) = 1, (2,)": {"a", "b"},
    "try: a = no[0]\nexcept IndexError: b = 1": {"b"},
    "with open('/dev/null'):\n a = b = 1": {"a", "b"},
    "if yes:\n a: int = 1\n b: int": {"a"},
    "if yes: a += 1": {"a"},
    "if yes:\n def f(): a = 1\n f()": set(),
    "if yes: c = 1": set(),
    "if (a := 1) and no and (b := 1): pass": {"a"},
    "for _ in range(b := 0): a = 1": {"b"},
    "c = [(a := each) for each in yes]": {"a"},
    "c = [(a := each) for each in no]": set(),
    "c = lambda: (a := 1)\nc()": set(),
    "for a in yes: pass\nfor b in no: pass": {"a"},
    "for c, (a, *b) in [(1, (2, 3))]: pass": {"a", "b"},
    "with open('/dev/null') as a, open('/dev/null') as c: pass": {"a"},
    "match yes:\n case [a]: pass\n case b: pass": {"a"},
    "match {'k': 1, 'l': 2}:\n case {'k': 1, **a}: pass": {"a"},
    "match yes:\n case [1 as b, *a]: pass": {"a", "b"},
    "async def f():\n async for a in g: pass": set(),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.items(), ids=BODIES.keys())
def test_a_mark_is_set_where_the_name_is_bound(body, expected):
    bound, _ = marks_of(body, yes=[1], no=[], a=1)

    assert bound == expected


def test_the_marks_are_gone_afterwards():
    _, ns = marks_of("a = 1")

    assert [name for name in ns if "opnb" in name] == []


def test_the_number_of_names_stays_while_the_body_runs():
    _, ns = marks_of("for name in globals():\n    a = name", a=0, name=0)

    assert "a" in ns


def test_what_is_marked_gives_what_it_gave():
    _, ns = marks_of("c = (a := 3) + (b := a)\nd = f'{(a := 7)}'")

    assert (ns["a"], ns["b"], ns["c"], ns["d"]) == (7, 3, 6, "7")


def test_an_error_points_at_its_place_within_a_walrus():
    with pytest.raises(ZeroDivisionError) as raised:
        marks_of("if True:\n    b = (a := 1 +\n         1 / 0)")

    assert raised.traceback[-1].lineno == 2


def test_statements_stay_at_their_lines():
    statements = with_marks(ast.parse("if x:\n\n    a = 1\nc = 2").body, NAMES)

    mark = statements[0].body[1]
    assert {part.lineno for part in ast.walk(mark) if hasattr(part, "lineno")} == {3}
