"""For tests: of ops, of notebooks, and of what you draw yourself.

>>> from opnb.testing import assert_portable, assert_stable
>>> assert_portable("<p>342 rows, <b>2 dropped</b></p>")
>>> assert_stable(lambda: "<p>342 rows</p>")

`build_op_context` and `execute_op` are those of `opnb`. Each name is loaded at its
first use: a test of an op needs nothing of what runs notebooks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opnb.execution.direct_context import build_op_context
    from opnb.session import execute_op
    from opnb.testing.events import events_of
    from opnb.testing.notebook import NotebookResult, run_notebook
    from opnb.testing.portable import assert_portable
    from opnb.testing.stable import assert_stable

_HOMES = {
    "NotebookResult": "opnb.testing.notebook",
    "assert_portable": "opnb.testing.portable",
    "assert_stable": "opnb.testing.stable",
    "build_op_context": "opnb.execution.direct_context",
    "events_of": "opnb.testing.events",
    "execute_op": "opnb.session",
    "run_notebook": "opnb.testing.notebook",
}

__all__ = [
    "NotebookResult",
    "assert_portable",
    "assert_stable",
    "build_op_context",
    "events_of",
    "execute_op",
    "run_notebook",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
