"""What a definition offers and a higher floor does: running and calling.

`job.execute_in_process()` needs the log and `op(...)` needs the runtime; both are above
the definitions. `opnb/__init__.py` says where each door leads, by the name of a
function that is imported when the door is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

_LEADS_TO: dict[str, str] = {}


def install_doors(**doors: str) -> None:
    """Tell where doors lead, each as `module:function`."""
    _LEADS_TO.update(doors)
    open_door.cache_clear()


@cache
def open_door(name: str) -> Callable[..., Any]:
    """Return the function behind a door."""
    module, _, function = _LEADS_TO[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
