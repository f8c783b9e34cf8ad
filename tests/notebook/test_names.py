"""Which names a body reads before it binds them, and which it binds."""

import ast

import pytest

from opnb.notebook.names import names_of_body


def names(body):
    return names_of_body(ast.parse(body))


READS = {
    "x = y": ["y"],
    "x = 1; x": [],
    "x += 1": ["x"],
    "x: T = y": ["y", "T"],
    "x.a = y": ["x", "y"],
    "x[i] = 1": ["x", "i"],
    "del x": ["x"],
    "del x.a, y[i]": ["x", "y", "i"],
    "a, *b = c": ["c"],
    "if a: x = 1\nx": ["a", "x"],
    "if a: x = 1\nelse: x = 2\nx": ["a"],
    "if a: raise E\nelse: x = 2\nx": ["a", "E"],
    "for i in r: x = i\nx": ["r", "x"],
    "while True:\n x = 1\n break\nx": [],
    "while a: x = 1\nx": ["a", "x"],
    "try: x = f()\nexcept E as e: raise\nx": ["f", "E"],
    "try: x = f()\nexcept E: pass\nx": ["f", "E", "x"],
    "try: x = 1\nfinally: y = x\ny": [],
    "with o as h: x = h\nx": ["o"],
    "match v:\n case A(k) if g: x = k\n case B.c: pass": ["v", "A", "g", "B"],
    "def f(): return y\nf()\ny = 1": ["y"],
    "def f(): return y\ny = 1\nf()": [],
    "def f(): return y": ["y"],
    "f = lambda: y\ny = 1\nf()": [],
    "def f(a=d) -> r: pass": ["d", "r"],
    "@deco\nclass A(B, metaclass=M):\n x = y\n z = x": ["deco", "B", "M", "y"],
    "class A:\n def m(self): return y\nA().m()": ["y"],
    "[x for x in y if z]": ["y", "z"],
    "(n := f()) and n": ["f"],
    "a and (n := 1)\nn": ["a", "n"],
    "x if y else z": ["y", "x", "z"],
    "import a.b, c as d\na, d": [],
    "from m import *\nk": ["k"],
    "global g\ng": ["g"],
    "f(lambda a=d: a + y)": ["f", "d", "y"],
    "type(x)": ["type", "x"],
    "for x.a in r: x[i]": ["r", "x", "i"],
    "yield x": ["x"],
}


@pytest.mark.parametrize(("body", "expected"), READS.items(), ids=READS.keys())
def test_reads(body, expected):
    assert sorted(names(body).reads) == sorted(expected)


ASSIGNED = {
    "x = y = 1": {"x": True, "y": True},
    "a, (b, *c) = v": {"a": True, "b": True, "c": True},
    "x: int = 1\ny: str": {"x": True},
    "x += 1": {"x": True},
    "if (n := f()): pass": {"n": True},
    "[m := i for i in r]": {"m": False},
    "if a: x = 1": {"x": False},
    "if a: x = 1\nelse: x = 2": {"x": True},
    "if a: x = 1\nelif b: x = 2\nelse: x = 3": {"x": True},
    "if a: x = 1\nelse: raise E": {"x": True},
    "x = 0\nif a: x = 1": {"x": True},
    "for i in r: x = i": {"x": False},
    "try: x = 1\nexcept E: x = 2": {"x": True},
    "try: x = 1\nexcept E: pass": {"x": False},
    "try: x = 1\nexcept E: raise": {"x": True},
    "try: x = 1\nfinally: y = 2": {"x": True, "y": True},
    "match v:\n case 1: x = 1\n case _: x = 2": {"x": True},
    "match v:\n case 1: x = 1": {"x": False},
    "with o as h: x = 1": {"x": True},
    "if a: return\nx = 1": {"x": False},
    "import os\ndef f(): pass\nclass A: pass\nfor i in r: pass": {},
    "x = 1\ndel x": {},
}


@pytest.mark.parametrize(("body", "expected"), ASSIGNED.items(), ids=ASSIGNED.keys())
def test_assigned_and_whether_that_is_sure(body, expected):
    tree = ast.parse(body)

    assert names_of_body(tree).assigned == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import os.path as p, sys\nfrom m import k as l", {"p", "sys", "l"}),
        ("for i, j in r: pass", {"i", "j"}),
        ("with o as (a, b): pass", {"a", "b"}),
        ("try: pass\nexcept E as e: pass", {"e"}),
        ("match v:\n case [q, *s] | {'k': q, **s}: pass", {"q", "s"}),
        ("def f(): inner = 1\nclass A: attribute = 1", {"f", "A"}),
        ("[(w := i) for i in r]\ndel z", {"w", "z"}),
    ],
)
def test_stores_are_all_that_the_top_level_binds(body, expected):
    assert names(body).stores == expected


def test_the_attributes_asked_of_the_context_are_known():
    body = "context.log.info('x')\nother.context.run_id\ncontext.op_config['a']"

    assert names(body).context_attributes == {"log", "op_config"}
