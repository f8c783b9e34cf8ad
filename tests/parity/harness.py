"""One program, run on Dagster and on opnb, and all that can be seen of each run.

A program is a function of one argument, the module that it takes its names from:
Dagster itself or `opnb.dagster`. It defines what it wants and gives back a `Run` to be
executed, or a plain value; or it raises. `observe` tells what came of it as plain JSON.
"""

from __future__ import annotations

import contextlib
import functools
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from parity.describe import describe, describe_error
from parity.events import describe_events


@dataclass(frozen=True)
class Program:
    """A program, the row that it shows, and why opnb does otherwise, if it does."""

    name: str
    row: str
    build: Callable[[Any], Any]
    departs: str | None = None


def program(
    row: str, *, departs: str | None = None
) -> Callable[[Callable[[Any], Any]], Program]:
    """Make a program of a function.

    Args:
        row: The row of `rows.ROWS` that it shows.
        departs: Why opnb does otherwise than Dagster, one sentence for users.
    """

    def make(build: Callable[[Any], Any]) -> Program:
        return Program(build.__name__, row, build, departs)

    return make


class Run:
    """A job or a graph to be executed.

    Args:
        definition: The job or graph.
        seen: A list that the ops write to while they run; a part of what is observed.
        ask: Takes the result; what it returns is a part of what is observed.
        options: The arguments of `execute_in_process`.
    """

    def __init__(
        self,
        definition: Any,
        *,
        seen: list[Any] | None = None,
        ask: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> None:
        self.definition = definition
        self.seen = seen
        self.ask = ask
        self.options = options

    def execute(self, dg: Any, *, raise_on_error: bool) -> Any:
        """Return the result of an execution."""
        options = dict(self.options)
        if is_dagster(dg):
            options["instance"] = _instance(dg)
        return self.definition.execute_in_process(
            raise_on_error=raise_on_error, **options
        )


def job_of(dg: Any, *ops: Any, **options: Any) -> Any:
    """Return a job in which each op hands its one output to the next."""

    @dg.job(name="job", **options)
    def job() -> None:
        value = ops[0]()
        for op in ops[1:]:
            value = op(value)

    return job


def alone(dg: Any, op: Any, **options: Any) -> Run:
    """Return the run of a job of one op."""
    return Run(job_of(dg, op), **options)


def chain(dg: Any, *ops: Any, **options: Any) -> Run:
    """Return the run of a job in which each op hands its one output to the next."""
    return Run(job_of(dg, *ops), **options)


def outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a call gives, or the error that it raises."""
    try:
        return call(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - it is what is looked at
        return error


def is_dagster(dg: Any) -> bool:
    """Tell whether the module is Dagster itself."""
    return dg.__name__ == "dagster"


def observe(dg: Any, program: Program) -> dict[str, Any]:
    """Return all that can be seen of a program run on one side."""
    with _quiet(dg):
        try:
            run = program.build(dg)
            if not isinstance(run, Run):
                return {"value": describe(run)}
            result = run.execute(dg, raise_on_error=False)
        except BaseException as error:  # noqa: BLE001 - also what ends a process
            return {"raises": describe_error(error).partition(":")[0]}
        observed = _observe_result(dg, run, result)
        if not result.success:
            # Built anew: what the first execution left behind must not count.
            observed["raised"] = _raised(dg, program.build(dg))
        return observed


@contextlib.contextmanager
def _quiet(dg: Any) -> Iterator[None]:
    """Keep Dagster's warnings and its console from those who run the tests."""
    if not is_dagster(dg):
        yield
        return
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


@functools.cache
def _instance(dg: Any) -> Any:
    return dg.DagsterInstance.ephemeral()


def _raised(dg: Any, run: Run) -> str:
    try:
        run.execute(dg, raise_on_error=True)
    except BaseException as error:  # noqa: BLE001 - also what ends a process
        return describe_error(error)
    return "nothing"


def _observe_result(dg: Any, run: Run, result: Any) -> dict[str, Any]:
    observed = {
        "success": result.success,
        "events": describe_events(result.all_events),
        "nodes": {
            name: _observe_node(result, name, definition)
            for name, definition in _nodes_of(dg, run.definition)
        },
        "failed": sorted(result.get_failed_step_keys()),
    }
    if isinstance(run.definition, dg.GraphDefinition):
        observed["outputs"] = {
            name: describe(outcome(result.output_value, name))
            for name in _output_names(run.definition)
        }
    if run.seen is not None:
        observed["seen"] = describe(list(run.seen))
    if run.ask is not None:
        observed["answer"] = describe(run.ask(result))
    return observed


def _nodes_of(dg: Any, definition: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for node in getattr(definition, "graph", definition).nodes:
        name = f"{above}{node.name}"
        yield name, node.definition
        if isinstance(node.definition, dg.GraphDefinition):
            yield from _nodes_of(dg, node.definition, f"{name}.")


def _observe_node(result: Any, name: str, definition: Any) -> dict[str, Any]:
    return {
        "outputs": {
            output: describe(outcome(result.output_for_node, name, output))
            for output in _output_names(definition)
        },
        "retries": describe(outcome(result.retry_attempts_for_node, name)),
        "state": states_of(result, name) if _steps_of(result, name) < 2 else "several",
    }


def states_of(result: Any, node: str) -> list[str]:
    """Return what a result says of the end of a node."""
    states = ("success", "failed", "skipped", "untouched")
    return [state for state in states if getattr(result, f"is_node_{state}")(node)]


def _steps_of(result: Any, node: str) -> int:
    within = (f"{node}[", f"{node}.")
    keys = {event.step_key or "" for event in result.all_events}
    return sum(key == node or key.startswith(within) for key in keys)


def _output_names(definition: Any) -> list[str]:
    # Dagster's graphs call their outputs otherwise than its ops do.
    return list(
        definition.outs if hasattr(definition, "outs") else definition.output_dict
    )
