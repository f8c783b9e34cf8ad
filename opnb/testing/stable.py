"""Whether a display is the same each time: elsewhere, tomorrow, in another process."""

from __future__ import annotations

import inspect
import json
import locale
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError
from opnb.testing.noise import noise_in

Forms = dict[str, str]
_AROUND = 40
_FAR_AWAY = "Pacific/Auckland"
_LOCALES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")
# Where sets of texts and zones come out in another order, at another time.
_CHILDREN = (
    {"PYTHONHASHSEED": "1", "TZ": _FAR_AWAY, "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
)


def assert_stable(fn: Callable[[], Any], *, in_new_process: bool | None = None) -> None:
    """Assert that a function draws the same each time, byte for byte.

    It is called twice here, the second time in another time zone and locale, and,
    where a new process can import it, in two processes with other hash seeds and
    working folders. Nor may what it draws hold an address, an id, a time of now or a
    path of this machine. `nbval` compares no less.

    A closure is called here only, where a set of texts comes out in the same order
    each time: give a function of a module to be sure of that, too.

    Args:
        fn: Called without arguments; returns HTML, a mimebundle, or something that
            displays itself.
        in_new_process: True to insist on the other processes, False to do without.

    Raises:
        AssertionError: The first difference, or what must not be there.
    """
    expected = forms_of(fn())
    with _far_away():
        _compare(expected, forms_of(fn()), "in another time zone and locale")
    if in_new_process or (in_new_process is None and _home_of(fn) is not None):
        for environment in _CHILDREN:
            words = " ".join(f"{name}={value}" for name, value in environment.items())
            found = _drawn_by_child(fn, environment)
            _compare(expected, found, f"in a new process with {words}")
    for form, text in expected.items():
        for what in noise_in(text):
            raise AssertionError(
                f"{form} holds {what}\nDraw what does not differ from run to run; the "
                "rest may ride in the output's metadata."
            )


def forms_of(drawn: Any) -> Forms:
    """Return the forms of what a function drew; the output's metadata is left out."""
    if hasattr(drawn, "_repr_mimebundle_"):
        drawn = drawn._repr_mimebundle_()
    if isinstance(drawn, tuple):
        drawn = drawn[0]
    if isinstance(drawn, str):
        return {"text/html": drawn}
    if isinstance(drawn, Mapping):
        return {str(form): _text(data) for form, data in drawn.items()}
    raise ParameterCheckError(
        f"'fn' must return something drawn, not {shorten(drawn)}",
        hint="HTML as a text, a mimebundle, or a value with _repr_mimebundle_.",
    )


def _text(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data, default=repr)


def _compare(expected: Forms, found: Forms, where: str) -> None:
    if expected.keys() != found.keys():
        raise AssertionError(
            f"Other forms {where}: {', '.join(found)}, not {', '.join(expected)}."
        )
    for form, text in expected.items():
        if text != found[form]:
            raise AssertionError(_difference(form, text, found[form], where))


def _difference(form: str, text: str, other: str, where: str) -> str:
    pairs = enumerate(zip(text, other, strict=False))
    shorter = min(len(text), len(other))
    place = next((at for at, (a, b) in pairs if a != b), shorter)
    start = max(0, place - _AROUND)
    return (
        f"{form} differs {where}, from character {place:,} on.\n"
        f"  at first {text[start : place + _AROUND]!r}\n"
        f"  then     {other[start : place + _AROUND]!r}\n"
        "Sort what has no order; leave out times, ids, paths and what a locale formats."
    )


@contextmanager
def _far_away() -> Iterator[None]:
    """Be in another time zone and locale for a while."""
    zone, words = os.environ.get("TZ"), locale.setlocale(locale.LC_ALL)
    try:
        _set_zone(_FAR_AWAY)
        _set_other_locale(words)
        yield
    finally:
        _set_zone(zone)
        locale.setlocale(locale.LC_ALL, words)


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


def _set_other_locale(current: str) -> None:
    for name in _LOCALES:
        if name == current:
            continue
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        return


def _home_of(fn: Callable[[], Any]) -> tuple[str, str, str] | None:
    """Return module, file and name by which a new process finds the function."""
    module, name = getattr(fn, "__module__", None), getattr(fn, "__qualname__", "<")
    if module in (None, "__main__") or "<" in name:
        return None
    try:
        file = inspect.getsourcefile(fn)
    except TypeError:  # written in C, or a callable object
        return None
    return (str(module), file, name) if file and Path(file).exists() else None


def _drawn_by_child(fn: Callable[[], Any], environment: Mapping[str, str]) -> Forms:
    home = _home_of(fn)
    if home is None:
        raise ParameterCheckError(
            f"A new process cannot find {shorten(fn)}.",
            hint="Give a function at the top of a module, or in_new_process=False.",
        )
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "forms.json"
        command = [sys.executable, "-m", "opnb.testing.again", *home, str(target)]
        paths = os.pathsep.join(path for path in sys.path if path)
        done = subprocess.run(  # noqa: S603 - this Python
            command,
            cwd=folder,
            env={**os.environ, **environment, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"It fails in a new process:\n{done.stderr[-1000:]}")
        forms: Forms = json.loads(target.read_text("utf-8"))
    return forms
