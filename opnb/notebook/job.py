"""The ops of a notebook's cells as a job, which shows what only the notebook knew.

Each op runs in a namespace of its own, with its inputs and the imports, functions,
classes and constants of the notebook that its code reads. Any other value that it reads
is state that a new kernel would not have: the job is refused, and the error says which
cell made the value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opnb.definitions.dependency import Dependency, DependencyDefinition, NodeInvocation
from opnb.definitions.graph import GraphDefinition
from opnb.definitions.in_out import In
from opnb.definitions.job import JobDefinition
from opnb.definitions.op import OpDefinition
from opnb.display import words
from opnb.execution.value_info import describe_value
from opnb.model.errors import CellError, HiddenStateError
from opnb.notebook.body import CellBody
from opnb.notebook.book import book_of
from opnb.notebook.carried import is_carried
from opnb.notebook.names import names_of_body
from opnb.notebook.plan import Planner
from opnb.notebook.reads import globals_read
from opnb.notebook.wiring import Wire, Wiring
from opnb.session import Session, current_session

_MOST_TOLD = 5


def notebook_job(
    name: str = "notebook", ops: Sequence[str] | None = None
) -> JobDefinition:
    """Make a job of the ops of this notebook's cells.

    An output that does not come, since no statement bound its name, skips what takes
    it. Retry policies, config and tags are those of the cells.

    Args:
        name: What the job is called.
        ops: Selections as in `%op run`, such as `["+report"]`; all ops if not given.

    Raises:
        CellError: There is no such op, or ops take from each other in a circle.
        HiddenStateError: An op reads a value that no op of the job puts out.
    """
    from IPython.core.getipython import get_ipython  # noqa: PLC0415 - at first use

    shell = get_ipython()
    session = current_session()
    ns: Mapping[str, Any] = {} if shell is None else shell.user_ns
    planner = Planner(session, ns)
    planned = planner.plan([] if ops is None else ops, every=ops is None)
    if not planned:
        raise CellError(
            "No cell of this session has made an op.",
            hint="`%%op NAME` on top of a cell makes one; run the cell.",
        )
    if name in session.ops:
        raise CellError(
            f"{name!r} is an op; a job needs another name.",
            hint=f"notebook_job({name + '_job'!r}).",
        )
    maker = _Maker(session, planner.wiring, ns, [op.name for op in planned])
    maker.verify_no_hidden_state(shell)
    return maker.job(name)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """A value that only the notebook has."""

    op: str
    name: str
    reader: str | None


@dataclass(frozen=True, slots=True)
class _Maker:
    session: Session
    wiring: Wiring
    ns: Mapping[str, Any]
    names: Sequence[str]

    def job(self, name: str) -> JobDefinition:
        """Return the job of the ops, wired."""
        ops = [self._op(each) for each in self.names]
        dependencies: dict[str | NodeInvocation, dict[str, Dependency]] = {
            op.name: {
                read: DependencyDefinition(wire.op_name, wire.output_name)
                for read, wire in self._wires(op.name).items()
                if read in op.ins
            }
            for op in ops
        }
        graph = GraphDefinition(name, node_defs=ops, dependencies=dependencies)
        return graph.to_job()

    def _wires(self, op_name: str) -> dict[str, Wire]:
        """Return what feeds an op within the job."""
        wires = self.wiring.takes[op_name]
        return {read: w for read, w in wires.items() if w.op_name in self.names}

    def _op(self, name: str) -> OpDefinition:
        """Return an op with an input for each name that another op makes."""
        op, body = self.session.ops[name], self.session.ops[name].compute_fn
        if not isinstance(body, CellBody):
            return op
        ins = {read: op.ins.get(read, In()) for read in self._wires(name)}
        return replace(op, ins=ins, compute_fn=replace(body, ins=tuple(ins)))

    def verify_no_hidden_state(self, shell: Any) -> None:
        """Refuse values that only the notebook has.

        Raises:
            HiddenStateError: An op reads one.
        """
        hidden = [each for name in self.names for each in self._hidden(name)]
        if not hidden:
            return
        told = [f"- {self._told(each, shell)}" for each in hidden[:_MOST_TOLD]]
        if len(hidden) > _MOST_TOLD:
            told.append(f"- and {len(hidden) - _MOST_TOLD} more")
        raise HiddenStateError(
            "\n".join(["Ops read what no op of the job puts out:", *told]),
            hint=self._hint(hidden[0]),
        )

    def _hidden(self, name: str) -> Iterator[_Hidden]:
        op, wires = self._op(name), self._wires(name)
        for read, declared in self.session.ops[name].ins.items():
            if read not in wires and not declared.has_default:
                yield _Hidden(name, read, None)
        for read, reader in globals_read(op, self.ns).items():
            known = read in wires or read in self.session.ops[name].ins
            if not known and not is_carried(read, self.ns[read]):
                yield _Hidden(name, read, reader)
        for read in self.wiring.own.get(name, ()):
            if read not in self.session.ops[name].ins:
                yield _Hidden(name, read, None)

    def _told(self, hidden: _Hidden, shell: Any) -> str:
        who = f"{hidden.op!r} reads {hidden.name!r}"
        if hidden.reader is not None:
            who += f" through {hidden.reader!r}"
        maker = self._maker(hidden, shell)
        if hidden.name not in self.ns:
            return f"{who}, which the notebook has no more{maker}"
        info = words.value_info(describe_value(self.ns[hidden.name]))
        return f"{who} ({info}){maker}"

    def _maker(self, hidden: _Hidden, shell: Any) -> str:
        if hidden.name in self.wiring.own.get(hidden.op, ()):
            return ", which it puts out itself"
        made = self.session.produced.get(hidden.name)
        if made is not None and made.seen.is_value(self.ns.get(hidden.name)):
            return f", which {made.source.op_name!r} put out, no op of the job"
        texts = book_of(self.session).texts
        cell = None if shell is None else _cell_that_binds(hidden.name, shell, texts)
        return "" if cell is None else f", made by the cell {cell}"

    def _hint(self, hidden: _Hidden) -> str:
        made = self.session.produced.get(hidden.name)
        if hidden.name in self.wiring.own.get(hidden.op, ()):
            return "Give what it puts out another name."
        if made is not None and made.source.op_name in self.wiring.takes:
            return (
                f"Take {made.source.op_name!r} into the job, or select `+{hidden.op}`."
            )
        return f"Put `%%op` on top of the cell that makes {hidden.name!r}."


def _cell_that_binds(name: str, shell: Any, texts: Sequence[str]) -> str | None:
    """Return how the last cell begins that bound a name."""
    for code in reversed(texts):
        if name not in code:
            continue
        try:
            stores = names_of_body(ast.parse(shell.transform_cell(code))).stores
        except SyntaxError:
            continue
        if name in stores:
            return f"`{words.cut(code, 50)}`"
    return None
