"""The content of code as a digest: functions, classes, modules, and what they read.

What a library holds is told by the library's version. Code of the notebook, or of files
beside it, is told by what is loaded, not by what the files say by now.
"""

from __future__ import annotations

import builtins
import dis
import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from opnb.memo.refusal import RefusedError

if TYPE_CHECKING:
    from opnb.memo.content import Content

_READS = frozenset(["LOAD_GLOBAL", "LOAD_NAME"])
_CHANGES = frozenset(["STORE_GLOBAL", "DELETE_GLOBAL"])
_EVAL = "eval"
_QUERY = re.compile(r"@|\bselect\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*")
# What reads or runs names that the code does not show.
_UNSEEN = frozenset(
    "globals locals vars eval exec get_ipython input __import__".split()
)
_OF_EVERY_CLASS = frozenset(
    "__dict__ __weakref__ __module__ __doc__ __abstractmethods__ _abc_impl"
    " __firstlineno__ __static_attributes__ __slotnames__".split()
)


def digest_function(content: Content, function: FunctionType) -> bytes:
    """Digest a function: its code, its defaults, what it closes over and reads."""
    if _is_of_library(function):
        return _named(content, function)
    code = function.__code__
    changed = changed_globals(code)
    if changed:
        raise RefusedError(
            f"the function {function.__name__!r} changes the global {min(changed)!r}"
        )
    ns = function.__globals__
    names = global_names(code) | _names_in_queries(function)
    reads: dict[str, bytes] = {}
    for name, value in values_of(names, ns).items():
        try:
            reads[name] = content.digest(value)
        except RefusedError as refused:
            raise RefusedError(
                f"{function.__name__!r} reads {name!r}: {refused}"
            ) from refused
    return content.join(
        "function",
        content.digest(code),
        content.digest([function.__defaults__, function.__kwdefaults__]),
        content.digest(function.__closure__),
        content.digest(function.__dict__),
        sorted(reads.items()),
    )


def digest_code(content: Content, code: CodeType) -> bytes:
    """Digest compiled code; where it stands in its file says nothing."""
    return content.join(
        "code",
        code.co_name,
        code.co_code,
        content.digest(code.co_consts),
        [code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars],
        [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount],
        [code.co_flags, getattr(code, "co_exceptiontable", b"")],
    )


def digest_builtin(content: Content, function: Any) -> bytes:
    """Digest a function or method that is not written in Python."""
    owner = function.__self__
    if owner is None or isinstance(owner, ModuleType):
        return _named(content, function)
    return content.join("method", function.__name__, content.digest(owner))


def digest_class(content: Content, cls: type) -> bytes:
    """Digest a class: its bases, its methods, its attributes."""
    if _is_of_library(cls):
        return _named(content, cls)
    parts = {
        name: content.digest(part)
        for name, part in vars(cls).items()
        if name not in _OF_EVERY_CLASS and not _is_derived(name, part)
    }
    return content.join(
        "class",
        cls.__qualname__,
        content.digest(type(cls)),
        content.digest(cls.__bases__),
        sorted(parts.items()),
    )


def _is_derived(name: str, part: Any) -> bool:
    """Whether Python or pydantic made a part from what else the class says."""
    if type(part).__name__ in ("member_descriptor", "getset_descriptor"):
        return True
    return name.startswith("__pydantic_") and name != "__pydantic_fields__"


def digest_module(content: Content, module: ModuleType) -> bytes:
    """Digest a module: a library by its version, any other by all that it holds."""
    name = module.__name__
    if is_library(name):
        return content.join("library", name, version_of(name))
    if name == "__main__":
        raise RefusedError("it reads the notebook as a module")
    parts = {
        key: content.digest(value)
        for key, value in vars(module).items()
        if not (key.startswith("__") and key.endswith("__"))
    }
    return content.join("module", name, sorted(parts.items()))


