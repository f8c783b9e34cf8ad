"""What a function, a lambda or a comprehension takes from outside."""

import ast

import pytest

from opnb.notebook.free_names import free_names

CASES = {
    "def f(a, *b, c=1, **d): return a, b, c, d, e": {"e"},
    "def f(): x = y; return x": {"y"},
    "def f(): global n; n = 1": {"n"},
    "def f():\n def g(): return h\n return g": {"h"},
    "def f():\n import os.path, sys as s\n return os, s, t": {"t"},
    "def f():\n try: pass\n except E as e: print(e)": {"E", "print"},
    "def f(v):\n match v:\n  case {'k': w, **rest}: return w, rest": set(),
    "def f():\n class A(B): x = 1\n return A": {"B"},
    "lambda a, b=1: a + b + c": {"c"},
    "[x + y for x in z if w]": {"y", "z", "w"},
    "{k: v for k, v in items}": {"items"},
    "(lambda: [i for i in u])": {"u"},
}


@pytest.mark.parametrize(("code", "expected"), CASES.items(), ids=CASES.keys())
def test_free_names(code, expected):
    statement = ast.parse(code).body[0]
    scope = statement.value if isinstance(statement, ast.Expr) else statement

    assert free_names(scope) == expected
