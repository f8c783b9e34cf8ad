"""`%load_ext opnb`: the magics, directives, completion, awaiting cells that await."""

from __future__ import annotations

import ast
import re
from typing import Any

from opnb.execution.drive import a_loop_runs
from opnb.notebook.arguments import AWAITED
from opnb.notebook.book import book_of
from opnb.notebook.completion import (
    complete_cell,
    complete_directive,
    complete_line,
)
from opnb.notebook.directive import MARK, to_magic
from opnb.notebook.live import LiveCard
from opnb.notebook.magics import OpMagics
from opnb.notebook.scopes import (
    asks_for_retries,
    may_ask_for_retries,
    may_need_await,
    needs_await,
)
from opnb.notebook.traceback import (
    show_ours_in_full,
    show_ours_short,
    show_short,
)
from opnb.session import show_job_errors, watch_runs

_CALL = "get_ipython().run_cell_magic('op', "
_NO_BODY = ", '')\n"
_RUN = re.compile(
    r"""(get_ipython\(\)\.run_line_magic\('op', ['"]run\b.*)(['"]\)\n?)\Z"""
)


class Extension:
    """What is put into one shell, so that it can be taken out again."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.magics = OpMagics(shell)

    def load(self) -> None:
        """Put it in."""
        shell = self.shell
        shell.register_magics(self.magics)
        shell.input_transformers_cleanup.append(to_magic)
        shell.input_transformers_post.append(self.await_cell)
        shell.events.register("pre_run_cell", self.magics.note_cell)
        shell.events.register("post_run_cell", self.magics.end_cell)
        shell.set_hook("complete_command", complete_cell, str_key="%%op")
        shell.set_hook("complete_command", complete_line, str_key="%op")
        shell.set_hook("complete_command", complete_directive, str_key=MARK)
        show_ours_short(shell)
        show_job_errors(lambda error: show_short(shell, error, []))
        watch_runs(lambda execution: LiveCard(shell, execution))

    def unload(self) -> None:
        """Take it out."""
        shell = self.shell
        show_ours_in_full()
        show_job_errors(None)
        watch_runs(None)
        shell.magics_manager.magics["cell"].pop("op", None)
        shell.magics_manager.magics["line"].pop("op", None)
        shell.input_transformers_cleanup.remove(to_magic)
        shell.input_transformers_post.remove(self.await_cell)
        shell.events.unregister("pre_run_cell", self.magics.note_cell)
        shell.events.unregister("post_run_cell", self.magics.end_cell)
        completers = shell.strdispatchers["complete_command"].strs
        for key in ("%%op", "%op", MARK):
            completers.pop(key, None)

    def await_cell(self, lines: list[str]) -> list[str]:
        """Put `await` before a `%%op` cell whose body awaits, or that may be retried.

        A magic is a plain function: IPython would call it and not wait for what it
        returns. What is wrong with the cell is for the magic to say. A cell that waits
        before a retry is awaited where a loop runs, so that the kernel stays alive to
        its widgets and other tasks meanwhile.
        """
        if not lines or not lines[0].startswith(_CALL):
            return [self._await_run(line) for line in lines]
        self.magics.awaited_body = None
        code = "".join(lines)
        if not _is_worth_parsing(code):
            return lines  # as most cells are not
        line, body = _arguments_of(code)
        if not body:
            # IPython's own complaint is no error to a program that runs notebooks.
            return [f"{_CALL}{line!r}, '\\n')\n"]
        try:
            tree = self.shell.compile.ast_parse(self.shell.transform_cell(body))
        except SyntaxError:
            return lines
        waits = asks_for_retries(line, tree) and a_loop_runs()
        self.magics.awaited_body = body if waits else None
        if waits or needs_await(tree):
            return [f"await {lines[0]}", *lines[1:]]
        return lines

    def _await_run(self, line: str) -> str:
        """Put `await` before a `%op run` that may come to a cell which awaits."""
        found = _RUN.match(line)
        if found is None or not a_loop_runs():
            return line
        cells = book_of(self.magics.session).cells.values()
        if not any(cell.is_awaited for cell in cells):
            return line
        return f"await {found[1]} {AWAITED}{found[2]}"


def _is_worth_parsing(code: str) -> bool:
    """Whether the magic's call may have to be changed, by a look at its text alone."""
    return may_need_await(code) or may_ask_for_retries(code) or code.endswith(_NO_BODY)


def _arguments_of(code: str) -> tuple[str, str]:
    """Return the line and the body of the magic's call."""
    statement = ast.parse(code).body[0]
    call = statement.value if isinstance(statement, ast.Expr) else None
    given = call.args if isinstance(call, ast.Call) else []
    texts = [str(part.value) for part in given if isinstance(part, ast.Constant)]
    return texts[1], texts[2]


_loaded: dict[int, Extension] = {}


def load(shell: Any) -> None:
    """Load opnb into a shell; once is enough."""
    if id(shell) not in _loaded:
        extension = _loaded[id(shell)] = Extension(shell)
        extension.load()


def unload(shell: Any) -> None:
    """Take opnb out of a shell."""
    extension = _loaded.pop(id(shell), None)
    if extension is not None:
        extension.unload()