def _is_of_library(thing: Any) -> bool:
    """Whether a library has a thing under its name, and not only helped to make it."""
    if not is_library(thing.__module__):
        return False
    found: Any = sys.modules.get(thing.__module__)
    for name in thing.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is thing


def _named(content: Content, thing: Any) -> bytes:
    module = thing.__module__ or builtins.__name__
    return content.join("of library", module, thing.__qualname__, version_of(module))


def values_of(names: Iterable[str], ns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of global names, or what stands for those without one.

    Raises:
        RefusedError: One gives access to any name.
    """
    for name in sorted(_UNSEEN.intersection(names)):
        if name == "get_ipython":
            raise RefusedError(
                "what `!` and `%` lines and get_ipython() do is not seen"
            )
        if name not in ns:
            raise RefusedError(f"what {name}() reads is not seen")
    return {name: ns.get(name, _value_beside(name)) for name in sorted(names)}


class OfPython:
    """Stands for a name that Python itself has a value for."""


class Absent:
    """Stands for a name that has no value yet."""


def _value_beside(name: str) -> type:
    return OfPython if hasattr(builtins, name) else Absent


def global_names(code: CodeType) -> set[str]:
    """Return the names that code reads from its globals, or functions in it do."""
    return {
        str(step.argval)
        for each in all_code(code)
        for step in dis.get_instructions(each)
        if step.opname in _READS
    }


def names_in_texts(
    texts: Iterable[str], ns: Mapping[str, Any], *, evaluates: bool
) -> set[str]:
    """Return the names that queries in texts speak of.

    They are read by what is looked up for `frame.query("total > @limit")`, and by SQL
    over frames.

    Args:
        texts: The texts of some code.
        ns: The names that it can read.
        evaluates: Whether it calls an `eval` of a library, so that any text may be one.
    """
    queries = [text for text in texts if evaluates or _QUERY.search(text)]
    spoken = {word for text in queries for word in _WORD.findall(text)}
    return {n for n in spoken & ns.keys() if not isinstance(ns[n], ModuleType)}


def _names_in_queries(function: FunctionType) -> set[str]:
    codes = list(all_code(function.__code__))
    texts = [c for code in codes for c in code.co_consts if isinstance(c, str)]
    evaluates = any(_EVAL in code.co_names for code in codes)
    return names_in_texts(texts, function.__globals__, evaluates=evaluates)


def changed_globals(code: CodeType) -> set[str]:
    """Return the globals that code binds or deletes, or functions in it do."""
    return {
        str(step.argval)
        for each in all_code(code)
        for step in dis.get_instructions(each)
        if step.opname in _CHANGES
    }


def all_code(code: CodeType) -> Iterator[CodeType]:
    """Yield code and that of the functions and classes in it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from all_code(const)


@lru_cache(maxsize=4096)
def is_library(module_name: str | None) -> bool:
    """Whether a module is installed, and not of the notebook or a file beside it."""
    name = module_name or builtins.__name__
    if name.partition(".")[0] == "opnb":
        return True
    module = sys.modules.get(name)
    if module is None or name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        # Built in or a namespace; one that a program made has no loader.
        return getattr(module, "__loader__", None) is not None
    return _is_installed(file)


def _is_installed(file: str) -> bool:
    place = Path(file).resolve()
    return any(place.is_relative_to(folder) for folder in _library_folders())


@lru_cache(maxsize=1)
def _library_folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [*(paths[name] for name in names), *site.getsitepackages()]
    folders.append(site.getusersitepackages())
    return tuple(Path(folder).resolve() for folder in folders)


def version_of(module_name: str) -> str:
    """Return the version of the library that a module belongs to."""
    top = sys.modules.get(module_name.partition(".")[0])
    version = getattr(top, "__version__", None)
    if isinstance(version, str):
        return version
    file = getattr(sys.modules.get(module_name), "__file__", None)
    if file is None:
        return sys.version
    try:
        state = Path(file).stat()
    except OSError:
        return sys.version
    return f"{state.st_size} {state.st_mtime_ns}"
