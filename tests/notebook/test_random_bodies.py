"""Random bodies run as a cell, as an op and as a function of their inputs: the same."""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import re
import types

import pytest
from hypothesis import HealthCheck, example, given, settings
from random_bodies import BEFORE, EVENT, VARIABLES, bodies

from opnb.notebook.body import CellBody, NotebookBody
from opnb.notebook.compile import compile_body

SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@types.coroutine
def later(value):
    yield
    return value


IMPORTED = {"contextlib": contextlib, "later": later}
NOTEBOOK = {"__builtins__": builtins, **BEFORE, **IMPORTED}


class Recorder(dict):
    """A namespace that notes what of the notebook is read, and what is bound."""

    def __init__(self):
        super().__init__(NOTEBOOK)
        self.read = set()
        self._stored = set()

    def __getitem__(self, name):
        value = super().__getitem__(name)
        if value is BEFORE.get(name):
            self.read.add(name)
        return value

    def __setitem__(self, name, value):
        self._stored.add(name)
        super().__setitem__(name, value)

    @property
    def bound(self):
        # Names declared global, and a walrus in a comprehension, come in by the back.
        changed = {name for name in self if self.get(name) is not NOTEBOOK.get(name)}
        return (self._stored | changed) & set(VARIABLES)


def run_plain(body, ns):
    """Run a body statement by statement, as IPython runs a cell; return its error."""

    async def run():
        for statement in ast.parse(body.replace(EVENT, "None")).body:
            running = eval(compiler(ast.Module([statement], []), "body", "exec"), ns)  # noqa: S307 - the body of the test
            if running is not None:
                await running

    return error_of(run)


def run_compute(code, compute, inputs):
    """Drive the compute function of an op; return its error and its outputs."""
    outputs = {}

    def drive():
        running = compute(None, inputs)
        return _collect(running, outputs)

    return error_of(drive), outputs


async def _collect(running, outputs):
    if inspect.isasyncgen(running):
        events = [event async for event in running]
    else:
        events = await running if inspect.isawaitable(running) else running
    for event in events or ():
        if not isinstance(event, str):
            outputs[event.output_name] = event.value


def error_of(run):
    try:
        result = run()
        if inspect.isawaitable(result):
            for _ in result.__await__():
                pass
    except Exception as error:  # noqa: BLE001 - whichever it is, it is compared
        return f"{type(error).__name__}: {error}"
    return None


def variables(ns):
    return {name: shape(ns[name]) for name in VARIABLES if name in ns}


def shape(value):
    """Return a value as two runs can agree on it."""
    return repr(value) if isinstance(value, int | list | str) else type(value).__name__


def compiled(body):
    return compile_body(ast.parse(body), filename="body", compiler=compiler)


def compiler(tree, filename, mode):
    return compile(tree, filename, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def unchanged(ns):
    """Return the names that hold what they held, whether they were bound or not."""
    return {name for name in BEFORE if ns.get(name) is BEFORE[name]}


# What is bound by a text, or by a function, only shows when it runs.
IN_A_TEXT = re.compile(r"exec\(|globals\(|    global ")
FORMS = {
    "plain": lambda body: body.replace(EVENT, "None"),
    "events": lambda body: body.replace(EVENT, "yield 'event'"),
    "an event first": lambda body: "yield 'event'\n" + body.replace(EVENT, "None"),
    "a return last": lambda body: body.replace(EVENT, "None") + "\nreturn",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@SETTINGS
@given(body=bodies)
def test_a_body_gives_the_same_names_as_a_cell_and_as_an_op(form, body):
    plain = dict(NOTEBOOK)
    failed = run_plain(body, plain)

    ns = dict(NOTEBOOK)
    code = compiled(form(body))
    outs = tuple(code.names.assigned)
    error, outputs = run_compute(code, NotebookBody(code, outs, ns), {})

    assert error == failed
    assert variables(ns) == variables(plain)
    types = "__annotations__"
    assert ns.keys() - {types} == plain.keys() - {types}
    assert ns.get(types, {}) == plain.get(types, {})
    assert all(outputs[name] is ns[name] for name in outputs)


@SETTINGS
@given(body=bodies)
def test_a_body_gives_the_same_values_as_a_function_of_its_inputs(body):
    code = compiled(FORMS["events"](body))
    outs = tuple(code.names.assigned)
    failed, expected = run_compute(code, NotebookBody(code, outs, dict(NOTEBOOK)), {})

    inputs = {name: BEFORE[name] for name in code.names.reads if name in BEFORE}
    compute = CellBody(code, "op", tuple(inputs), outs, IMPORTED)
    error, outputs = run_compute(code, compute, inputs)

    assert error == failed
    assert {name: shape(value) for name, value in outputs.items()} == {
        name: shape(value) for name, value in expected.items()
    }


@SETTINGS
@given(body=bodies)
def test_what_a_body_reads_and_binds_is_known_before_it_runs(body):
    ns = Recorder()
    failed = run_plain(body, ns)

    names = compiled(FORMS["plain"](body)).names

    assert ns.read <= names.reads.keys()
    if not IN_A_TEXT.search(body):
        assert ns.bound <= names.stores
    if failed is None:
        sure = {name for name, is_sure in names.assigned.items() if is_sure}
        assert sure & set(VARIABLES) <= ns.bound | unchanged(ns)


@SETTINGS
@example(body="if a:\n    b = a\n    for i in range((a := a) % 3):\n        a = a")
@given(body=bodies)
def test_what_is_put_out_is_what_was_bound(body):
    ns = Recorder()
    failed = run_plain(body, ns)

    code = compiled(FORMS["plain"](body))
    outs = tuple(name for name in code.names.assigned if name in VARIABLES)
    compute = NotebookBody(code, outs, dict(NOTEBOOK))
    _, outputs = run_compute(code, compute, {})

    if failed is None:
        assert outputs.keys() <= (ns.bound | unchanged(ns)) & ns.keys()
        assert outputs.keys() >= set(outs) & ns.bound & ns.keys()
