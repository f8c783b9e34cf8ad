"""What an op reads of the notebook, through functions and classes, too."""

import pytest

from opnb.notebook.reads import globals_read

SETUP = """\
import math
rate, limit, table, unused = 1, 2, [3], 4
def price(n): return n * rate
def total(ns): return sum(price(n) for n in ns)
class Shop:
    size = 1
    def cost(self): return limit
    @property
    def worth(self): return rate
    @staticmethod
    def help(): return price(1)
"""


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("x = rate", {"rate": None}),
        ("x = math.pi", {}),
        ("x = total([1])", {"total": None, "price": "total", "rate": "total"}),
        ("x = table.unused", {"table": None}),
        (
            "x = Shop().cost()",
            {"Shop": None, "limit": "Shop", "rate": "Shop", "price": "Shop"},
        ),
        ("rate = rate + 1", {}),
        ("x = len([missing for missing in table])", {"table": None}),
        ("x = get_ipython()", {}),
        ("x = context.run_id", {}),
        ("def inner(): return limit\nx = inner()", {"limit": None}),
    ],
)
def test_a_body_reads_these(run, ns, session, cell, found):
    run(SETUP)
    run(f"%%op reads\n{cell}")

    assert globals_read(session.ops["reads"], ns) == found


def test_a_function_reads_what_it_looks_up_beside_its_inputs(run, ns, session):
    run(SETUP)
    run("%%op\ndef billed(table: list):\n    return [price(n) for n in table]")

    assert globals_read(session.ops["billed"], ns) == {"price": None, "rate": "price"}
