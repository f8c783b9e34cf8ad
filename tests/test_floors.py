"""The architecture holds: a folder is a floor, and imports go down only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "opnb"

FLOORS = {
    "model": 0,
    "definitions": 1,
    "execution": 2,
    "event_log": 3,
    "memo": 3,
    "display": 4,
    "result": 5,
    "session": 5,
    "checks": 6,
    "notebook": 6,
    "explorer": 6,
    "gate": 6,
    "cli": 6,
    "pytest_plugin": 6,
    "testing": 6,
    "__init__": 7,
    "dagster": 8,
    "__main__": 8,
}
# Floors that must not know each other though one is above the other.
STRANGERS = {
    ("event_log", "definitions"),
    ("event_log", "execution"),
    ("display", "execution"),
}
ONLY_ON = {"IPython": {"notebook", "explorer"}, "ipywidgets": {"explorer"}}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_rooms(path):
    for name in imported_modules(path):
        parts = name.split(".")
        if parts[0] == "opnb" and len(parts) > 1 and parts[1] in FLOORS:
            yield parts[1]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    room = room_of(path)

    for other in imported_rooms(path):
        assert FLOORS[other] <= FLOORS[room], f"{room} imports {other} above it"
        assert (room, other) not in STRANGERS, f"{room} must not know {other}"


def test_every_module_stands_on_a_floor():
    assert {room_of(path) for path in modules()} <= FLOORS.keys()


@pytest.mark.parametrize("library", ONLY_ON)
def test_ipython_is_known_on_one_floor_only(library):
    users = {
        room_of(path)
        for path in modules()
        if any(name.split(".")[0] == library for name in imported_modules(path))
    }

    assert users <= ONLY_ON[library]


def test_no_module_imports_itself_in_a_circle():
    graph = {}
    for path in modules():
        name = ".".join(("opnb", *path.relative_to(PACKAGE).with_suffix("").parts))
        graph[name] = set(_top_level_imports(path))

    done = set()

    def visit(name, above):
        assert name not in above, " → ".join([*above, name])
        if name in done or name not in graph:
            return
        for other in graph[name]:
            visit(other, [*above, name])
        done.add(name)

    for name in graph:
        visit(name, [])


def _top_level_imports(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("opnb."):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_opens_with_its_job_in_a_sentence(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))

    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))
