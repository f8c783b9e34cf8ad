"""Whether the files that a cell reads are named where they can be seen.

The key of a run has the states of the files that texts name. A name that is put
together where the file is read (`f"{month}.csv"`), and what is found by a pattern, are
in no text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from opnb.memo.refusal import RefusedError

_READS = re.compile(
    r"(open|imread|genfromtxt|loadtxt|fromfile|memmap|(read|scan)_[a-z]+)\Z"
)
_SEARCHES = frozenset("glob iglob rglob iterdir listdir scandir walk".split())
# What makes a path of its arguments, or hands them on as they are.
_PATHS = frozenset("Path PurePath str fspath expanduser open".split())
_IN_MEMORY = frozenset("StringIO BytesIO".split())


def verify_files_named(tree: ast.Module, known: AbstractSet[str]) -> None:
    """Refuse what reads files that no text names.

    Args:
        tree: The code.
        known: The names whose values are in the key of the run.

    Raises:
        RefusedError: It does.
    """
    look = _Look(tree, known)
    for call in look.calls():
        name = _last_name(call.func)
        if name in _SEARCHES:
            raise RefusedError(f"which files {name} finds is not seen")
        if _READS.match(name) and not look.is_told(_path_of(call)):
            raise RefusedError(f"which file {name} reads is not seen")


def _last_name(callee: ast.expr) -> str:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else ""


def _path_of(call: ast.Call) -> ast.expr | None:
    """Return what says which file is read: the first argument, else whose method it is.

    None where nothing does.
    """
    if call.args:
        return call.args[0]
    if call.keywords:
        return call.keywords[0].value
    return call.func.value if isinstance(call.func, ast.Attribute) else None


class _Look:
    """One look at some code: what its names stand for."""

    def __init__(self, tree: ast.Module, known: AbstractSet[str]) -> None:
        self._tree = tree
        self._known = known
        self._assigned: dict[str, list[ast.expr]] = {}
        stored: dict[str, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                stored[node.id] = stored.get(node.id, 0) + 1
            elif isinstance(node, ast.arg):
                stored[node.arg] = stored.get(node.arg, 0) + 1
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._note(node.targets[0], node.value)
            elif isinstance(node, ast.withitem):
                self._note(node.optional_vars, node.context_expr)
        # What a loop, a parameter or another statement binds is not told.
        self._unknown = {
            name
            for name, times in stored.items()
            if name not in known and times > len(self._assigned.get(name, ()))
        }

    def _note(self, target: ast.expr | None, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._assigned.setdefault(target.id, []).append(value)

    def calls(self) -> Iterator[ast.Call]:
        """Yield all calls."""
        return (node for node in ast.walk(self._tree) if isinstance(node, ast.Call))

    def is_told(self, path: ast.expr | None, depth: int = 0) -> bool:
        """Whether a path is in a text, or in a value, that the key has."""
        if path is None or isinstance(path, ast.Constant):
            return True
        if isinstance(path, ast.Name):
            return self._is_name_told(path.id, depth)
        if isinstance(path, ast.Attribute | ast.Subscript | ast.Starred):
            return self.is_told(path.value, depth)
        if isinstance(path, ast.Call):
            name = _last_name(path.func)
            are_told = (self.is_told(arg, depth) for arg in path.args)
            return name in _IN_MEMORY or (name in _PATHS and all(are_told))
        if isinstance(path, ast.BinOp) and isinstance(path.op, ast.Div):
            # Of a folder that is named the files in it are in the key.
            is_direct = not isinstance(path.left, ast.BinOp)
            return (
                is_direct and _is_plain(path.right) and self.is_told(path.left, depth)
            )
        return False

    def _is_name_told(self, name: str, depth: int) -> bool:
        if name in self._unknown or depth > len(self._assigned):
            return False
        values = self._assigned.get(name, ())
        return all(self.is_told(value, depth + 1) for value in values)


def _is_plain(part: ast.expr) -> bool:
    value = part.value if isinstance(part, ast.Constant) else None
    return isinstance(value, str) and "/" not in value and "\\" not in value
