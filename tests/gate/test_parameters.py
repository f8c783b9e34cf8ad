"""Parameters go into a notebook as papermill puts them there."""

import copy
import json
import math

import papermill.cli
import papermill.iorw
import papermill.parameterize
import pytest
from gate_notebooks import code, executed, markdown

from opnb import CheckError
from opnb.gate.cells import joined
from opnb.gate.parameters import Parameters, assignments, parse_parameters

TEXTS = [
    *"1 -2 1_000 0.5 1e3 inf nan True False None true 2026-01-31 text a=b".split(),
    "",
    " 3 ",
    'with "quotes"',
    "a\nb\\c",
    "ümläut ✓",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_value_is_what_papermill_takes_it_for(text):
    (value,) = parse_parameters([f"x={text}"]).values()
    expected = papermill.cli._resolve_type(text)

    assert type(value) is type(expected)
    assert value == expected or math.isnan(value)


@pytest.mark.parametrize(
    "value", [*map(papermill.cli._resolve_type, TEXTS), [1, "a"], {"a": [None, 2.5]}]
)
def test_a_value_is_written_as_papermill_writes_it(value):
    translated = papermill.translators.PythonTranslator.codify({"x": value})

    assert f"# Parameters\n{assignments({'x': value})}" == translated


DECLARED = code("n = 1\nday: str = ''", tags=["parameters"])
INJECTED = code("n = 2", tags=["injected-parameters"])


@pytest.mark.parametrize(
    "cells",
    [
        [markdown("# Title"), DECLARED, code("n")],
        [DECLARED, INJECTED, code("n")],
        [INJECTED, DECLARED],
        [markdown("# Title"), code("n")],
        [],
    ],
    ids=["declared", "injected before", "the other way round", "none", "empty"],
)
def test_they_go_where_papermill_puts_them(cells, tmp_path):
    notebook = executed(*copy.deepcopy(cells))
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    expected = papermill.parameterize.parameterize_notebook(
        papermill.iorw.load_notebook_node(str(tmp_path / "a.ipynb")),
        {"n": 5},
        kernel_name="python3",
        language="python",
    )

    Parameters({"n": 5}).inject(notebook)

    assert [joined(cell["source"]) for cell in notebook["cells"]] == [
        joined(cell["source"]) for cell in expected.cells
    ]


def test_without_parameters_the_notebook_stays_as_it_is():
    notebook = executed(DECLARED)

    assert Parameters().inject(notebook) == []
    assert notebook == executed(DECLARED)


def test_a_notebook_that_knows_no_such_parameter_is_told_of():
    assert Parameters({"dya": 1, "n": 2}).inject(executed(DECLARED)) == [
        "its cell of parameters has no 'dya'. Did you mean 'day'?"
    ]
    assert Parameters({"n": 1}).inject(executed("n")) == [
        "no cell is tagged 'parameters': they go to the top"
    ]


def test_a_secret_is_masked_where_it_is_kept_and_whole_for_the_kernel():
    parameters = Parameters(
        {"n": 1, "api_key": "swordfish", "db": {"host": "a", "password": "tuna"}}
    )
    notebook = executed(DECLARED)
    parameters.inject(notebook)

    assert notebook["cells"][1]["source"] == (
        '# Parameters\nn = 1\napi_key = "••••"\n'
        'db = {"host": "a", "password": "••••"}\n'
    )
    assert parameters.secrets.keys() == {"api_key", "db"}
    assert parameters.masker.text("swordfish, tuna, a") == "••••, ••••, a"


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("n", "'n' is no parameter"),
        ("2n=1", "'2n' cannot name a parameter"),
        ("class=1", "'class' cannot name a parameter"),
        ("=1", "'' cannot name a parameter"),
        ("a b=1", "'a b' cannot name a parameter"),
    ],
)
def test_what_is_no_parameter_is_refused(pair, message):
    with pytest.raises(CheckError, match=message):
        parse_parameters([pair])


def test_a_raw_value_stays_text():
    assert parse_parameters(["n=1"], ["zip=01234"]) == {"n": 1, "zip": "01234"}
