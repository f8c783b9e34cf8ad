"""Random bodies of cells: programs that are valid, end soon, and may fail half-way."""

from __future__ import annotations

import re

from hypothesis import strategies as st


class Before(int):
    """A number that the notebook holds before the body runs: no other one is it."""


BEFORE = {"a": Before(3), "b": Before(-1), "c": Before(0), "d": Before(7)}
VARIABLES = ("a", "b", "c", "d", "x", "y", "z")
EVENT = "EVENT"

_names = st.sampled_from(VARIABLES)
_numbers = st.integers(-3, 9).map(str)

_OPERATIONS = (
    "{0} + {1}",
    "{0} * {1}",
    "{0} // {1}",
    "({0} if {1} > {2} else {2})",
    "({0} or {1})",
    "({0} > 1 and {1})",
    "len(f'{{{0}}}{{{1}!r:>4}}')",
    "max({0}, {1})",
    "sum(i * {1} for i in range({0} % 4))",
    "sum([i for i in (1, {0}) if i > {1}])",
    "len({{i: {0} for i in range(3)}})",
    "(lambda u, v={1}: u + v + {2})({0})",
    "[*range({0} % 3), {1}][-1]",
    "{{'k': {0}}}['k']",
)


@st.composite
def _walrus(draw, inner):
    return f"({draw(_names)} := {draw(inner)})"


@st.composite
def _in_comprehension(draw, inner):
    name = draw(_names)
    form = draw(
        st.sampled_from(
            [
                "len([{n} := {e} for i in range(2)])",
                "sum([{n} := {n} + i for i in range(3)])",
                "sum([{n} for i in range(3) if ({n} := {e} + i)])",
            ]
        )
    )
    return form.format(n=name, e=draw(inner))


@st.composite
def _operation(draw, inner):
    form = draw(st.sampled_from(_OPERATIONS))
    return form.format(*(draw(inner) for _ in range(3)))


expressions = st.recursive(
    _names | _numbers,
    lambda inner: _operation(inner) | _walrus(inner) | _in_comprehension(inner),
    max_leaves=4,
)

_SIMPLE = (
    "{n} = {e}",
    "{n} = {m} = {e}",
    "{n}, *{m} = {e}, 1, 2\n{m} = len({m})",
    "({n}, ({m}, _u)) = 1, ({e}, 2)",
    "{n} += {e}",
    "{n} -= {m}",
    "{n}: int = {e}",
    "{n}: int",
    "del {n}",
    "{e}",
    "assert {e} or True",
    "import math as {n}\n{n} = {n}.floor(2.5)",
    "global {n}",
    "from math import *",
    EVENT,
    "holder = {{'k': {e}}}\nholder['k'] += {m}\n{n} = holder['k']",
    "{n} = await later({e})",
    "exec('{n} = 5')",
    "globals()['{n}'] = {e}",
)

_DEFINITIONS = (
    "def f(u={e}):\n    return u + {m}\n{n} = f()",
    "def f(u):\n    return u + {m}\n{m} = 2\n{n} = f({e})",
    "def f():\n    global {n}\n    {n} = {e}\nf()",
    "def f():\n  v = {e}\n  def g():\n    nonlocal v; v += {m}; return v\n  return g()",
    "def f():\n    yield {e}\n    yield {m}\n{n} = sum(f())",
    "g = lambda u: u + {m}\n{n} = g({e})",
    "class K:\n    {m} = {e}\n    def get(self):\n        return {n}\n{n} = K().get()",
    "class K:\n    v = [{e} for i in range(2)]\n{n} = len(K.v)",
    "import functools\n@functools.cache\ndef f(u):\n    return u + {m}\n{n} = f({e})",
    "async def f():\n    return {e}\n{n} = await f()",
)

_BLOCKS = (
    "if {e}:\n{A}",
    "if {e}:\n{A}\nelse:\n{B}",
    "if {e}:\n{A}\nelif {m}:\n{B}\nelse:\n{C}",
    "for i in range({e} % 3):\n{A}",
    "for i in range(2):\n{A}\n    if {e}: continue\n{B}\nelse:\n{C}",
    "for i, {n} in enumerate((1, {e})):\n{A}\n    if i: break",
    "{k} = 0\nwhile {k} < 2:\n    {k} += 1\n{A}",
    "{k} = 0\nwhile True:\n    {k} += 1\n    if {k} > 2: break\n{A}",
    "while True:\n    try:\n{AA}\n        break\n    except Exception: break\n{A}",
    "try:\n{A}\nexcept Exception as error:\n{B}",
    "try:\n{A}\nexcept ZeroDivisionError:\n{B}\nelse:\n{C}\nfinally:\n    {n} = 1",
    "try:\n    {e} // 0\nexcept Exception as {n}:\n    pass\n{n} = 4",
    "with contextlib.nullcontext({e}) as w:\n{A}",
    "with contextlib.suppress(Exception):\n{A}\n    {e} // 0\n{B}",
    "match {e}:\n    case 0:\n{AA}\n    case {n} if {n} > 2:\n{BB}\n    case _:\n{CC}",
    "match ({e}, {m}):\n    case [1, {n}]:\n{AA}\n    case [{n}, *_]:\n{BB}",
)


def _indented(text, by="    "):
    return "\n".join(by + line for line in text.split("\n"))


@st.composite
def _simple(draw):
    form = draw(st.sampled_from(_SIMPLE + _DEFINITIONS))
    return form.format(n=draw(_names), m=draw(_names), e=draw(expressions))


@st.composite
def _block(draw, statements):
    form = draw(st.sampled_from(_BLOCKS))
    inner = st.lists(statements, min_size=1, max_size=3).map("\n".join)
    within = {}
    for letter in "ABC":
        text = draw(inner) if letter in form else ""
        within[letter] = _indented(text)
        within[letter * 2] = _indented(text, " " * 8)
    # A counter of its own, or a loop within would set it back for ever.
    taken = re.findall(r"\bk(\d+)\b", "".join(within.values()))
    within["k"] = f"k{1 + max(map(int, taken), default=0)}"
    return form.format(n=draw(_names), m=draw(_names), e=draw(expressions), **within)


def _is_python(text):
    """Python has rules of its own for `global`, `import *` and captures."""
    try:
        compile(text.replace("await ", ""), "body", "exec")
    except SyntaxError:
        return False
    return True


_statements = st.recursive(_simple(), _block, max_leaves=4)
bodies = st.lists(_statements, min_size=1, max_size=6).map("\n".join).filter(_is_python)
