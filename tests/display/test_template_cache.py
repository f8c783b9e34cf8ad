"""Compiled templates are kept as Python keeps its own, and never cost a picture."""

from pathlib import Path

import jinja2
import pytest

from opnb.display.template_cache import TemplateCache


@pytest.fixture(autouse=True)
def _writes(monkeypatch):
    """Python keeps what it compiles, whatever the tests are started with."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)


@pytest.fixture(name="engine")
def _engine():
    engine = Path("engine.py")
    engine.write_text("options")
    Path("styles.py").write_text("styles")
    Path("a.html").write_text("one {{ 1 + 1 }}")
    Path("a.md").write_text("two")
    return engine


def shown(engine, name="a.html"):
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader("."),
        bytecode_cache=TemplateCache(str(engine), "styles.py"),
    )
    return environment.get_template(name).render()


def kept():
    return sorted(Path("__pycache__").iterdir())


def test_each_template_is_kept_beside_its_source(engine):
    shown(engine)
    shown(engine, "a.md")

    names = [path.name.split(".cpython")[0] for path in kept()]
    assert names == ["a.html", "a.md"]


def test_what_is_kept_is_what_is_used(engine):
    shown(engine)
    (file,) = kept()
    file.write_bytes(file.read_bytes().replace(b"one ", b"eno "))

    assert shown(engine) == "eno 2"


@pytest.mark.parametrize("changed", ["a.html", "engine.py", "styles.py"])
def test_a_change_of_the_template_or_of_a_module_compiles_anew(engine, changed):
    shown(engine)
    (file,) = kept()
    file.write_bytes(file.read_bytes().replace(b"one ", b"eno "))
    Path(changed).write_text("one {{ 1 + 1 }}!")

    assert shown(engine).startswith("one 2")


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_file_is_made_anew(engine, damage):
    shown(engine)
    (file,) = kept()
    whole = file.read_bytes()
    file.write_bytes(whole[:-20] if damage is None else damage)

    assert shown(engine) == "one 2"
    assert file.read_bytes() == whole


def test_where_nothing_can_be_written_nothing_is_kept(engine):
    Path("__pycache__").write_text("a file in the folder's place")

    assert shown(engine) == "one 2"


def test_nothing_is_kept_where_python_is_told_to_keep_nothing(engine, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    assert shown(engine) == "one 2"
    assert not Path("__pycache__").exists()
