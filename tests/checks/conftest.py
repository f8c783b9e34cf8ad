"""Ops that check, run after run."""

from __future__ import annotations

import inspect

import pytest

from opnb import Output, op


@pytest.fixture(name="run")
def _run(session):
    """Run an op that yields what `make` gives; return its last expectation result."""

    def run(make, *, name="clean", **options):
        @op(name=name)
        def body():
            made = make()
            yield from made if inspect.isgenerator(made) else [made]
            yield Output(1)

        result = session.execute_op(body, raise_on_error=False, **options)
        checks = result.summary.checks
        return checks[-1].expectation_result if checks else None

    return run
