"""One `%%op` cell: parse, define, run in the notebook's namespace, show the card.

`prepare` does all that can go wrong before any of the user's code runs. The run is an
`Execution` of the session; it differs from any other run in its compute function, which
works in the notebook's own namespace, and in that named outputs are bound there.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from IPython.display import display

from opnb.definitions.op import OpDefinition
from opnb.display import words
from opnb.execution.fingerprint import fingerprint_of
from opnb.execution.retries import INTERRUPTS
from opnb.execution.step import InputValue
from opnb.model.entry import EventLogEntry, EventType, StepOutputData
from opnb.model.errors import CellError, LogUnavailableError, OpnbError
from opnb.notebook.body import CellBody
from opnb.notebook.book import BookedCell, CellRun, book_of
from opnb.notebook.compile import compile_body
from opnb.notebook.define import (
    CellOptions,
    input_values,
    inputs_by_parameter,
    near_name,
    op_of_body,
    op_of_function,
    parse_config,
    source_values,
)
from opnb.notebook.live import LiveCard
from opnb.notebook.scopes import definition_of, may_need_await, needs_await
from opnb.notebook.source import CellSource
from opnb.notebook.traceback import show_as_in_plain_cell, show_short
from opnb.session import Execution, Session

if TYPE_CHECKING:
    from opnb.notebook.memo import CellMemo


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cell that is ready to run.

    Args:
        op: The op as it is registered.
        running: The same op over the notebook's namespace.
        inputs: The values that go in.
        bindings: What `--in a=raw.orders` binds in the notebook.
        binds_name: Whether the op's name is bound by the body itself.
        reused_from: The run whose outputs are put out again.
    """

    op: OpDefinition
    running: OpDefinition
    inputs: Mapping[str, InputValue]
    bindings: dict[str, Any]
    binds_name: bool
    reused_from: str | None = None


class CellExecution(Execution):
    """A run whose named outputs are bound in the notebook as they come."""

    def __init__(self, shell: Any, *args: Any, **options: Any) -> None:
        self._ns: dict[str, Any] = shell.user_ns
        super().__init__(*args, **options)
        self.card = LiveCard(shell, self, ends_with_card=True)

    def watched(self) -> LiveCard:
        """Show its card while it goes on."""
        return self.card

    def append(self, entries: list[EventLogEntry]) -> None:
        """Keep entries; bind the outputs that they tell of."""
        super().append(entries)
        for entry in entries:
            if entry.event_type is EventType.STEP_OUTPUT:
                self._bind(entry.event_specific_data)

    def _bind(self, data: Any) -> None:
        step = self.run.step
        assert isinstance(data, StepOutputData)  # noqa: S101 - that of a STEP_OUTPUT
        assert step is not None  # noqa: S101 - it put something out
        name = data.output_name
        if (
            name != "result"
            and data.type_check_data.success
            and not step.op.outs[name].type.is_nothing
        ):
            self._ns[name] = step.outputs[name]


