"""One `%%op` cell: parse, define, run in the notebook's namespace, show the card.

`prepare` does all that can go wrong before any of the user's code runs. The run is an
`Execution` of the session; it differs from any other run in its compute function, which
works in the notebook's own namespace, and in that named outputs are bound there.
"""

from __future__ import annotations

import ast
import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from IPython.display import display

from opnb.definitions.op import OpDefinition
from opnb.display import words
from opnb.execution.step import InputValue
from opnb.model.entry import EventLogEntry, EventType, StepOutputData
from opnb.model.errors import CellError, LogUnavailableError, OpnbError, did_you_mean
from opnb.notebook.body import CellBody
from opnb.notebook.compile import compile_body, definition_of, needs_await
from opnb.notebook.define import (
    CellOptions,
    bind_sources,
    input_sources,
    inputs_by_parameter,
    op_of_body,
    op_of_function,
    parse_config,
)
from opnb.notebook.source import CellSource
from opnb.notebook.traceback import show_short
from opnb.session import Execution, Session


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cell that is ready to run.

    Args:
        op: The op as it is registered.
        running: The same op over the notebook's namespace.
        inputs: The values that go in.
        binds_name: Whether the op's name is bound by the body itself.
        awaits: Whether it must be awaited.
    """

    op: OpDefinition
    running: OpDefinition
    inputs: Mapping[str, InputValue]
    binds_name: bool
    awaits: bool


class CellExecution(Execution):
    """A run whose named outputs are bound in the notebook as they come."""

    def __init__(self, ns: dict[str, Any], *args: Any, **options: Any) -> None:
        self._ns = ns
        super().__init__(*args, **options)

    def append(self, entry: EventLogEntry) -> None:
        """Keep an entry; bind the output that it tells of."""
        super().append(entry)
        data = entry.event_specific_data
        if (
            entry.event_type is EventType.STEP_OUTPUT
            and isinstance(data, StepOutputData)
            and data.output_name != "result"
            and data.type_check_data.success
            and not self.run.step.op.outs[data.output_name].type.is_nothing
        ):
            name = data.output_name
            self._ns[name] = self.run.step.outputs[name]


class OpCell:
    """Runs one cell.

    Args:
        shell: The IPython shell.
        session: Where the op is registered and recorded.
        options: What the cell's first line says.
        body: The rest of the cell as it was written.
        source: Where the body stands.
    """

    def __init__(
        self,
        shell: Any,
        session: Session,
        options: CellOptions,
        body: str,
        source: CellSource,
    ) -> None:
        self.shell = shell
        self.session = session
        self.options = options
        self.body = body
        self.source = source
        self.ns: dict[str, Any] = shell.user_ns
        self.error: BaseException | None = None

    def run(self) -> Any:
        """Run the cell; return a coroutine where it must be awaited, else nothing."""
        _ = self.session.log  # a log that cannot be opened is told of before all else
        tree = self._parse()
        function = definition_of(tree)
        if self.options.name is not None or function is None:
            prepared = self._prepare_body(tree)
        else:
            prepared = self._prepare_function(tree, function.name)
        self.session.ops.register(prepared.op)
        if not self.options.run:
            self._bind_op(prepared)
            display(prepared.op)
            return None
        execution = self._execution(prepared)
        if prepared.awaits:
            return self._run_async(prepared, execution)
        execution.drive()
        self._finish(prepared, execution)
        return None

    async def _run_async(self, prepared: Prepared, execution: Execution) -> None:
        await execution.drive_async()
        self._finish(prepared, execution)

    def _parse(self) -> ast.Module:
        body = self.shell.transform_cell(self.body)
        if not body.strip():
            raise CellError(
                "The cell has nothing below its first line.",
                hint="Write the op's code there; `%op` (one %) lists what there is.",
            )
        self.source.remember(body)
        padded = self.source.pad(body)
        tree = self.shell.compile.ast_parse(padded, self.source.filename)
        return self.shell.transform_ast(tree)  # type: ignore[no-any-return]

    def _prepare_body(self, tree: ast.Module) -> Prepared:
        if self.options.name is None:
            raise CellError(
                "The op has no name.",
                hint="`%%op clean` names it; a cell that is one `def` needs none.",
            )
        bind_sources(self.options, self.ns, self.session)
        code = compile_body(
            tree,
            filename=self.source.filename,
            compiler=self.shell.compile,
            interactivity=self.shell.ast_node_interactivity,
        )
        op = op_of_body(code, self.options, self.body, self.ns, self.session)
        assert isinstance(op.compute_fn, CellBody)  # noqa: S101 - `op_of_body` made it
        running = replace(
            op, compute_fn=op.compute_fn.in_notebook(self.ns, self._display())
        )
        values = {name: self.ns[name] for name in op.ins}
        return Prepared(
            op,
            running,
            self._with_sources(values),
            op.name in code.names.stores,
            code.is_async,
        )

    def _display(self) -> Any:
        hook = self.shell.displayhook
        if hook.semicolon_at_end_of_expression(self.body):
            return lambda _: None
        # The cell may be the last one whose text the hook looks at for a semicolon.
        return sys.displayhook

    def _prepare_function(self, tree: ast.Module, name: str) -> Prepared:
        # The definition itself is the user's code: it runs in the notebook, as ever.
        code = self.shell.compile(tree, self.source.filename, "exec")
        try:
            exec(code, self.ns)  # noqa: S102 - the user's cell
        except Exception as error:
            show_short(self.shell, error, [])
            raise
        op = op_of_function(self.ns[name], self.options, self.body)
        self.ns[name] = op
        values = inputs_by_parameter(op, self.ns) if self.options.run else {}
        inputs = self._with_sources(values)
        return Prepared(op, op, inputs, binds_name=True, awaits=needs_await(tree))

    def _with_sources(self, values: Mapping[str, Any]) -> dict[str, InputValue]:
        sources = input_sources(values, self.session, self.options)
        return {
            name: InputValue(value, sources[name].source if name in sources else None)
            for name, value in values.items()
        }

    def _execution(self, prepared: Prepared) -> CellExecution:
        config = parse_config(self.options.config, self.ns)
        return CellExecution(
            self.ns,
            self.session,
            prepared.running,
            prepared.inputs,
            config=config,
            partition_key=self.options.partition,
            tags=self.options.tags,
        )

    def _finish(self, prepared: Prepared, execution: Execution) -> None:
        self._bind_op(prepared)
        self.session.remember(execution)
        _flush_figures(self.shell)
        display(execution.summary)
        self.error = error = execution.run.error
        if error is not None:
            show_short(self.shell, error, self._remarks(execution, error))
            raise error
        execution.verify_saved()

    def _bind_op(self, prepared: Prepared) -> None:
        op = prepared.op
        known = self.ns.get(op.name)
        if not prepared.binds_name and (
            op.name not in self.ns or isinstance(known, OpDefinition)
        ):
            self.ns[op.name] = op

    def _remarks(self, execution: Execution, error: BaseException) -> list[str]:
        """Return the lines below the traceback: attempts, inputs, a hint."""
        summary = execution.summary
        parts = [f"Op {summary.job_name!r} failed"]
        if summary.attempts > 1:
            parts.append(f"in attempt {summary.attempts}")
        inputs = ", ".join(
            f"{name} ({words.value_info(data.value_info)})"
            for name, data in summary.inputs.items()
        )
        lines = [" ".join(parts) + (f"; its inputs: {inputs}." if inputs else ".")]
        if isinstance(error, NameError) and error.name:
            lines.append(f"Hint: {self._unknown_name(error.name)}")
        try:
            execution.verify_saved()
        except LogUnavailableError as fault:
            lines.append(str(fault))
        return lines

    def _unknown_name(self, name: str) -> str:
        names = [known for known in self.ns if not known.startswith("_")]
        near = difflib.get_close_matches(name, names, n=1)
        if near:
            return did_you_mean(name, near)
        return f"No cell that has run binds {name!r}."


def _flush_figures(shell: Any) -> None:
    """Show the plots of the cell now: IPython would put them below the card."""
    inline = sys.modules.get("matplotlib_inline.backend_inline")
    if inline is None:
        return
    flush = inline.flush_figures
    if flush in shell.events.callbacks["post_execute"]:
        flush()


def explain(error: OpnbError) -> None:
    """Make IPython show an error of opnb's own by its message alone."""
    line = f"{type(error).__name__}: {error}"
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]
