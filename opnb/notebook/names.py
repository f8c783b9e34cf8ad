"""Which names a cell's body reads before it binds them, and which it binds.

The body is walked in the order in which Python runs it, statement by statement, with
what is surely bound so far. What runs later (the body of a function) is looked at when
the function's name is first used, else at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from opnb.notebook.free_names import captured_names, free_names

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_LEAVING = (ast.Raise, ast.Return, ast.Break, ast.Continue)


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


def names_of_body(tree: ast.Module) -> BodyNames:
    """Return the names that a body reads and binds."""
    walker = _Walker()
    walker.block(tree.body)
    walker.settle_all()
    walker.names.context_attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "context"
    }
    return walker.names


class _Walker:
    """Walks the top level of a body.

    `bound` holds what is surely bound; `later` what a function's body will read when it
    is called, by the function's name; `branches` counts the blocks around the present
    statement that may not run.
    """

    def __init__(self) -> None:
        self.names = BodyNames()
        self.bound: set[str] = set()
        self.later: dict[str, set[str]] = {}
        self.branches = 0

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def maybe(self, statements: Iterable[ast.stmt]) -> set[str]:
        """Walk a block that may not run; return what is bound if it does."""
        before = set(self.bound)
        self.branches += 1
        self.block(statements)
        self.branches -= 1
        after, self.bound = self.bound, before
        return after

    def read(self, name: str) -> None:
        if name in self.later:
            for free in self.later.pop(name):
                self.read(free)
        if name not in self.bound:
            self.names.reads.setdefault(name)

    def bind(self, name: str, *, by_assignment: bool = False) -> None:
        self.bound.add(name)
        self.names.stores.add(name)
        if by_assignment:
            sure = not self.branches or self.names.assigned.get(name, False)
            self.names.assigned[name] = sure

    def settle_all(self) -> None:
        for name in list(self.later):
            self.read(name)

    def statement(self, node: ast.stmt) -> None:
        walk = _STATEMENTS.get(type(node).__name__)
        if walk is not None:
            walk(self, node)
        else:
            self.expressions(ast.iter_child_nodes(node))

    def expressions(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.expression(node)

    def expression(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self.read(node.id)
        elif isinstance(node, ast.Lambda):
            self.expressions(_defaults(node.args))
            for name in free_names(node):
                self.read(name)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node)
        elif isinstance(node, ast.NamedExpr):
            self.expression(node.value)
            self.bind(node.target.id, by_assignment=True)
        elif isinstance(node, ast.IfExp | ast.BoolOp):
            self._short_circuit(node)
        else:
            self.expressions(ast.iter_child_nodes(node))

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
        for name in free_names(node):
            self.read(name)
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.names.stores.add(inner.target.id)
                self.names.assigned.setdefault(inner.target.id, False)

    def target(self, node: ast.AST, *, by_assignment: bool) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, by_assignment=by_assignment)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self.target(part, by_assignment=by_assignment)
        elif isinstance(node, ast.Starred):
            self.target(node.value, by_assignment=by_assignment)
        else:  # an attribute or an item: what it belongs to is read
            self.expressions(ast.iter_child_nodes(node))

    def assign(self, node: ast.Assign) -> None:
        if isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
            self.expressions(_defaults(node.value.args))
            self._define_later(node.targets[0].id, free_names(node.value))
        else:
            self.expression(node.value)
        for target in node.targets:
            self.target(target, by_assignment=True)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.expression(node.value)
        self.target(node.target, by_assignment=True)

    def annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.expression(node.value)
        self.expression(node.annotation)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.target(node.target, by_assignment=True)

    def type_alias(self, node: Any) -> None:
        # Lazy, like a function: `type X = list[Y]` reads Y when somebody asks.
        name = node.name.id
        self._define_later(name, free_names(node.value))
        self.bind(name)

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        before = set(self.bound)
        self.branches += 1
        self.target(node.target, by_assignment=False)
        self.block(node.body)
        self.block(node.orelse)
        self.branches -= 1
        self.bound = before

    def while_loop(self, node: ast.While) -> None:
        self.expression(node.test)
        endless = isinstance(node.test, ast.Constant) and node.test.value
        if endless:
            self.block(node.body)
        else:
            self.maybe(node.body)
        self.maybe(node.orelse)

    def branch(self, node: ast.If) -> None:
        self.expression(node.test)
        before = set(self.bound)
        paths = [self.maybe(node.body), self.maybe(node.orelse)]
        self._join(before, [node.body, node.orelse], paths)

    def _join(
        self,
        before: set[str],
        blocks: list[list[ast.stmt]],
        paths: list[set[str]],
    ) -> None:
        """Go on where branches meet: bound is what every one of them binds.

        A branch that raises or leaves does not come here.
        """
        here = [
            path
            for block, path in zip(blocks, paths, strict=True)
            if not (block and isinstance(block[-1], _LEAVING))
        ]
        self.bound = set.intersection(*here) if here else before
        if not self.branches:
            for name in (self.bound - before) & self.names.assigned.keys():
                self.names.assigned[name] = True

    def try_block(self, node: ast.Try) -> None:
        before = set(self.bound)
        if node.handlers:
            blocks = [[*node.body, *node.orelse]]
            paths = [self.maybe(blocks[0])]
            for handler in node.handlers:
                blocks.append(handler.body)
                paths.append(self._handler(handler, before))
            self._join(before, blocks, paths)
        else:
            self.block([*node.body, *node.orelse])
        self.block(node.finalbody)

    def _handler(self, handler: ast.ExceptHandler, before: set[str]) -> set[str]:
        self.bound = set(before)
        if handler.type is not None:
            self.expression(handler.type)
        if handler.name is not None:
            self.bind(handler.name)
        return self.maybe(handler.body) - {handler.name or ""}

    def with_block(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars, by_assignment=False)
        self.block(node.body)

    def match_block(self, node: ast.Match) -> None:
        self.expression(node.subject)
        before = set(self.bound)
        paths = [self._case(case, before) for case in node.cases]
        self.bound = set(before)
        if any(_takes_all(case) for case in node.cases):
            self._join(before, [case.body for case in node.cases], paths)

    def _case(self, case: ast.match_case, before: set[str]) -> set[str]:
        self.bound = set(before)
        for part in ast.walk(case.pattern):
            if isinstance(part, ast.MatchValue):
                self.expression(part.value)
            elif isinstance(part, ast.MatchClass):
                self.expression(part.cls)
        for name in captured_names(case.pattern):
            self.bind(name)
        if case.guard is not None:
            self.expression(case.guard)
        return self.maybe(case.body)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.expressions(node.decorator_list)
        self.expressions(_defaults(node.args))
        self.expressions(_annotations(node))
        self._define_later(node.name, free_names(node))
        self.bind(node.name)

    def class_body(self, node: ast.ClassDef) -> None:
        self.expressions(node.decorator_list)
        self.expressions(node.bases)
        self.expressions(keyword.value for keyword in node.keywords)
        within = _Walker()
        within.bound = set()
        within.block(node.body)
        for name in within.names.reads:
            self.read(name)
        later = set().union(*within.later.values()) if within.later else set()
        self._define_later(node.name, later - {node.name})
        self.bind(node.name)

    def _define_later(self, name: str, free: set[str]) -> None:
        self.later[name] = free - {name}

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name.partition(".")[0])

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.read(target.id)
                self.bound.discard(target.id)
                self.names.stores.add(target.id)
                self.names.assigned.pop(target.id, None)
            else:
                self.expression(target)

    def returns(self, node: ast.Return) -> None:
        self.expressions([node.value])
        # What comes after it may not run.
        self.branches += 1

    def global_names(self, _: ast.Global) -> None:
        """Say nothing: at the top level every name is global."""


_STATEMENTS: dict[str, Callable[[_Walker, Any], None]] = {
    "Assign": _Walker.assign,
    "AugAssign": _Walker.augmented,
    "AnnAssign": _Walker.annotated,
    "TypeAlias": _Walker.type_alias,
    "For": _Walker.for_loop,
    "AsyncFor": _Walker.for_loop,
    "While": _Walker.while_loop,
    "If": _Walker.branch,
    "Try": _Walker.try_block,
    "TryStar": _Walker.try_block,
    "With": _Walker.with_block,
    "AsyncWith": _Walker.with_block,
    "Match": _Walker.match_block,
    "FunctionDef": _Walker.function,
    "AsyncFunctionDef": _Walker.function,
    "ClassDef": _Walker.class_body,
    "Return": _Walker.returns,
    "Import": _Walker.imports,
    "ImportFrom": _Walker.imports,
    "Delete": _Walker.delete,
    "Global": _Walker.global_names,
}


def _takes_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    anything = isinstance(pattern, ast.MatchAs) and pattern.pattern is None
    return anything and case.guard is None


def _defaults(arguments: ast.arguments) -> list[ast.expr | None]:
    return [*arguments.defaults, *arguments.kw_defaults]


def _annotations(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> list[ast.expr | None]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return [node.returns, *(argument.annotation for argument in every)]
