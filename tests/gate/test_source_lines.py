"""Annotations find the lines of a notebook's file on which its cells stand."""

import json

import pytest
from gate_notebooks import code, executed, markdown

from opnb.gate.source_lines import SourceLines, source_lines

NOTEBOOK = executed(
    markdown("# Title"),
    code(
        "a = 1\nb = '{[,'\nc",
        {"output_type": "stream", "text": ["source", "a = 1\n"], "name": "stdout"},
        {"output_type": "display_data", "data": {"x": {"source": ["no"]}}},
    ),
    code(""),
    code('"source": ["x"]'),
    cells=[{"source": ["not a cell"]}],
)


@pytest.mark.parametrize("indent", [1, 4])
@pytest.mark.parametrize("order", [sorted, reversed])
def test_each_line_is_found_where_it_stands(indent, order):
    ordered = {name: NOTEBOOK[name] for name in order(list(NOTEBOOK))}
    text = json.dumps(ordered, indent=indent)
    lines = text.splitlines()

    found = [
        [lines[number - 1].strip(' ",').removeprefix('source": "') for number in cell]
        for cell in source_lines(text)
    ]

    assert found == [
        ["# Title"],
        ["a = 1\\n", "b = '{[,'\\n", "c"],
        [],
        ['\\"source\\": [\\"x\\"]'],
    ]


def test_of_a_source_in_one_text_all_lines_are_one(tmp_path):
    (tmp_path / "a.ipynb").write_text('{"cells": [\n{"source": "a\\nb"}]}')

    lines = SourceLines.of(tmp_path / "a.ipynb")

    assert (lines.line(0, 1), lines.line(0, 2)) == (2, 2)


def test_what_is_not_known_is_none(tmp_path):
    (tmp_path / "bad.ipynb").write_text('{"cells": [}')

    for name in ("bad.ipynb", "missing.ipynb"):
        assert SourceLines.of(tmp_path / name).line(0, 1) is None
