"""How a failed op's exception is shown: on one screen, the user's frames alone.

The exception keeps its class and its traceback; what `%debug` and `%op tb` see is whole.
IPython asks an exception for `_render_traceback_`; the instance gets one that shows the
user's frames, then what opnb knows: the attempts and the shapes of the inputs.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

_MOST_FRAMES = 6
_PACKAGE = str(Path(__file__).resolve().parent.parent)


def show_short(shell: Any, error: BaseException, remarks: Sequence[str]) -> None:
    """Make IPython show this exception on one screen, with the remarks below."""

    def render() -> list[str]:
        return [*render_short(shell, error), *remarks]

    # An exception may refuse new attributes; it is then shown as IPython shows it.
    with suppress(Exception):
        error._render_traceback_ = render  # type: ignore[attr-defined]


def render_short(shell: Any, error: BaseException) -> list[str]:
    """Return the lines of a traceback that has the user's frames alone."""
    if user_frames(error.__traceback__) is None:
        return [f"{type(error).__name__}: {error}"]
    with _user_frames_in_chain(error):
        lines: list[str] = shell.InteractiveTB.structured_traceback(
            type(error), error, error.__traceback__
        )
    hidden = _library_end(error.__traceback__)
    return [*lines, hidden] if hidden else lines


@contextmanager
def _user_frames_in_chain(error: BaseException) -> Iterator[None]:
    """Take the frames of opnb and of libraries out of an exception and its causes.

    The chain ends before a cause that came up and stayed within a library.
    """
    chain = list(_chain(error))
    kept = [_Links.of(link) for link in chain]
    for link, cause in zip(chain, [*chain[1:], None], strict=True):
        link.__traceback__ = user_frames(link.__traceback__, or_all=link is error)
        if cause is not None and _stayed_in_library(cause):
            link.__cause__ = None  # suppresses the context, too
            break
    try:
        yield
    finally:
        for link, before in zip(chain, kept, strict=True):
            before.restore(link)


@dataclass(frozen=True, slots=True)
class _Links:
    """What ties an exception to others and to its place."""

    traceback: TracebackType | None
    cause: BaseException | None
    suppress_context: bool

    @staticmethod
    def of(error: BaseException) -> _Links:
        return _Links(error.__traceback__, error.__cause__, error.__suppress_context__)

    def restore(self, error: BaseException) -> None:
        error.__traceback__ = self.traceback
        error.__cause__ = self.cause
        error.__suppress_context__ = self.suppress_context


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and what it came from, in the order in which Python goes."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        hidden = link.__suppress_context__
        link = link.__cause__ or (None if hidden else link.__context__)


def _stayed_in_library(error: BaseException) -> bool:
    if error.__traceback__ is None:  # made, but never raised: it is a message
        return False
    return user_frames(error.__traceback__, or_all=False) is None


def user_frames(
    traceback: TracebackType | None, *, or_all: bool = True
) -> TracebackType | None:
    """Return a traceback of the user's frames alone, the last six.

    Where none is the user's, it has all but opnb's own, or none.
    """
    frames = list(_links(traceback))
    inner = [link for link in frames if not _is_ours(link) and not _is_shell(link)]
    users = [link for link in inner if not _is_library(link)]
    users = users or (inner if or_all else [])
    chain: TracebackType | None = None
    for link in users[-_MOST_FRAMES:][::-1]:
        chain = TracebackType(chain, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return chain


def _library_end(traceback: TracebackType | None) -> str:
    """Return where within a library the exception came up, if it did."""
    frames = [link for link in _links(traceback) if not _is_ours(link)]
    if not frames or not _is_library(frames[-1]):
        return ""
    if all(_is_library(link) or _is_shell(link) for link in frames):
        return ""
    code = frames[-1].tb_frame.f_code
    return f"Raised within {_module(frames[-1])}, in {code.co_name}; `%op tb` shows it all."


def _module(link: TracebackType) -> str:
    return str(link.tb_frame.f_globals.get("__name__", "a library"))


def _links(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_ours(link: TracebackType) -> bool:
    return link.tb_frame.f_code.co_filename.startswith(_PACKAGE)


def _is_shell(link: TracebackType) -> bool:
    # The cell's own call of the magic: `get_ipython().run_cell_magic(...)`.
    if link.tb_frame.f_code.co_name == "<module>":
        return "run_cell_magic" in link.tb_frame.f_code.co_names
    return _module(link).partition(".")[0] in ("IPython", "ipykernel")


def _is_library(link: TracebackType) -> bool:
    name = link.tb_frame.f_code.co_filename
    if _is_shell(link) or name.startswith("<frozen"):
        return True
    if name.startswith(_library_folders()):
        return True
    # Compiled modules name their source relative to where they were built.
    module_file = str(link.tb_frame.f_globals.get("__file__") or "")
    return not Path(name).is_absolute() and module_file.startswith(_library_folders())


@lru_cache(maxsize=1)
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")})
