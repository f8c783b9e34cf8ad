"""A body as definitions and the rest."""

import ast

import pytest

from opnb.notebook.definitions import split_body


def split(code):
    return split_body(ast.parse(code))


def test_definitions_are_told_from_what_computes():
    found = split(
        "import a\nx = 1\ndef f(): pass\nclass C: pass\ndel y\nfor i in x: pass"
    )

    assert [type(node).__name__ for node in found.definitions.body] == [
        "Import",
        "FunctionDef",
        "ClassDef",
    ]
    assert found.made == {"x", "y", "i"}


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("def f(n=limit): return other", {"limit"}),
        ("@wrap\ndef f(n: Kind) -> Result: pass", {"wrap", "Kind", "Result"}),
        ("class C(Base, metaclass=Meta):\n    n = size", {"Base", "Meta", "size"}),
        ("import a", set()),
    ],
)
def test_it_tells_what_a_definition_needs_at_once(code, needed):
    assert split(code).needed == needed
