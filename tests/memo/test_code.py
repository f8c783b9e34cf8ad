"""Code is told by what it does and by what it reads, not by where it stands."""

import sys
import types

import pytest

from opnb.memo.code import is_library
from opnb.memo.content import digest_of
from opnb.memo.refusal import RefusedError


def notebook(code, **names):
    """Return the names of a notebook that has run a cell."""
    ns = {"__name__": "__main__", **names}
    exec(compile(code, "<cell>", "exec"), ns)  # noqa: S102 - a cell
    return ns


FUNCTION = (
    "def f(x, y=1):\n    return helper(x) + limit\ndef helper(x):\n    return x\n"
)
CHANGES = {
    "its code": ("return helper(x) +", "return helper(x) -", {}),
    "a default": ("y=1", "y=2", {}),
    "a function that it calls": ("return x\n", "return x + 1\n", {}),
    "a global": ("", "", {"limit": 2}),
    "a global that is gone": ("", "", {"limit": None}),
}


@pytest.mark.parametrize(("old", "new", "names"), CHANGES.values(), ids=CHANGES)
def test_a_function_is_another_when_this_changes(old, new, names):
    before = notebook(FUNCTION, limit=1)["f"]
    after = notebook(
        FUNCTION.replace(old, new) if old else FUNCTION, **{"limit": 1, **names}
    )["f"]

    assert digest_of(before) != digest_of(after)


def test_a_function_is_the_same_further_down_and_with_other_comments():
    before = notebook(FUNCTION, limit=1)["f"]
    after = notebook("# a comment\n\n" + FUNCTION, limit=1, other=5)["f"]

    assert digest_of(before) == digest_of(after)


CLASS = """
class Base:
    rate = 1
class Model(Base):
    unit = "EUR"
    def price(self, n):
        return super().__init__() or n * self.rate * factor
    @property
    def half(self):
        return 0.5
    @staticmethod
    def zero():
        return 0
"""
CLASS_CHANGES = [
    ("rate = 1", "rate = 2"),
    ("EUR", "USD"),
    ("n * self", "n + self"),
    ("0.5", "0.6"),
    ("return 0\n", "return 1\n"),
    ("(Base)", ""),
]


@pytest.mark.parametrize(("old", "new"), CLASS_CHANGES)
def test_a_class_is_another_when_this_changes(old, new):
    before = notebook(CLASS, factor=1)["Model"]
    after = notebook(CLASS.replace(old, new), factor=1)["Model"]

    assert digest_of(before) != digest_of(after)
    assert digest_of(before()) != digest_of(after())
    assert digest_of(before) == digest_of(notebook(CLASS, factor=1)["Model"])


def test_what_a_function_closes_over_is_of_its_content():
    code = "def make(n):\n    def f():\n        return n\n    return f\n"
    make = notebook(code)["make"]

    assert digest_of(make(1)) != digest_of(make(2))
    assert digest_of(make(1)) == digest_of(make(1))


def test_what_a_decorator_wraps_is_of_its_content():
    code = "import functools\n@functools.lru_cache\ndef f():\n    return {}\n"
    one, two = (notebook(code.format(n))["f"] for n in (1, 2))

    assert digest_of(one) != digest_of(two)


def test_functions_that_call_each_other_have_a_digest():
    code = (
        "def f(n):\n    return n and g(n - 1)\ndef g(n):\n    return n and f(n - 1)\n"
    )

    assert digest_of(notebook(code)["f"]) == digest_of(notebook(code)["f"])


def test_a_name_in_a_query_is_of_its_content():
    code = "def f(frame):\n    return frame.query('a > @limit')\n"
    one, two = (notebook(code, limit=n)["f"] for n in (1, 2))

    assert digest_of(one) != digest_of(two)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f():\n    global n\n    n = 1", "'f' changes the global 'n'"),
        ("def f():\n    return globals()", r"what globals\(\) reads is not seen"),
        ("def f():\n    return lock", "'f' reads 'lock': the content of a lock"),
        (
            "def f():\n    return get_ipython()",
            r"what `!` and `%` lines and get_ipython\(\) do is not seen",
        ),
    ],
)
def test_a_function_whose_effect_cannot_be_told_is_refused(code, reason):
    import threading

    function = notebook(code, lock=threading.Lock(), get_ipython=len)["f"]

    with pytest.raises(RefusedError, match=reason):
        digest_of(function)


def module_of(code, name="helpers"):
    module = types.ModuleType(name)
    exec(code, module.__dict__)  # noqa: S102 - of the test's own
    return module


def test_a_module_beside_the_notebook_is_told_by_what_it_holds():
    before, same = module_of("LIMIT = 1"), module_of("LIMIT = 1")

    assert digest_of(before) == digest_of(same)
    assert digest_of(before) != digest_of(module_of("LIMIT = 2"))


def test_a_library_is_told_by_its_version(monkeypatch):
    import pandas as pd

    things = [pd, pd.concat, pd.DataFrame, pd.DataFrame({"a": [1]})]
    before = [digest_of(thing) for thing in things]
    monkeypatch.setattr(pd, "__version__", "99")

    after = [digest_of(thing) for thing in things]

    assert [old != new for old, new in zip(before, after, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("pandas", True), ("json.decoder", True), ("sys", True), ("__main__", False)],
)
def test_libraries_are_what_is_installed(name, is_one):
    assert is_library(name) is is_one


def test_a_file_beside_the_notebook_is_no_library(tmp_path, monkeypatch):
    (tmp_path / "beside_it.py").write_text("LIMIT = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("beside_it")

    assert not is_library("beside_it")
    del sys.modules["beside_it"]
