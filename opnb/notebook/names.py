"""Which names a cell's body reads before it binds them, and which it binds.

The body is walked in the order in which Python runs it, statement by statement, with
what is surely bound so far. What runs later (the body of a function) is looked at when
the function's name is first used, else at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from opnb.notebook.free_names import annotations_of, captured_names, type_params_of
from opnb.notebook.name_flow import BodyNames, NameFlow, defaults_of
from opnb.notebook.scopes import children

_LEAVING = (ast.Raise, ast.Return, ast.Break, ast.Continue)


def names_of_body(tree: ast.Module) -> BodyNames:
    """Return the names that a body reads and binds."""
    walker = _Walker()
    walker.block(tree.body)
    walker.settle_all()
    if "context" in walker.names.reads:
        walker.names.context_attributes = _attributes_of_context(tree)
    return walker.names


def _attributes_of_context(tree: ast.Module) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "context"
    }


class _Walker(NameFlow):
    """Walks the statements at the top level of a body.

    `breaks` holds what is bound where the present loop is left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.breaks: list[set[str]] = []

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

    def statement(self, node: ast.stmt) -> None:
        walk = _STATEMENTS.get(type(node).__name__)
        if walk is not None:
            walk(self, node)
        else:
            self.expressions(children(node))

    def assign(self, node: ast.Assign) -> None:
        first, value = node.targets[0], node.value
        if isinstance(value, ast.Lambda) and isinstance(first, ast.Name):
            self.expressions(defaults_of(value.args))
            self.target(first, by_assignment=True)
            self.define_later(first.id, value)
        else:
            self.expression(value)
            self.target(first, by_assignment=True)
        for target in node.targets[1:]:
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
        self.bind(node.name.id)
        own = {each.name for each in type_params_of(node)}
        self.define_later(node.name.id, node.value, own)

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        before = set(self.bound)
        self.branches += 1
        self.target(node.target, by_assignment=False)
        self._loop_body(node.body)
        self.block(node.orelse)
        self.branches -= 1
        self.bound = before

    def while_loop(self, node: ast.While) -> None:
        self.expression(node.test)
        before = set(self.bound)
        breaks = self._loop_body(node.body)
        if isinstance(node.test, ast.Constant) and node.test.value:
            # Such a loop is only left by `break`: bound is what is bound there.
            self.bound = set.intersection(*breaks) if breaks else before
        else:
            self.bound = before
        self.maybe(node.orelse)

    def _loop_body(self, body: list[ast.stmt]) -> list[set[str]]:
        """Walk the body of a loop; return what is bound at each `break`."""
        around, self.breaks = self.breaks, []
        self.branches += 1
        self.block(body)
        self.branches -= 1
        breaks, self.breaks = self.breaks, around
        return breaks

    def breaks_off(self, _: ast.Break) -> None:
        self.breaks.append(set(self.bound))

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
        # Any may end the block early; of most it is not to be expected.
        after = self.maybe(node.body)
        if not any(_swallows(item.context_expr) for item in node.items):
            self.bound = after

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
            elif isinstance(part, ast.MatchMapping):
                self.expressions(part.keys)
        for name in captured_names(case.pattern):
            self.bind(name)
        if case.guard is not None:
            self.expression(case.guard)
        return self.maybe(case.body)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.expressions(node.decorator_list)
        self.expressions(defaults_of(node.args))
        self.expressions(annotations_of(node))
        self.bind(node.name)
        self.define_later(node.name, node)

    def class_body(self, node: ast.ClassDef) -> None:
        self.expressions(node.decorator_list)
        within = _Walker()
        within.bound = {each.name for each in type_params_of(node)}
        within.expressions([*node.bases, *(each.value for each in node.keywords)])
        within.block(node.body)
        for name in within.names.reads:
            self.read(name)
        self.bind(node.name)
        self.later[node.name] = set().union(*within.later.values()) - {node.name}

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
                if self.branches and target.id in self.names.assigned:
                    self.names.assigned[target.id] = False
                else:
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
    "Break": _Walker.breaks_off,
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


def _swallows(manager: ast.expr) -> bool:
    """Whether a `with` is there to go on after an exception in its block."""
    function = manager.func if isinstance(manager, ast.Call) else manager
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("suppress", "raises")


def _takes_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    anything = isinstance(pattern, ast.MatchAs) and pattern.pattern is None
    return anything and case.guard is None
