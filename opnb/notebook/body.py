"""A cell's body as the compute function of an op, over one of two namespaces.

In the notebook the body runs in the notebook's own namespace and shows its last
expression. Anywhere else (called as a function, run by a script) the same code runs in
a fresh namespace that holds its inputs and what it reads of the notebook's imports,
functions, classes and constants.
"""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterator,
    Mapping,
)
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import Any

from opnb.definitions.in_out import Out
from opnb.definitions.op import OpDefinition
from opnb.execution.context import CONTEXT_NAMES, OpExecutionContext
from opnb.execution.direct_context import DirectOpExecutionContext, context_of_call
from opnb.execution.failed_checks import judge, raise_failed
from opnb.model.errors import InvalidInvocationError
from opnb.model.events import ExpectationResult, Output
from opnb.notebook.carried import carried, is_carried
from opnb.notebook.compile import CellCode
from opnb.notebook.marks import Marks
from opnb.notebook.wrap import is_shown

_MISSING = object()
_OUT_OF_A_GENERATOR = (
    "Hint: A body that yields is a generator, which no StopIteration may leave. Catch "
    "it there, or use context.log_event(...) in place of yield."
)

Display = Callable[[Any], None]


def _show_nothing(_: Any) -> None:
    """Stand in for the display where nobody looks."""


