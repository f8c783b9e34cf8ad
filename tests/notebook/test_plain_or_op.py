"""Ordinary notebooks, cell by cell: as they are, and with each cell as an op."""

import re
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

WILD = Path(__file__).parent.parent / "wild"
NEEDS = {"newer_syntax_312": (3, 12)}
BOOKS = sorted(path.stem for path in WILD.glob("*.ipy"))


def cells_of(book):
    return (WILD / f"{book}.ipy").read_text().strip("\n").split("\n# %%\n")


# A magic must come first in its cell, and what Python wants on top stays there.
FIRST_IN_ITS_CELL = re.compile(r"%%|\s|from __future__|\"\"\"")


def with_event(cell):
    if FIRST_IN_ITS_CELL.match(cell):
        return cell
    return f"yield _opnb.AssetObservation('cell')\n{cell}"


FORMS = {
    "magic": lambda number, cell: f"%%op cell_{number}\n{cell}",
    "directive": lambda number, cell: f"#| op: cell_{number}\n#| tag: a=b\n{cell}",
    "events": lambda number, cell: f"%%op cell_{number}\n{with_event(cell)}",
}

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
# Addresses, folders and files of a kernel, the number of a task, times.
_UNSTEADY = re.compile(
    r"0x[0-9a-f]{6,}|kernel\d+/run_\d+|/tmp/ipykernel_\d+/\d+\.py:\d+|Task-\d+"
    r"|(CPU times|Wall time|\d+(\.\d+)? [mnµ]?s)[^\n]*"
)


def steady(text):
    """Return a text without what differs between two runs of one cell."""
    return _UNSTEADY.sub("…", text)


def shown(reply):
    outputs = [(kind, steady(text)) for kind, text in reply.outputs]
    bundles = [
        {mime: steady(str(data)) for mime, data in bundle.items()}
        for bundle in reply.bundles
    ]
    return reply.status, outputs, bundles


class Runner:
    """A kernel that runs books one after another, each in an empty place of its own.

    opnb is loaded in both: IPython prints numbers otherwise once numpy is there.
    """

    def __init__(self, kernel):
        self.kernel = kernel
        self.runs = 0

    def run(self, cells):
        self.runs += 1
        self.kernel.run("%reset -f")
        self.kernel.run("import opnb as _opnb, os, shutil, sys, warnings, random, io")
        self.kernel.run(f"%cd -q {self.kernel.folder}")
        self.kernel.run(f"%mkdir run_{self.runs}\n%cd -q run_{self.runs}\n%precision")
        replies = [self.kernel.run(cell) for cell in cells]
        [(_, names)] = self.kernel.run(NAMES).outputs
        return replies, steady(names)


@pytest.fixture(scope="module", name="plain")
def _plain(start_kernel):
    return Runner(start_kernel("memory:", "%load_ext opnb"))


@pytest.fixture(scope="module", name="as_ops")
def _as_ops(start_kernel):
    return Runner(start_kernel("memory:", "%load_ext opnb"))


@pytest.mark.parametrize("book", BOOKS)
def test_a_notebook_of_ops_is_the_same_notebook(plain, as_ops, book):
    if sys.version_info < NEEDS.get(book, (3,)):
        pytest.skip(f"{book} is of a newer Python")
    cells = cells_of(book)
    as_it_is, names = plain.run(cells)

    for form, to_op in FORMS.items():
        ops = [to_op(number, cell) for number, cell in enumerate(cells)]
        replies, names_of_ops = as_ops.run(ops)

        for cell, before, after in zip(cells, as_it_is, replies, strict=True):
            assert len(after.cards) == 1, f"{form}: {cell}"
            if not is_different(form, before, after):
                assert shown(after) == shown(before), f"{form}: {cell}"
        assert names_of_ops == names, form


OUT_OF_A_GENERATOR = ("StopIteration", "StopAsyncIteration")


def is_different(form, before, after):
    """Whether it is one of the differences that there are; it must be just that."""
    if before.outputs and before.outputs[-1][1].startswith("UsageError"):
        # IPython prints it alone, and some programs take the cell for a success.
        assert ("stderr", f"{after.error}\n") == before.outputs[-1]
        assert (before.status, after.status) == ("error", "error")
        return True
    if form == "events" and before.error.startswith(OUT_OF_A_GENERATOR):
        # Python turns it around where it leaves a generator.
        assert after.error.startswith("RuntimeError: generator raised Stop")
        assert "or use context.log_event(...) in place of yield" in after.traceback
        return True
    return False


def test_the_notebooks_are_of_many_shapes():
    assert len(BOOKS) >= 14
    assert sum(len(cells_of(book)) for book in BOOKS) >= 250


NO_PYTHON = [
    "break",
    "continue",
    "nonlocal q",
    "x = = 1",
    "if True:\nprint(1)",
    "'unterminated",
    "(1,",
    "def f(a, a): pass",
    "*a, *b = 1",
    "None = 1",
]


@pytest.mark.parametrize("cell", NO_PYTHON)
def test_what_is_no_python_is_the_same_error_a_line_further_down(plain, as_ops, cell):
    before = plain.kernel.run(f"\n# a comment\n{cell}")

    after = as_ops.kernel.run(f"%%op made\n# a comment\n{cell}")

    assert steady_error(after) == steady_error(before)
    assert after.cards == []


def steady_error(reply):
    """Return an error without the name of its cell and the numbers of lines."""
    text = re.sub(r"\(\d+\.py, line", "(cell, line", reply.error)
    return re.sub(r"line \d+", "line", text), reply.traceback.count("\n")


def test_a_context_is_there_while_an_op_runs(as_ops):
    during = as_ops.kernel.run("%%op made\n'context' in globals()")
    after = as_ops.kernel.run("'context' in globals()")

    assert [during.outputs, after.outputs] == [
        [("execute_result", "True")],
        [("execute_result", "False")],
    ]


def test_a_cell_may_return_as_no_plain_one_may(plain, as_ops):
    assert plain.kernel.run("return 5").error.startswith("SyntaxError")
    assert as_ops.kernel.run("%%op made\nreturn 5").status == "ok"
