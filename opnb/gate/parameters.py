"""Parameters of a notebook, as papermill gives them.

They stand in a cell tagged `injected-parameters`: in the place of one from before, else
after the cell tagged `parameters`, else on top. Secret ones show a mask there, and
reach the kernel by a request that nothing keeps.
"""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opnb.gate.cells import joined
from opnb.gate.secret import MASK, Masker, masked, secret_texts
from opnb.model.checks import shorten
from opnb.model.errors import CheckError, did_you_mean

INJECTED: Final = "injected-parameters"
_DECLARED: Final = "parameters"
_WORDS: Final = {"True": True, "False": False, "None": None}


@dataclass(frozen=True)
class Parameters:
    """The values for a notebook, by name."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.values:
            _verify_name(name)

    @property
    def shown(self) -> dict[str, Any]:
        """All, with a mask in the place of each secret."""
        return {name: masked(name, value) for name, value in self.values.items()}

    @property
    def secrets(self) -> dict[str, Any]:
        """Those that are secret, or have a secret within."""
        shown = self.shown
        return {
            name: value for name, value in self.values.items() if shown[name] != value
        }

    @property
    def masker(self) -> Masker:
        """What keeps the secrets out of what is shown and kept."""
        return Masker(
            text
            for name, value in self.values.items()
            for text in secret_texts(name, value)
        )

    def inject(self, notebook: dict[str, Any]) -> list[str]:
        """Put a cell with them into a notebook; return what is worth a notice."""
        if not self.values:
            return []
        cells = notebook["cells"]
        notes = self._notes(cells)
        before = _tagged(cells, INJECTED)
        declared = _tagged(cells, _DECLARED)
        cell = self._cell(has_id=any("id" in each for each in cells))
        if before is not None:
            cells[before] = cell
        else:
            cells.insert(0 if declared is None else declared + 1, cell)
        return notes

    def _notes(self, cells: Sequence[Mapping[str, Any]]) -> list[str]:
        declared = _tagged(cells, _DECLARED)
        if declared is None:
            return [f"no cell is tagged {_DECLARED!r}: they go to the top"]
        known = _assigned(joined(cells[declared].get("source", "")))
        return [
            f"its cell of parameters has no {name!r}. {did_you_mean(name, known)}"
            for name in self.values
            if known and name not in known
        ]

    def _cell(self, *, has_id: bool) -> dict[str, Any]:
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": [INJECTED]},
            "outputs": [],
            "source": f"# Parameters\n{assignments(self.shown)}",
        }
        return {**cell, "id": INJECTED} if has_id else cell


def parse_parameters(
    pairs: Sequence[str], raw_pairs: Sequence[str] = ()
) -> dict[str, Any]:
    """Return values by name from `name=value` texts, as papermill's `-p` reads them.

    Args:
        pairs: `True`, `False`, `None` and numbers are what they look like.
        raw_pairs: The values are texts, whatever they look like.

    >>> parse_parameters(["n=3", "rate=0.5", "day=2026-01-31", "dry=True"])
    {'n': 3, 'rate': 0.5, 'day': '2026-01-31', 'dry': True}

    Raises:
        CheckError: One is no such pair, or its name is none that Python has.
    """
    values = {name: _value(text) for name, text in map(_pair, pairs)}
    return {**values, **dict(map(_pair, raw_pairs))}


def _pair(pair: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not equals:
        raise CheckError(
            f"{shorten(pair)} is no parameter.", hint="-p name=value, as in -p n=3."
        )
    _verify_name(name)
    return name, text


def _verify_name(name: Any) -> None:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise CheckError(
            f"{shorten(name)} cannot name a parameter: no variable can be called so.",
            hint="-p name=value, as in -p n=3.",
        )


def _value(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def assignments(values: Mapping[str, Any]) -> str:
    """Return Python code that assigns values, in papermill's spelling.

    >>> print(assignments({"n": 3, "day": "2026-01-31", "rate": float("inf")}), end="")
    n = 3
    day = "2026-01-31"
    rate = float('inf')
    """
    return "".join(f"{name} = {_literal(value)}\n" for name, value in values.items())


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float('{value}')"
    if isinstance(value, Mapping):
        pairs = [f"{_text(str(key))}: {_literal(each)}" for key, each in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return _text(str(value))


def _text(text: str) -> str:
    if text == MASK:  # it is for people
        return f'"{MASK}"'
    escaped = text.encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{escaped}"'


def _tagged(cells: Sequence[Mapping[str, Any]], tag: str) -> int | None:
    for index, cell in enumerate(cells):
        if tag in ((cell.get("metadata") or {}).get("tags") or ()):
            return index
    return None


def _assigned(source: str) -> list[str]:
    """Return the names that a cell's top level assigns; none if it is not Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            names += [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
    return names