@dataclass(eq=False)
class NotebookBody:
    """Runs a body in a namespace and puts out what it made.

    Args:
        code: The compiled body.
        outs: The names of its outputs.
        ns: The namespace: the notebook's, or a fresh one.
        display: Shows the last expression's value.
    """

    code: CellCode
    outs: tuple[str, ...]
    ns: dict[str, Any]
    display: Display = _show_nothing
    _last: Any = field(default=None, init=False)
    _before: dict[str, int] = field(default_factory=dict, init=False)
    _marks: Marks = field(init=False)

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Run the body."""
        # They are there already, but for a retry: the attempt before may have bound
        # the names anew.
        self.ns.update(inputs)
        self._last = None
        self._before = {name: id(self.ns.get(name, _MISSING)) for name in self.outs}
        self._marks = Marks(self.ns, self.code.marked)
        bound = _ContextBound(self.code, self.ns, context, self._marks)
        if self.code.function is not None:
            return self._run_function(bound)
        return self._run_async(bound) if self.code.is_async else self._run(bound)

    def _run(self, bound: _ContextBound) -> Iterator[Output[Any]]:
        with bound:
            for mode, code in self.code.steps:
                self._take(mode, eval(code, self.ns))  # noqa: S307 - the user's cell
        return self._outputs()

    async def _run_async(self, bound: _ContextBound) -> Iterator[Output[Any]]:
        with bound:
            for mode, code in self.code.steps:
                value = eval(code, self.ns)  # noqa: S307 - the user's cell
                if code.co_flags & inspect.CO_COROUTINE:
                    value = await value
                self._take(mode, value)
        return self._outputs()

    def _take(self, mode: str, value: Any) -> None:
        if mode == "eval":
            self._show(value)

    def _show(self, value: Any) -> None:
        self._last = value
        self.display(value)

    def _run_function(self, bound: _ContextBound) -> Any:
        running = self.code.bind(self.ns)
        flags = running.__code__.co_flags
        if flags & inspect.CO_ASYNC_GENERATOR:
            return self._follow_async(running(), bound)
        if flags & inspect.CO_COROUTINE:
            return self._await_function(running(), bound)
        if flags & inspect.CO_GENERATOR:
            return self._follow(running(), bound)
        with bound:
            returned = running()
        return self._returned(returned)

    async def _await_function(self, coroutine: Any, bound: _ContextBound) -> Any:
        with bound:
            returned = await coroutine
        return self._returned(returned)

    def _returned(self, value: Any) -> Any:
        """Return what the op gives, where the body ended with `return` or fell off."""
        if is_shown(value):
            self._show(value[1])
        elif self.code.returns:
            return value
        return self._outputs()

    def _follow(self, generator: Any, bound: _ContextBound) -> Iterator[Any]:
        put_out = False
        try:
            with bound:
                for event in generator:
                    if is_shown(event):
                        self._show(event[1])
                        continue
                    put_out = put_out or isinstance(event, Output)
                    yield event
        finally:
            generator.close()
        if not put_out:
            yield from self._outputs()

    async def _follow_async(
        self, generator: Any, bound: _ContextBound
    ) -> AsyncIterator[Any]:
        put_out = False
        try:
            with bound:
                async for event in generator:
                    if is_shown(event):
                        self._show(event[1])
                        continue
                    put_out = put_out or isinstance(event, Output)
                    yield event
        finally:
            await generator.aclose()
        if not put_out:
            for output in self._outputs():
                yield output

    def _outputs(self) -> Iterator[Output[Any]]:
        """Yield an output for each name that the body bound, or the last value."""
        for name in self.outs:
            if name in self.ns and self._was_bound(name):
                yield Output(self.ns[name], name)
            elif name == "result" and self._last is not None:
                yield Output(self._last)
        self._last = None

    def _was_bound(self, name: str) -> bool:
        # A branch that did not run leaves the value of an earlier cell.
        sure = self.code.names.assigned.get(name)
        if sure is None:
            return name != "result"
        changed = id(self.ns[name]) != self._before[name]
        return sure or changed or name in self._marks.bound


@dataclass(frozen=True, eq=False)
class CellBody:
    """The compute function of a cell's op: runs in a fresh namespace.

    Args:
        code: The compiled body.
        op_name: Whose it is.
        ins: The names of its inputs.
        outs: The names of its outputs.
        notebook: The notebook's namespace, for imports, functions and constants.
    """

    code: CellCode
    op_name: str
    ins: tuple[str, ...]
    outs: tuple[str, ...]
    notebook: Mapping[str, Any]

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Run the body in a namespace of its own."""
        ns = self._fresh_namespace(inputs)
        return NotebookBody(self.code, self.outs, ns)(context, inputs)

    def in_notebook(self, ns: dict[str, Any], display: Display) -> NotebookBody:
        """Return the body over the notebook's own namespace."""
        return NotebookBody(self.code, self.outs, ns, display)

    def invoke(self, *unnamed: Any, **inputs: Any) -> Any:
        """Run the body as a plain function of its inputs, recording nothing.

        Returns:
            The value of its output; a tuple where it has several; None where none came.
            What an async body gives is a coroutine.

        Raises:
            InvalidInvocationError: An input is missing or unknown.
            CheckFailed: Checks failed that are to fail the op.
        """
        self._verify_inputs(unnamed, inputs)
        context = self._detached_context()
        returned = self(context, inputs)
        if self.code.is_async:
            return self._collect_async(returned, context.failed_checks)
        # Not any iterator: one that the body returns is its value, as in a run.
        if inspect.isgenerator(returned):
            return self._collect(returned, context.failed_checks)
        raise_failed(self.op_name, context.failed_checks)
        return returned

    def _verify_inputs(
        self, unnamed: tuple[Any, ...], inputs: Mapping[str, Any]
    ) -> None:
        if unnamed:
            named = ", ".join(f"{name}=..." for name in self.ins)
            raise InvalidInvocationError(
                f"Op {self.op_name!r} takes its inputs by name.",
                hint=f"{self.op_name}({named}).",
            )
        for name in inputs:
            if name not in self.ins:
                raise InvalidInvocationError(
                    f"Op {self.op_name!r} has no input {name!r}.",
                    hint=f"Its inputs are {', '.join(self.ins) or 'none'}.",
                )
        for name in self.ins:
            if name not in inputs:
                raise InvalidInvocationError(
                    f"Op {self.op_name!r} needs its input {name!r}.",
                    hint=f"{self.op_name}({name}=...).",
                )

    def _detached_context(self) -> DirectOpExecutionContext:
        """Return a context of no run: what is logged to it goes into no log."""
        op = OpDefinition(self, self.op_name, outs={name: Out() for name in self.outs})
        return context_of_call(op, self.op_name)

    def _collect(
        self, events: Generator[Any, Any, Any], failed: list[ExpectationResult]
    ) -> Any:
        outputs = []
        with closing(events):
            for event in events:
                judge(self.op_name, event, failed)
                outputs.append(event)
        raise_failed(self.op_name, failed)
        return self._result(outputs)

    async def _collect_async(
        self, returned: Any, failed: list[ExpectationResult]
    ) -> Any:
        if isinstance(returned, AsyncGenerator):
            outputs = []
            async with aclosing(returned):
                async for event in returned:
                    judge(self.op_name, event, failed)
                    outputs.append(event)
            raise_failed(self.op_name, failed)
            return self._result(outputs)
        value = await returned
        if inspect.isgenerator(value):
            return self._collect(value, failed)
        raise_failed(self.op_name, failed)
        return value

    def _result(self, events: list[Any]) -> Any:
        came = {e.output_name: e.value for e in events if isinstance(e, Output)}
        if len(self.outs) <= 1:
            return next(iter(came.values()), None)
        return tuple(came.get(name) for name in self.outs)

    def _fresh_namespace(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        ns: dict[str, Any] = {"__builtins__": __builtins__, "__name__": "__main__"}
        for name in self.code.names.reads:
            value = self.notebook.get(name, _MISSING)
            if value is not _MISSING and is_carried(name, value):
                ns[name] = carried(value)
        ns.update(inputs)
        return ns


def _left_a_generator(error: BaseException) -> bool:
    """Whether Python has turned around what a plain cell would have raised."""
    stops = StopIteration | StopAsyncIteration
    return type(error) is RuntimeError and isinstance(error.__cause__, stops)


class _ContextBound:
    """Binds `context` and the marks while a body runs; puts the user's own back.

    A notebook may have a `context` of its own (a text, a dataset). The body then sees
    that one, unless it asks it for something that only an op's context has.
    """

    def __init__(
        self, code: CellCode, ns: dict[str, Any], context: Any, marks: Marks
    ) -> None:
        self._ns = ns
        self._marks = marks
        self._context = context
        self._before = ns.get("context", _MISSING)
        asked = code.names.context_attributes & CONTEXT_NAMES
        self._binds = context is not None and (
            self._before is _MISSING
            # An op that runs within another's body has a context of its own.
            or isinstance(self._before, OpExecutionContext)
            or any(not hasattr(self._before, name) for name in asked)
        )

    def __enter__(self) -> None:
        self._marks.__enter__()
        if self._binds:
            self._ns["context"] = self._context

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        self._marks.__exit__()
        if error is not None and _left_a_generator(error):
            error.add_note(_OUT_OF_A_GENERATOR)
        # What the body itself bound to the name stays.
        if not self._binds or self._ns.get("context") is not self._context:
            return
        if self._before is _MISSING:
            del self._ns["context"]
        else:
            self._ns["context"] = self._before
