"""What the outputs of a cell depend on, as the key of its run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opnb.definitions.op import DecoratedFunction, OpDefinition
from opnb.memo.code import changed_globals, names_in_texts, values_of
from opnb.memo.key import RunKey
from opnb.memo.refusal import RefusedError
from opnb.notebook.body import CellBody
from opnb.notebook.definitions import Split
from opnb.notebook.memo_files import verify_files_named
from opnb.notebook.scopes import definition_of

if TYPE_CHECKING:
    from opnb.notebook.define import CellOptions

# What is another in each run.
_OF_THE_RUN = frozenset("run_id run dagster_run run_tags instance".split())
_OF_THE_SESSION = frozenset("log ops resources".split())
_CONTEXT = "context"


def key_of(
    op: OpDefinition,
    options: CellOptions,
    tree: ast.Module,
    split: Split,
    ns: Mapping[str, Any],
    given: Mapping[str, Any],
) -> RunKey:
    """Return the key of a run of a cell.

    Args:
        op: The op that the cell is.
        options: What its first line says.
        tree: The body.
        split: The body as definitions and the rest.
        ns: The notebook's names.
        given: What goes in, by words such as `input 'orders'`.

    Raises:
        RefusedError: The outputs may depend on what cannot be told.
    """
    _verify_log_unread(tree, ns)
    verify_files_named(tree, op.ins.keys())
    if op.required_resource_keys:
        raise RefusedError("what its resources give is not seen")
    read = (
        _read_by_body(op.compute_fn, tree, split, ns)
        if isinstance(op.compute_fn, CellBody)
        else _read_by_function(op.compute_fn, tree)
    )
    said = (options.outs, sorted(options.tags.items()), options.partition)
    return RunKey(op.name, repr((op.source, said)), {**read, **given})


def _read_by_body(
    body: CellBody, tree: ast.Module, split: Split, ns: Mapping[str, Any]
) -> dict[str, Any]:
    code = body.code
    _verify_context(tree, _CONTEXT)
    codes = [each for _, each in code.steps] if code.function is None else []
    for each in (*codes, *([code.function] if code.function else [])):
        for name in sorted(changed_globals(each) - code.names.stores - code.marks):
            raise RefusedError(f"a function in it changes the global {name!r}")
    for name in sorted(split.needed & split.made):
        raise RefusedError(f"a definition in it needs {name!r}, which it makes")
    texts = {
        part.value
        for part in ast.walk(tree)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    evaluates = any(getattr(node, "attr", "") == "eval" for node in ast.walk(tree))
    spoken = names_in_texts(texts, ns, evaluates=evaluates) - code.names.stores
    names = {*code.names.reads, *spoken} - {*body.ins, _CONTEXT}
    found = {f"{name!r}": value for name, value in values_of(names, ns).items()}
    return {**found, "its texts": sorted(texts)}


def _read_by_function(compute_fn: Any, tree: ast.Module) -> dict[str, Any]:
    assert isinstance(compute_fn, DecoratedFunction)  # noqa: S101 - of the def form
    definition = definition_of(tree)
    if compute_fn.parameters.takes_context and definition is not None:
        _verify_context(tree, definition.args.args[0].arg)
    return {"its function": compute_fn.fn}


def _verify_context(tree: ast.Module, name: str) -> None:
    """Refuse what the context gives that no key can tell.

    Raises:
        RefusedError: The code reads such a part of it, or hands it on.
    """
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
    parts = _attributes(tree, name)
    if len(parts) < len(used):
        raise RefusedError(f"what {name!r} is used for is not seen")
    if "resources" in parts:
        raise RefusedError("what its resources give is not seen")
    for part in parts:
        if part in _OF_THE_RUN:
            raise RefusedError(f"it reads {name}.{part}, which each run has its own of")


def _verify_log_unread(tree: ast.Module, ns: Mapping[str, Any]) -> None:
    """Refuse what opnb itself tells of the session: it is another after each run.

    Raises:
        RefusedError: The code reads such a part.
    """
    opnb = sys.modules["opnb"]
    for name in [name for name, value in ns.items() if value is opnb]:
        for part in _attributes(tree, name):
            if part in _OF_THE_SESSION:
                raise RefusedError(f"what {name}.{part} holds is not seen")


def _attributes(tree: ast.Module, name: str) -> list[str]:
    """Return the `x` of each `name.x`."""
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    ]
