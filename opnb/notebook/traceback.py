"""How a failed op's exception is shown: on one screen, the user's frames alone.

The exception keeps its class and its traceback: what `%debug` and `%op tb` see is
whole. IPython asks an exception for `_render_traceback_`; the instance gets one that
shows the user's frames, then what opnb knows: the attempts and the shapes of the
inputs. Of some kinds IPython does not ask; then its own display is replaced for once.
"""

from __future__ import annotations

import sys
import sysconfig
import traceback as native
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from IPython.core.error import UsageError

from opnb.model.errors import OpnbError

_MOST_FRAMES = 6
_PACKAGE = str(Path(__file__).resolve().parent.parent)

Render = Callable[[], list[str]]


def show_short(shell: Any, error: BaseException, remarks: Sequence[str]) -> None:
    """Make IPython show this exception on one screen, with the remarks below."""

    def render() -> list[str]:
        return [*render_short(shell, error), *remarks]

    # An exception may refuse new attributes; it is then shown as IPython shows it.
    with suppress(Exception):
        error._render_traceback_ = render  # type: ignore[attr-defined]  # for IPython
    if isinstance(error, SyntaxError | UsageError) or _has_group(error):
        _replace_next_display(shell, error, render)


def show_ours_short(shell: Any) -> None:
    """Make IPython show opnb's own errors, wherever they come up, on one screen."""

    def render(error: OpnbError) -> list[str]:
        return render_short(shell, error)

    OpnbError._render_traceback_ = render  # type: ignore[attr-defined]  # for IPython


def show_ours_in_full() -> None:
    """Leave opnb's own errors to IPython again."""
    if "_render_traceback_" in vars(OpnbError):
        del OpnbError._render_traceback_  # type: ignore[attr-defined]  # see above


def show_as_in_plain_cell(shell: Any, error: SyntaxError) -> None:
    """Make IPython show an error in the cell's own code without any frame."""

    def render() -> list[str]:
        return list(shell.SyntaxTB.structured_traceback(type(error), error, []))

    _replace_next_display(shell, error, render)


def _replace_next_display(shell: Any, error: BaseException, render: Render) -> None:
    """Show one exception in our way; whatever comes first puts IPython's way back.

    IPython shows a syntax error with every frame there is, a group of exceptions on
    stderr with no error message to the front-end, and so a `UsageError`: to a program
    that runs notebooks the cell would seem to have gone well.
    """
    before = vars(shell).get("showtraceback")
    plain = shell.showtraceback

    def show(exc_tuple: Any = None, *args: Any, **options: Any) -> None:
        if before is None:
            del shell.showtraceback
        else:
            shell.showtraceback = before
        value = sys.exc_info()[1] if exc_tuple is None else exc_tuple[1]
        if value is not error:
            plain(exc_tuple, *args, **options)
            return
        shell._get_exc_info(exc_tuple)  # noqa: SLF001 - sets sys.last_value for %debug
        shell._showtraceback(type(error), error, render())  # noqa: SLF001 - no other way

    shell.showtraceback = show


def _has_group(error: BaseException | None) -> bool:
    return error is not None and any(
        isinstance(link, BaseExceptionGroup) for link in _chain(error)
    )


def render_whole(shell: Any, error: BaseException) -> list[str]:
    """Return the lines of an exception's whole traceback."""
    if _has_group(error):
        return "".join(native.format_exception(error)).splitlines()
    if isinstance(error, UsageError):
        return [f"UsageError: {error}"]
    if isinstance(error, SyntaxError):
        frames = native.extract_tb(error.__traceback__)
        return list(shell.SyntaxTB.structured_traceback(type(error), error, frames))
    return list(
        shell.InteractiveTB.structured_traceback(
            type(error), error, error.__traceback__
        )
    )


def render_short(shell: Any, error: BaseException) -> list[str]:
    """Return the lines of a traceback that has the user's frames alone."""
    no_frames = all(user_frames(link.__traceback__) is None for link in _chain(error))
    if no_frames or isinstance(error, UsageError):
        return [f"{type(error).__name__}: {error}"]
    with _user_frames_in_chain(error):
        lines = render_whole(shell, error)
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
    """Return a traceback of the user's frames alone: the first and the last five.

    Where none is the user's, it has all but opnb's own, or none.
    """
    frames = list(_links(traceback))
    inner = [link for link in frames if not _is_ours(link) and not _is_shell(link)]
    users = [link for link in inner if not _is_library(link)]
    users = users or (inner if or_all else [])
    chain: TracebackType | None = None
    if len(users) > _MOST_FRAMES:
        users = [users[0], *users[1 - _MOST_FRAMES :]]
    for link in reversed(users):
        chain = TracebackType(chain, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return chain


def _library_end(traceback: TracebackType | None) -> str:
    """Return where within a library the exception came up, if it did."""
    frames = [link for link in _links(traceback) if not _is_ours(link)]
    if not frames or not _is_library(frames[-1]):
        return ""
    if all(_is_library(link) or _is_shell(link) for link in frames):
        return ""
    place = f"{_module(frames[-1])}, in {frames[-1].tb_frame.f_code.co_name}"
    return f"Raised within {place}; `%op tb` shows it all."


def _module(link: TracebackType) -> str:
    return str(link.tb_frame.f_globals.get("__name__", "a library"))


def _links(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_ours(link: TracebackType) -> bool:
    return link.tb_frame.f_code.co_filename.startswith(_PACKAGE)


def _is_shell(link: TracebackType) -> bool:
    # The cell's own call of the magic, `get_ipython().run_cell_magic(...)`, is its
    # first line; what stands below may call magics as well.
    if link.tb_frame.f_code.co_name == "<module>":
        names = link.tb_frame.f_code.co_names
        return link.tb_lineno == 1 and "run_cell_magic" in names
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
