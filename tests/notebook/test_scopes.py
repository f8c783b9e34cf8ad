"""What stands at a body's top level."""

import ast

import pytest

from opnb.notebook.scopes import awaits, definition_of, needs_await, top_level

AWAITS = {
    "await f()": True,
    "async for x in y: pass": True,
    "async with x: pass": True,
    "[x async for x in y]": True,
    "[await f(x) for x in y]": True,
    "{x: [await f(x)] for x in await g()}": True,
    "list(x for x in await g())": True,
    "def f(x=await g()): pass": True,
    "class A(await g()): pass": True,
    "f(lambda x=await g(): x)": True,
    "(x async for x in y)": True,
    "(await f(x) for x in y)": True,
    "async def f(): await g()": False,
    "x = 1": False,
}


@pytest.mark.parametrize(("body", "expected"), AWAITS.items(), ids=AWAITS.keys())
def test_a_body_awaits_where_python_would(body, expected):
    assert awaits(ast.parse(body)) is expected


@pytest.mark.parametrize(("body", "expected"), AWAITS.items(), ids=AWAITS.keys())
def test_python_agrees(body, expected):
    code = compile(body, "", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    assert bool(code.co_flags & 0x80) is expected


def test_the_nodes_of_an_inner_scope_are_not_at_the_top_level():
    tree = ast.parse("def f():\n    return 1\nx = [n for n in seen]")

    names = [node.id for node in top_level(tree) if isinstance(node, ast.Name)]

    assert names == ["x", "seen"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("def f(): pass", "f"),
        ("@op\nasync def g(): pass", "g"),
        ("def f(): pass\nf()", None),
        ("class A: pass", None),
        ("", None),
    ],
)
def test_a_body_may_be_one_definition(body, name):
    assert getattr(definition_of(ast.parse(body)), "name", None) == name


def test_a_lone_async_function_needs_an_await():
    assert needs_await(ast.parse("async def f(): pass"))
    assert not needs_await(ast.parse("async def f(): pass\nx = 1"))
