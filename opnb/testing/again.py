"""The other process of `assert_stable`: it calls the function, writes its forms."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from operator import attrgetter
from pathlib import Path
from typing import Any

from opnb.testing.stable import forms_of


def main(module: str, file: str, name: str, target: str) -> None:
    """Write what the function of a module draws, as JSON."""
    forms = forms_of(_find(module, file, name)())
    Path(target).write_text(json.dumps(forms), "utf-8")


def _find(module: str, file: str, name: str) -> Callable[[], Any]:
    spec = _spec(module, file)
    made = importlib.util.module_from_spec(spec)
    sys.modules[module] = made
    if spec.loader is not None:
        spec.loader.exec_module(made)
    function: Callable[[], Any] = attrgetter(name)(made)
    return function


def _spec(module: str, file: str) -> ModuleSpec:
    """Return where the module is; a test's is known by its file alone."""
    spec = importlib.util.spec_from_file_location(module, file)
    if spec is None:
        raise ImportError(f"{file} is no module")
    return spec


if __name__ == "__main__":
    main(*sys.argv[1:])
