"""The cells of a notebook file, as the gate looks at them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from opnb.gate.outcome import Stop
from opnb.model.checks import shorten
from opnb.model.errors import did_you_mean

_OP_LINE = re.compile(r"%%op[ \t]+([A-Za-z_]\w*)")
_DEF_LINE = re.compile(r"^\s*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_EXPECTS_ERROR: Final = "raises-exception"
_FORMAT: Final = 4


class NotebookFileError(Exception):
    """A file cannot be taken as a notebook.

    Args:
        stop: What is told of it.
    """

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.message)
        self.stop = stop


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell that holds code.

    Args:
        index: Its place among all cells, from 0.
        number: Its place among the code cells that hold code, from 1.
        op: The op that its first line names, if it does.
    """

    index: int
    number: int
    source: str
    op: str | None
    raw: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What a line about it begins with."""
        return f"cell {self.number}{f'  {self.op}' if self.op else ''}"

    @property
    def outputs(self) -> list[Mapping[str, Any]]:
        """What it put out."""
        return list(self.raw.get("outputs") or ())

    @property
    def error(self) -> Mapping[str, Any] | None:
        """What it raised: the last error among its outputs."""
        errors = [each for each in self.outputs if each.get("output_type") == "error"]
        return errors[-1] if errors else None

    @property
    def expects_error(self) -> bool:
        """Whether its author says that it raises."""
        return _EXPECTS_ERROR in ((self.raw.get("metadata") or {}).get("tags") or ())

    @property
    def has_run(self) -> bool:
        """Whether it was run at all."""
        return self.raw.get("execution_count") is not None or bool(self.outputs)


def code_cells(notebook: Mapping[str, Any]) -> Iterator[CodeCell]:
    """Yield the code cells that hold code."""
    number = 0
    for index, raw in enumerate(notebook["cells"]):
        source = joined(raw.get("source", ""))
        if raw.get("cell_type") == "code" and source.strip():
            number += 1
            yield CodeCell(index, number, source, _op_of(source), raw)


def _op_of(source: str) -> str | None:
    if not source.lstrip().startswith("%%op"):
        return None
    found = _OP_LINE.match(source.lstrip()) or _DEF_LINE.search(source)
    return found[1] if found else None


def joined(text: Any) -> str:
    """Return a text of a notebook file, which may be a list of its lines."""
    return "".join(text) if isinstance(text, list) else str(text)


def read_notebook_file(path: Path) -> dict[str, Any]:
    """Return a notebook as it stands in its file.

    Raises:
        NotebookFileError: There is none that could be read.
    """
    return _parsed(_text(path), path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _refused(
            "missing", f"There is no file {str(path)!r}.", _nearest(path)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise _refused(
            "invalid",
            f"{str(path)!r} cannot be read: {reason}.",
            "Give a notebook, a file that ends in .ipynb.",
        ) from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise _refused(
            "invalid",
            f"{str(path)!r} is no notebook: it is not JSON ({error}).",
            "Open it in JupyterLab and save it; in git, look for conflict marks.",
        ) from None
    if isinstance(notebook, dict) and notebook.get("nbformat") not in (None, _FORMAT):
        raise _refused(
            "invalid",
            f"{str(path)!r} is of notebook format {shorten(notebook['nbformat'])}; "
            f"this reads format {_FORMAT}.",
            "`jupyter nbconvert --to notebook --inplace FILE` makes it format 4.",
        )
    if not _is_notebook(notebook):
        raise _refused(
            "invalid",
            f"{str(path)!r} is no notebook: it is JSON without a list of cells.",
            "Give a notebook, a file that ends in .ipynb.",
        )
    return notebook  # type: ignore[no-any-return]  # it has been looked at


def _is_notebook(notebook: Any) -> bool:
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        return False
    cells = notebook.get("cells")
    return isinstance(cells, list) and all(isinstance(cell, dict) for cell in cells)


def _refused(kind: str, message: str, hint: str) -> NotebookFileError:
    return NotebookFileError(Stop(kind, message, hint))


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {str(path.parent)!r} either."
    there = [each.name for each in sorted(path.parent.glob("*.ipynb"))]
    return did_you_mean(path.name, there) if there else "No notebook is in that folder."
