"""Ordinary notebooks, cell by cell: as they are, and with `%%op` on each cell."""

import re

import pytest

pytestmark = pytest.mark.kernel

EXPLORATION = r"""
import pandas as pd
import matplotlib.pyplot as plt
import math, os.path
# %%
%matplotlib inline
RATE = 0.19
names = ['ada', 'bob', 'cy']
# %%
orders = pd.DataFrame({'who': names * 3, 'net': range(9)})
orders.head(2)
# %%
def gross(net):
    '''Add the tax.'''
    return net * (1 + RATE)

gross(100)
# %%
orders['gross'] = orders['net'].map(gross).round(2)
orders.shape
# %%
orders.groupby('who')['gross'].sum()
# %%
orders.describe();
# %%
fig, ax = plt.subplots()
ax.plot(orders['gross'])
print('drawn')
# %%
plt.hist(orders['net'])
plt.show()
plt.plot([1, 2]);
# %%
RATE = 0.07
gross(100)
# %%
total = 0
for row in orders.itertuples():
    total += row.net
row.who, total
# %%
big = orders[orders['net'] > 4]
assert len(big) == 4, 'four'
big
# %%
try:
    orders['missing']
except KeyError as missing:
    reason = repr(missing)
reason
# %%
orders['nothing']
# %%
print(len(orders))
display(orders.tail(1))
print('after')
_
# %%
squares = [n * n for n in range(5)]
evens = {n: n % 2 == 0 for n in squares}
evens
# %%
text = '''line one
  %%op not a magic
!not a shell
'''
text
# %%
!echo from the shell
listing = !printf 'a\nb'
listing
# %%
%who_ls DataFrame
# %%
del big
'big' in globals()
# %%
len?
# %%
%%capture caught
print('hidden')
5
# %%
caught.stdout
# %%
%%writefile note.txt
some text
# %%
%cat note.txt
""".strip("\n").split("\n# %%\n")

LANGUAGE = r"""
from __future__ import annotations
import asyncio, dataclasses, enum, functools
# %%
@dataclasses.dataclass
class Point:
    x: int = 0
    y: int = 0

    def size(self) -> Unknown:
        return abs(self.x) + abs(self.y)

Point(3, -4).size()
# %%
class Color(enum.Enum):
    RED = 1
    BLUE = 2

    @property
    def low(self):
        return self.name.lower()

[c.low for c in Color]
# %%
first, *rest = range(4)
(a, b), c = (1, 2), 3
first, rest, a, b, c
# %%
x: int = 5
y: str
x += 1
__annotations__
# %%
if (n := len(rest)) > 2:
    kind = 'many'
else:
    kind = 'few'
n, kind
# %%
total = 0
partial = [total := total + v for v in range(4)]
total, partial
# %%
def numbers():
    for i in range(3):
        yield i

list(numbers())
# %%
counter = 0
def bump():
    global counter
    counter += 1
    return counter

bump(); bump()
counter
# %%
match Point(1, 2):
    case Point(x=0):
        where = 'axis'
    case Point(x=px, y=py):
        where = f'{px},{py}'
where
# %%
async def later(value):
    await asyncio.sleep(0)
    return value

got = await later(7)
got
# %%
several = await asyncio.gather(later(1), later(2))
[await later(v) for v in several]
# %%
@functools.lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

fib(20)
# %%
with open('lines.txt', 'w') as sink:
    sink.write('one\ntwo')
lines = open('lines.txt').read().split()
lines, sink.closed
# %%
exec('made = 1')
locals() is globals(), made, eval('made + 1')
# %%
import sys
print('to stderr', file=sys.stderr)
print('to stdout')
# %%
for i in range(2):
    print(i, end=' ')
else:
    done = True
# %%
lambda_ = lambda v, w=2: v * w
lambda_(4), lambda_.__qualname__
# %%
raise ValueError('on purpose')
# %%
half = 1
half / 0
never = 2
# %%
half, 'never' in globals()
# %%
1; 2; 3;
# %%
'''only a string'''
# %%
b1 = 1
global b1
b1
# %%
import inspect
inspect.getsource(fib.__wrapped__), inspect.getsource(Point.size)
# %%
from math import *
floor(pi)
# %%
    # indented
    spaces = 4
    spaces
# %%
_, __, Out[max(Out)]
# %%
%precision 3
float(1) / 3
# %%
print(__name__, __doc__)
# %%
get_ipython().user_ns is globals()
# %%
del x
# %%
None
# %%
...
""".strip("\n").split("\n# %%\n")

# What the namespace holds, as far as two kernels can agree on it.
NAMES = """
import types as _types
{
    name: repr(value) if type(value).__repr__ is not object.__repr__
    and not isinstance(value, (type, _types.FunctionType, _types.ModuleType))
    and '0x' not in repr(value) else type(value).__qualname__
    for name, value in sorted(globals().items())
    if not name.startswith('_')
    and name not in ('In', 'Out', 'exit', 'quit', 'open', 'get_ipython', 'context')
    and type(value).__name__ != 'OpDefinition'
}
"""


CELLS = [*EXPLORATION, *LANGUAGE]
# A magic must come first in its cell, and a function has no annotations of names.
NOT_IN_A_FUNCTION = re.compile(r"%%|    #|x: int")


@pytest.fixture(scope="module", name="plain")
def _plain(start_kernel):
    """Return what each cell shows as it is, and the names at the end."""
    kernel = start_kernel()
    return [kernel.run(cell) for cell in CELLS], kernel.run(NAMES).outputs


def test_a_notebook_of_ops_is_the_same_notebook(start_kernel, plain):
    kernel = start_kernel("memory:", "%load_ext opnb")

    for number, (cell, as_it_is) in enumerate(zip(CELLS, plain[0], strict=True)):
        as_op = kernel.run(f"%%op cell_{number}\n{cell}")

        assert as_op.outputs == as_it_is.outputs, cell
        assert as_op.status == as_it_is.status, cell
        assert len(as_op.cards) == 1, cell
    assert kernel.run(NAMES).outputs == plain[1]


def test_so_it_is_where_the_cells_yield_events(start_kernel, plain):
    kernel = start_kernel("memory:", "%load_ext opnb\nimport opnb as _opnb")
    event = "yield _opnb.AssetObservation('cell')\n"

    for cell, as_it_is in zip(CELLS, plain[0], strict=True):
        first = "" if NOT_IN_A_FUNCTION.match(cell) else event
        as_op = kernel.run(f"%%op cell\n{first}{cell}")

        assert as_op.outputs == as_it_is.outputs, cell
    assert kernel.run(NAMES).outputs == plain[1]
