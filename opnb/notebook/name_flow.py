"""Which names the expressions of a body read and bind, in the order they run in."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from opnb.notebook.free_names import Scope, free_names
from opnb.notebook.scopes import COMPREHENSIONS, children

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(slots=True)
class BodyNames:
    """The names of a body.

    Args:
        reads: Read while they may not be bound by the body yet, in order.
        assigned: Bound by assignment at the top level, in order; True where that is
            sure to happen when the body runs to its end.
        stores: All that the top level binds or deletes, in any way.
        context_attributes: The `x` of each `context.x` in the body.
    """

    reads: dict[str, None] = field(default_factory=dict)
    assigned: dict[str, bool] = field(default_factory=dict)
    stores: set[str] = field(default_factory=set)
    context_attributes: set[str] = field(default_factory=set)


class NameFlow:
    """What is read and bound so far, as the nodes of a body come in their order.

    `bound` holds what is surely bound; `later` what a function's body will read when it
    is called, by the function's name; `branches` counts the blocks around the present
    node that may not run.
    """

    def __init__(self) -> None:
        self.names = BodyNames()
        self.bound: set[str] = set()
        self.later: dict[str, set[str]] = {}
        self.branches = 0

    def read(self, name: str) -> None:
        """Note that a name is read: with what a function of that name reads."""
        if name in self.later:
            self.read_all(self.later.pop(name))
        if name not in self.bound:
            self.names.reads.setdefault(name)

    def read_all(self, names: Iterable[str]) -> None:
        """Note that names are read, in an order that is the same in every kernel."""
        for name in sorted(names):
            self.read(name)

    def bind(self, name: str, *, by_assignment: bool = False) -> None:
        """Note that a name is bound."""
        if not self.branches:
            self.later.pop(name, None)
        self.bound.add(name)
        self.names.stores.add(name)
        if by_assignment:
            sure = not self.branches or self.names.assigned.get(name, False)
            self.names.assigned[name] = sure

    def settle_all(self) -> None:
        """Take every function for used: somebody will call it later."""
        for name in list(self.later):
            self.read(name)

    def expressions(self, nodes: Iterable[ast.AST | None]) -> None:
        """Walk several expressions, one after another."""
        for node in nodes:
            if node is not None:
                self.expression(node)

    def expression(self, node: ast.AST) -> None:
        """Walk an expression."""
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self.read(node.id)
        elif isinstance(node, ast.Lambda):
            self.expressions(defaults_of(node.args))
            self.read_all(free_names(node))
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node)
        elif isinstance(node, ast.NamedExpr):
            self.expression(node.value)
            self.bind(node.target.id, by_assignment=True)
        elif isinstance(node, ast.IfExp | ast.BoolOp):
            self._short_circuit(node)
        else:
            self.expressions(children(node))

    def _short_circuit(self, node: ast.IfExp | ast.BoolOp) -> None:
        # What the later operands bind may not be bound.
        if isinstance(node, ast.IfExp):
            first, rest = node.test, [node.body, node.orelse]
        else:
            first, rest = node.values[0], node.values[1:]
        self.expression(first)
        before = set(self.bound)
        self.branches += 1
        for operand in rest:
            self.expression(operand)
        self.branches -= 1
        self.bound = before

    def _comprehension(self, node: _Comprehension) -> None:
        # The first iterable is looked at outside, all else in a scope of its own.
        self.expression(node.generators[0].iter)
        within = Scope(node)
        self.read_all(within.free)
        for name in sorted(within.walrus):
            self.names.stores.add(name)
            self.names.assigned.setdefault(name, False)

    def target(self, node: ast.AST, *, by_assignment: bool) -> None:
        """Walk what a value is assigned to."""
        if isinstance(node, ast.Name):
            self.bind(node.id, by_assignment=by_assignment)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self.target(part, by_assignment=by_assignment)
        elif isinstance(node, ast.Starred):
            self.target(node.value, by_assignment=by_assignment)
        else:  # an attribute or an item: what it belongs to is read
            self.expressions(children(node))

    def define_later(self, name: str, node: ast.AST, own: Iterable[str] = ()) -> None:
        """Note what the name's scope will read once the name is used."""
        self.later[name] = free_names(node) - {name, *own}


def defaults_of(arguments: ast.arguments) -> list[ast.expr | None]:
    """Return what is read where a function is defined, for its parameters."""
    return [*arguments.defaults, *arguments.kw_defaults]