class OpCell:
    """Runs one cell.

    Args:
        shell: The IPython shell.
        session: Where the op is registered and recorded.
        options: What the cell's first line says.
        body: The rest of the cell as it was written.
        source: Where the body stands.

    Attributes:
        error: What the op failed with.
        remark: What is told below its traceback, then.
        is_rerun: Whether another cell asked for the run.
        made_in: The run of the notebook's cell that defined the op, if not this one.
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
        self.code = body
        self.source = source
        self.ns: dict[str, Any] = shell.user_ns
        self.error: BaseException | None = None
        self.remark: str | None = None
        self.is_rerun = False
        self.made_in: CellRun | None = None
        self.memo: CellMemo | None = None

    def run(self, *, awaited: bool = False) -> Any:
        """Run the cell; return a coroutine where it is awaited, else nothing."""
        _ = self.session.log  # a log that cannot be opened is told of before all else
        with self._errors_of_syntax():
            tree = self._parse()
            prepared = self._prepare(tree)
            prepared = self._with_memo(prepared, tree)
        execution = self._execution(prepared) if self.options.run else None
        # All that can be wrong with the cell has been looked at.
        self.session.ops.register(prepared.op)
        is_awaited = awaited or (may_need_await(self.body) and needs_await(tree))
        self._book(prepared.op, is_awaited=is_awaited)
        self.ns.update(prepared.bindings)
        if is_awaited:
            return self._run_async(prepared, execution)
        if execution is not None:
            execution.drive()
        self._finish(prepared, execution)
        return None

    def _book(self, op: OpDefinition, *, is_awaited: bool) -> None:
        book = book_of(self.session)
        made_in = self.made_in or book.running
        cell = BookedCell(self.options, self.body, self.source, is_awaited, made_in)
        book.cells[op.name] = cell

    async def _run_async(
        self, prepared: Prepared, execution: CellExecution | None
    ) -> None:
        if execution is not None:
            await execution.drive_async()
        self._finish(prepared, execution)

    @contextmanager
    def _errors_of_syntax(self) -> Iterator[None]:
        try:
            yield
        except SyntaxError as error:
            if not hasattr(error, "_render_traceback_"):  # not the user's own code's
                show_as_in_plain_cell(self.shell, error)
            raise

    def _parse(self) -> ast.Module:
        self.code = body = self.shell.transform_cell(self.body)
        if not body.strip():
            raise CellError(
                "The cell has nothing below its first line.",
                hint="Write the op's code there; `%op` (one %) lists what there is.",
            )
        self.source.remember(body)
        padded = self.source.pad(body)
        tree = self.shell.compile.ast_parse(padded, self.source.filename)
        transformed: ast.Module = self.shell.transform_ast(tree)
        return transformed

    def _prepare(self, tree: ast.Module) -> Prepared:
        function = definition_of(tree)
        if self.options.name is None and function is not None:
            return self._prepare_function(tree, function.name)
        return self._prepare_body(tree)

    def _prepare_body(self, tree: ast.Module) -> Prepared:
        if self.options.name is None:
            raise CellError(
                "The op has no name.",
                hint="`%%op clean` names it; a cell that is one `def` needs none.",
            )
        code = compile_body(
            tree,
            filename=self.source.filename,
            compiler=self.shell.compile,
            interactivity=self.shell.ast_node_interactivity,
        )
        bindings = source_values(self.options, self.ns, self.session)
        config = parse_config(self.options.config, self.ns)
        op = op_of_body(code, self.options, self.body, self.ns, self.session, config)
        assert isinstance(op.compute_fn, CellBody)  # noqa: S101 - `op_of_body` made it
        body = op.compute_fn.in_notebook(self.ns, self._display())
        names = ChainMap(bindings, self.ns)
        return Prepared(
            op,
            replace(op, compute_fn=body),
            self._inputs({name: names[name] for name in op.ins}),
            bindings,
            binds_name=op.name in code.names.stores,
        )

    def _with_memo(self, prepared: Prepared, tree: ast.Module) -> Prepared:
        """Let what an earlier run left take the place of the body, if it may."""
        if not (self.options.memo and self.options.run):
            return prepared
        from opnb.notebook.memo import memo_of_cell  # noqa: PLC0415 - at first use

        self.memo = memo_of_cell(self, prepared, tree)
        recalled = self.memo.recall(self._define) if self.memo else None
        if recalled is None:
            return prepared
        self.memo = None
        running = replace(prepared.running, compute_fn=recalled)
        return replace(prepared, running=running, reused_from=recalled.run_id)

    def _define(self, definitions: ast.Module) -> None:
        code = self.shell.compile(definitions, self.source.filename, "exec")
        exec(code, self.ns)  # noqa: S102 - the user's cell

    def _display(self) -> Any:
        def display_value(value: Any) -> None:
            # The hook would look for the semicolon in the text of the whole cell.
            hook = self.shell.displayhook
            if not hook.semicolon_at_end_of_expression(self.code):
                sys.displayhook(value)

        return display_value

    def _prepare_function(self, tree: ast.Module, name: str) -> Prepared:
        code = self.shell.compile(tree, self.source.filename, "exec")
        # The definition itself is the user's code: it runs in the notebook, as ever.
        try:
            exec(code, self.ns)  # noqa: S102 - the user's cell
        except Exception as error:
            show_short(self.shell, error, [])
            raise
        op = op_of_function(self.ns[name], self.options, self.body)
        self.ns[name] = op
        values = inputs_by_parameter(op, self.ns) if self.options.run else {}
        return Prepared(op, op, self._inputs(values), {}, binds_name=True)

    def _inputs(self, values: Mapping[str, Any]) -> dict[str, InputValue]:
        return input_values(values, self.session, self.options, fingerprint_of)

    def _execution(self, prepared: Prepared) -> CellExecution:
        config = parse_config(self.options.config, self.ns)
        build = self.session.op_run(
            prepared.running,
            prepared.inputs,
            config=config,
            partition_key=self.options.partition,
            tags=self.options.tags,
            fingerprint=fingerprint_of,
        )
        execution = CellExecution(self.shell, self.session, build)
        execution.run.info.reused_from = prepared.reused_from
        return execution

    def _finish(self, prepared: Prepared, execution: CellExecution | None) -> None:
        self._bind_op(prepared)
        if execution is None:
            display(prepared.op)
            return
        self.session.remember(execution)
        book_of(self.session).note_run(prepared.op, execution.summary, self.ns)
        memo, self.memo = self.memo, None  # which holds what the cell has read
        if memo is not None and execution.run.error is None:
            memo.keep(execution)
        execution.run.let_go()
        self.error = error = execution.run.error
        if error is None:  # the plots of a cell that fails come below its error
            _flush_figures(self.shell)
        shown = execution.card.show(execution.summary)
        cards = book_of(self.session).cards
        cards.note(shown, execution.summary, is_rerun=self.is_rerun)
        if error is not None:
            show_short(self.shell, error, self._remarks(execution, error))
            raise error
        execution.verify_saved()

    def _bind_op(self, prepared: Prepared) -> None:
        name = prepared.op.name
        # A builtin is a value of that name, too: later cells count on it.
        taken = name in self.ns or hasattr(builtins, name)
        if prepared.binds_name or (
            taken and not isinstance(self.ns.get(name), OpDefinition)
        ):
            return
        self.ns[name] = prepared.op

    def _remarks(self, execution: Execution, error: BaseException) -> list[str]:
        """Return the lines below the traceback: attempts, inputs, a hint."""
        summary = execution.summary
        how = "was interrupted" if isinstance(error, INTERRUPTS) else "failed"
        parts = [f"Op {summary.job_name!r} {how}"]
        if summary.attempts > 1:
            parts.append(f"in attempt {summary.attempts}")
        inputs = ", ".join(
            f"{name} ({words.value_info(data.value_info)})"
            for name, data in summary.inputs.items()
        )
        lines = [" ".join(parts) + (f"; its inputs: {inputs}." if inputs else ".")]
        if type(error) is NameError and error.name:
            lines.append(f"Hint: {self._missing(error.name)}")
        if self.remark is not None:
            lines.append(self.remark)
        try:
            execution.verify_saved()
        except LogUnavailableError as fault:
            lines.append(str(fault))
        return lines

    def _missing(self, name: str) -> str:
        made = self.session.produced.get(name)
        if made is not None and name not in self.ns:
            op = made.source.op_name
            return f"{name!r} was put out by {op!r} and deleted since: `%op run {op}`."
        return (
            near_name(name, self.ns, *dir(builtins)) or f"The notebook has no {name!r}."
        )


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
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]  # for IPython
