"""What a function, a lambda or a comprehension takes from outside."""

import ast
import sys

import pytest

from opnb.notebook.free_names import Scope, free_names

CASES = {
    "def f(a, *b, c=1, **d): return a, b, c, d, e": {"e"},
    "def f(a=b, *, c: d = e) -> g: return h": {"h"},
    "def f(): x = y; return x": {"y"},
    "def f(): x: T = y; return x": {"y"},
    "def f(): x += y": {"y"},
    "def f(): global n; n = 1": set(),
    "def f(): global n; n += 1": {"n"},
    "def f(): global n; del n": {"n"},
    "def f(): global n; return n": {"n"},
    "def f():\n if a: global n\n if b: n = n + 1": {"a", "b", "n"},
    "def f():\n def g(): return h\n return g": {"h"},
    "def f():\n n = 1\n def g(): return n\n return g": set(),
    "def f():\n n = 1\n def g(): nonlocal n; n += 1; return n": set(),
    "def f():\n n = 1\n def g(): global n; return n": {"n"},
    "def f():\n def g(a=b, c: d = e) -> h: pass": {"b", "d", "e", "h"},
    "def f():\n @g\n def h(): pass": {"g"},
    "def f():\n import os.path, sys as s\n return os, s, t": {"t"},
    "def f():\n try: pass\n except E as e: print(e)": {"E", "print"},
    "def f(v):\n match v:\n  case {'k': w, **rest}: return w, rest": set(),
    "def f(v):\n match v:\n  case A(b=c) | D.e: return c": {"A", "D"},
    "def f():\n class A(B): x = 1\n return A": {"B"},
    "def f():\n class A:\n  x = y\n  z: T = x\n return A": {"y", "T"},
    "def f():\n class A:\n  x = 1\n  def m(self): return x\n return A": {"x"},
    "def f():\n [n := i for i in r]\n return n": {"r"},
    "def f():\n if (n := g()): return n": {"g"},
    "def f():\n return [i for i in i]": {"i"},
    "def f():\n for i in r: pass\n return i": {"r"},
    "def f():\n with o as p: return p": {"o"},
    "def f(): return f'{x!r:>{w}}'": {"x", "w"},
    "async def f(): return [x async for x in y if await z]": {"y", "z"},
    "def f(): yield from x": {"x"},
    "class A(B):\n x = y\n def m(self): return x, A": {"y", "x", "A"},
    "lambda a, b=1: a + b + c": {"c"},
    "lambda a=b: (n := a)": set(),
    "lambda: (yield x)": {"x"},
    "[x + y for x in z if w]": {"y", "w"},
    "[x for x in y for z in x if u]": {"u"},
    "[x for x in y for z in w]": {"w"},
    "[[y for y in x] for x in z]": set(),
    "[lambda: x + y for x in z]": {"y"},
    "[t := t + v for v in r]": {"t"},
    "[y for x in r if (y := f(x))]": {"f"},
    "[[t := t + v for v in w] for w in r]": {"t"},
    "{k: v for k, v in items}": set(),
    "(lambda: [i for i in u])": {"u"},
    "a + b.c[d]": {"a", "b", "d"},
}
NEWER = {
    "def f[T: B](a: T, b: U) -> T: return x": {"B", "U", "x"},
    "def f():\n class A[T]:\n  def m(self) -> T: pass\n return A": set(),
    "def f():\n type X = list[Y]\n return X": {"list", "Y"},
}


def scope_of(code):
    statement = ast.parse(code).body[0]
    return statement.value if isinstance(statement, ast.Expr) else statement


@pytest.mark.parametrize(("code", "expected"), CASES.items(), ids=CASES.keys())
def test_free_names(code, expected):
    assert free_names(scope_of(code)) == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(("code", "expected"), NEWER.items(), ids=NEWER.keys())
def test_free_names_in_newer_syntax(code, expected):
    assert free_names(scope_of(code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("[t := v for v in r]", {"t"}),
        ("[[t := v for v in w] for w in r]", {"t"}),
        ("[(lambda: (t := v))() for v in r]", set()),
        ("[v for v in r]", set()),
    ],
)
def test_a_comprehension_binds_names_around_it(code, expected):
    assert Scope(scope_of(code)).walrus == expected
