"""Which names a body reads before it binds them, and which it binds."""

import ast
import sys

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
    # Assignments.
    "x = x": ["x"],
    "x = y = z; x, y": ["z"],
    "i, x[i] = y": ["y", "x"],
    "x[i], i = y": ["y", "x", "i"],
    "(a, [b, *c]), d = e; a, b, c, d": ["e"],
    "x.a += y": ["x", "y"],
    "x[i] |= y": ["x", "i", "y"],
    "x: int\nx": ["int", "x"],
    "x.a: int = y": ["x", "int", "y"],
    "x = 1; del x; x": ["x"],
    "del x\nx = 1\nx": ["x"],
    "x = 1\nif a: del x\nx": ["a", "x"],
    # Texts.
    "f'{x} {y!r:>{w}} {z=}'": ["x", "y", "w", "z"],
    "'{x}'.format(x=y)": ["y"],
    "x = 1; f'{x}'": [],
    # Walrus, short circuits, comprehensions.
    "while (n := f()): n": ["f"],
    "x if (n := f()) else n": ["f", "x"],
    "a or (n := b)\nn": ["a", "b", "n"],
    "print(n := 1, n)": ["print"],
    "print(n, n := 1)": ["print", "n"],
    "[t := t + v for v in r]": ["r", "t"],
    "t = 0; [t := t + v for v in r]; t": ["r"],
    "[y for x in r if (y := f(x))]": ["r", "f"],
    "[x for x in x]": ["x"],
    "{k: v for k, v in d.items() if k not in skip}": ["d", "skip"],
    "[[y for y in x] for x in z]": ["z"],
    "[i for i in r]\ni": ["r", "i"],
    "(x for x in y for z in w(x))": ["y", "w"],
    "[await x async for x in y]": ["y"],
    # Functions: what they read is read when they are used.
    "def f(): return y\nf = 1\nf": [],
    "def f(): return f, y": ["y"],
    "def a(): return b()\ndef b(): return y\ny = 1\na()": [],
    "def a(): return b()\na()\ndef b(): return y": ["b", "y"],
    "def f():\n x = 1\n return x": [],
    "def f():\n global x\n x = 1": [],
    "def f():\n global x\n x += 1": ["x"],
    "def f():\n x = 1\n def g():\n  nonlocal x\n  x += y\n return g": ["y"],
    "def f(x=x, *, y: T = z) -> R: return x, y": ["x", "z", "T", "R"],
    "def f(*args, **kwargs): return args, kwargs": [],
    "@cache\n@wrap(x)\ndef f(): pass": ["cache", "wrap", "x"],
    "async def f(): return await x": ["x"],
    "def f():\n yield from x": ["x"],
    "if a:\n def f(): return y\nelse:\n f = g\nf()": ["a", "g", "y"],
    "f = lambda x=d: x + y": ["d", "y"],
    "f = g = lambda: y\ny = 1\nf()": [],
    "f: F = lambda: y": ["y", "F"],
    # Classes.
    "class A:\n x = x": ["x"],
    "class A:\n x = 1\n def m(self): return x": ["x"],
    "class A:\n x: T = y\n z = [x, w]": ["y", "T", "w"],
    "class A:\n def m(self): return A, y\ny = 1\nA().m()": [],
    "class A:\n @property\n def p(self): return y": ["property", "y"],
    "class A(B, k=C):\n class D(E): z = F": ["B", "C", "E", "F"],
    "class A:\n for i in r: y = i": ["r"],
    # Branches.
    "if a: x = 1\nelif b: x = 2\nelse: x = 3\nx": ["a", "b"],
    "if a: import m\nm": ["a", "m"],
    "for i in r: pass\nelse: x = 1\ni, x": ["r", "i", "x"],
    "for i in r:\n if i: break\n x = i": ["r"],
    "while True:\n if a: break\n x = 1\nx": ["a", "x"],
    "while True:\n try:\n  x = f()\n  break\n except E: pass\nx": ["f", "E"],
    "while True:\n for i in r: break\n x = 1\n break\nx": ["r"],
    "try: x = f()\nexcept E as e: x = e\nx": ["f", "E"],
    "try: x = 1\nexcept E: x": ["E", "x"],
    "try: pass\nexcept E as e: pass\ne": ["E", "e"],
    "try: import m\nexcept ImportError: m = None\nm": ["ImportError"],
    "try: f()\nexcept* E as g: g": ["f", "E"],
    "try: f()\nexcept E: pass\nelse: x = 1\nfinally: x": ["f", "E", "x"],
    "with a as b, b.c as d: d": ["a"],
    "with o as (a, *b), p as q[i]: a, b": ["o", "p", "q", "i"],
    "async with o as p: p": ["o"],
    "with o: x = 1\nx": ["o"],
    "with lib.suppress(E): x = 1\nx": ["lib", "E", "x"],
    "with suppress(E), o as p: x = 1\np": ["suppress", "E", "o"],
    "match v:\n case {K.a: w, **rest}: w, rest": ["v", "K"],
    "match v:\n case A(b=1, c=[x, *y]) | B(x, y): x, y": ["v", "A", "B"],
    "match v:\n case [1]: x = 1\n case y: x = y\nx": ["v"],
    "match v:\n case 1: x = 1\nx": ["v", "x"],
    "match v:\n case (1 | 2) as n if n > m: n": ["v", "m"],
    "assert a, f(b)": ["a", "f", "b"],
    "raise E(x) from y": ["E", "x", "y"],
    "return x": ["x"],
    "await x": ["x"],
    "x[a:b, ...]": ["x", "a", "b"],
    "print(*a, **b)": ["print", "a", "b"],
    "lambda: (yield x)": ["x"],
}
NEWER = {
    "type X = list[Y]": ["list", "Y"],
    "type X[T] = list[T]": ["list"],
    "type X = Y\nY = int": ["int"],
    "def f[T: B](a: T) -> T: return x": ["B", "x"],
    "class A[T](B[T]):\n x: T = y": ["B", "y"],
}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(("body", "expected"), NEWER.items(), ids=NEWER.keys())
def test_reads_in_newer_syntax(body, expected):
    assert sorted(names(body).reads) == sorted(expected)


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
    "with o as h: x = 1": {"x": False},
    "while True:\n x = 1\n break": {"x": False},
    "while (n := f()): pass": {"n": True},
    "x = 1\nif a: del x": {"x": False},
    "for i in r:\n x = i\n del x": {"x": False},
    "x.a = 1\ny[i] = 2": {},
    "[(lambda: (w := 1))() for i in r]": {},
    "class A: x = 1": {},
    "def f():\n global x\n x = 1": {},
    "x = y = z = 1\ndel y": {"x": True, "z": True},
    "(x := 1)": {"x": True},
    "a and (x := 1)": {"x": False},
    "match v:\n case {'k': x}: pass": {},
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
