"""What `import opnb` gives, and what it costs."""

import subprocess
import sys

import pytest

import opnb

HEAVY = (
    "IPython",
    "ipywidgets",
    "sqlalchemy",
    "jinja2",
    "pandas",
    "pydantic",
    "psutil",
)


def run_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("name", opnb.__all__)
def test_every_public_name_is_there(name):
    assert getattr(opnb, name) is not None


def test_the_export_list_is_sorted_and_has_no_doubles():
    assert opnb.__all__ == sorted(set(opnb.__all__))


def test_the_types_a_checker_sees_are_the_names_that_are_there():
    import ast
    from pathlib import Path

    tree = ast.parse(Path(opnb.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    declared = {
        alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert declared == set(opnb.__all__)


def test_importing_opnb_loads_nothing_heavy():
    code = f"import sys, opnb; print([m for m in {HEAVY} if m in sys.modules])"

    assert run_python(code) == "[]"


def test_defining_an_op_loads_neither_ipython_nor_pandas():
    names = "op, Output, AssetMaterialization, Failure"
    code = f"import sys; from opnb import {names}; print('pandas' in sys.modules)"

    assert run_python(code) == "False"


def test_a_missing_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = opnb.nope


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert opnb.__version__ == version("opnb")


def test_dir_names_the_session_s_parts_too():
    assert {"log", "ops", "resources", "AssetKey"} <= set(dir(opnb))


def test_a_value_draws_itself_after_a_bare_import(session):
    bundle, _ = opnb.AssetKey("orders")._repr_mimebundle_()

    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}


def test_the_session_s_log_is_at_hand(session):
    assert opnb.log is session.log
    assert opnb.ops is session.ops
    assert opnb.resources is session.resources
