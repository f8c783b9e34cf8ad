"""The inputs of a run that is over, as a calm table."""

from __future__ import annotations

from opnb.display import grid, words
from opnb.display.engine import render
from opnb.display.grid import Cell
from opnb.display.ports import origin_of
from opnb.model.op_inputs import OpInputs

_ROWS = 30
_TEXT_ROWS = 11
_COLUMNS = ["input", "type and shape", "from", ""]


def inputs_forms(inputs: OpInputs) -> dict[str, str]:
    """Draw the name, type and shape of each input, and the output it came from."""
    rows = [_row(inputs, name) for name in inputs.infos]
    columns, shown = grid.without_empty(_COLUMNS, rows[:_ROWS])
    text_rows = shown[:_TEXT_ROWS]
    view = {
        "title": f"{words.count(len(rows), 'input')} of {inputs.op_name}",
        "columns": columns,
        "rows": shown,
        "more": grid.more(len(shown), len(rows), "input"),
        "lines": grid.aligned(grid.with_head(columns, text_rows)),
        "more_lines": grid.more(len(text_rows), len(rows), "input"),
        "note": "a dict: name → value" if inputs else "",
    }
    return {
        "text/plain": words.fit_terminal(render("log_table.txt", **view)),
        "text/markdown": words.single_gaps(render("log_table.md", **view)),
        "text/html": render("log_table.html", **view),
    }


def _row(inputs: OpInputs, name: str) -> list[Cell]:
    return [
        Cell(name, strong=True),
        Cell(words.value_info(inputs.infos[name]), whole=True),
        Cell(origin_of(inputs.sources.get(name)) or ""),
        Cell("let go" if name in inputs.gone else ""),
    ]
