"""What a body visibly puts out by `yield Output(...)`."""

import ast

import pytest

from opnb.notebook.scopes import top_level
from opnb.notebook.yields import OutputYields, output_yields

CASES = {
    "yield Output(1)": OutputYields({"result": True}),
    "yield dg.Output(1, 'a')": OutputYields({"a": True}),
    "yield Output(1, output_name='a')": OutputYields({"a": True}),
    "x = yield Output(1, 'a')": OutputYields({"a": True}),
    "with o:\n yield Output(1, 'a')": OutputYields({"a": True}),
    "if x: yield Output(1, 'a')": OutputYields({"a": False}),
    "if x: yield Output(1, 'a')\nyield Output(2, 'b')": OutputYields(
        {"a": False, "b": True}
    ),
    "yield Output(1, name)": OutputYields({}, unnamed=True),
    "yield Output(1, **how)": OutputYields({}, unnamed=True),
    "yield ExpectationResult(True)": OutputYields({}),
    "def f(): yield Output(1, 'a')": OutputYields({}),
    "yield": OutputYields({}),
}


@pytest.mark.parametrize(("body", "expected"), CASES.items(), ids=CASES.keys())
def test_the_outputs_that_a_body_yields(body, expected):
    tree = ast.parse(body)
    yields = [node for node in top_level(tree) if isinstance(node, ast.Yield)]

    assert output_yields(tree, yields) == expected
