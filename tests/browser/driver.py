"""One page of a real JupyterLab, told what to do by its own commands."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

import nbformat
from lab import THEMES
from playwright.sync_api import ConsoleMessage, Page, Request

_HERE = "127.0.0.1"
_CARDS = Path(__file__).parent / "cards.js"
_HEIGHT = 1200
_TALLEST = 16_000  # that a screenshot may be
_PANEL = "document.querySelector('.jp-WindowedPanel-outer')"
_HEIGHT_OF_CELLS = """() => {
  const boxes = [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(
    (cell) => cell.getBoundingClientRect());
  return boxes.at(-1).bottom - boxes[0].top;
}"""
_numbers = itertools.count()


def _is_elsewhere(url: str) -> bool:
    address = urlparse(url)
    return address.scheme in ("http", "https", "ws") and address.hostname != _HERE


@dataclass
class Lab:
    """A page in JupyterLab that keeps account of what went on in it.

    Args:
        page: The page.
        address: Of a notebook in JupyterLab, with a place for its name.
        folder: What JupyterLab serves.
        errors: What the console told of errors.
        requests: Addresses that were asked for elsewhere.
        dialogs: Texts of windows that opened.
    """

    page: Page
    address: str
    folder: Path
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(path=_CARDS)
        self.page.add_init_script(
            "window.__opnb_calls = [];"
            "window.__opnb_ran = (number) => window.__opnb_calls.push(number);"
        )
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.context.on("request", self._note_request)
        # Nothing is there to answer, and nothing is to wait for.
        self.page.context.route(_is_elsewhere, lambda route: route.abort())
        self.page.on("dialog", self._note_dialog)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = urlparse(message.location["url"]).path
            self.errors.append(f"{place}: {message.text}")

    def _note_request(self, request: Request) -> None:
        if _is_elsewhere(request.url):
            self.requests.append(request.url)

    def _note_dialog(self, dialog) -> None:  # type: ignore[no-untyped-def]
        if dialog.type == "beforeunload":  # nothing is kept
            dialog.accept()
        else:
            self.dialogs.append(dialog.message)
            dialog.dismiss()

    def forget(self) -> None:
        """Begin a new account."""
        for account in (self.errors, self.requests, self.dialogs):
            account.clear()

    def open(self, name: str) -> None:
        """Open a notebook, and wait until its kernel is there."""
        self.page.goto(self.address.format(name))
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=60_000)

    def open_cells(self, *sources: str) -> str:
        """Make a notebook of these cells and open it; return its name."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in sources],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        name = f"made_{next(_numbers)}.ipynb"
        nbformat.write(notebook, self.folder / name)
        self.open(name)
        return name

    def command(self, name: str, **arguments: object) -> None:
        """Do what a command of JupyterLab's palette does, and wait for its end."""
        self.page.evaluate(
            "([name, given]) => "
            "window.jupyterapp.commands.execute(name, given).then(_ => 0)",
            [name, arguments],
        )

    def run_all(self) -> None:
        """Run all cells."""
        self.command("notebook:run-all-cells")
        self.settle()

    def settle(self) -> None:
        """Wait until what has come is drawn, pictures too."""
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.opnb img')].every(i => i.complete)"
        )
        self.page.wait_for_timeout(300)

    @property
    def is_open(self) -> bool:
        """Whether the page is in JupyterLab, and not an export."""
        return not self.page.url.startswith("file:")

    def stop_kernels(self) -> None:
        """Stop what runs."""
        self.page.evaluate(
            "() => window.jupyterapp.serviceManager.sessions.shutdownAll().then(_ => 0)"
        )

    def wear(self, theme: str, width: int) -> None:
        """Change the theme and the width of the window."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHT})
        self.command("apputils:change-theme", theme=THEMES[theme])
        light = "true" if theme == "light" else "false"
        body = f"body[data-jp-theme-light={light}]"
        self.page.wait_for_selector(body, state="attached")
        self.page.wait_for_timeout(200)

    def wait_for(self, condition: str) -> None:
        """Wait until something holds that is said of `text`, all cards' text."""
        self.page.wait_for_function(
            "() => { const text = window.opnbSuite.texts().join('\\n');"
            f" return {condition}; }}",
            timeout=30_000,
        )

    def ask(self, question: str):  # type: ignore[no-untyped-def]
        """Ask the page something about its cards; cards.js has the answers."""
        return self.page.evaluate(f"() => window.opnbSuite.{question}()")

    def keep_picture(self, target: Path) -> None:
        """Keep a picture of the whole notebook."""
        target.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        height = self.page.evaluate(_HEIGHT_OF_CELLS)
        tall = min(round(height) + 150, _TALLEST)
        self.page.set_viewport_size({"width": size["width"], "height": tall})
        self.page.evaluate(f"() => {{ {_PANEL}.scrollTop = 0; }}")
        self.page.wait_for_timeout(150)
        self.page.screenshot(path=target)
        self.page.set_viewport_size(size)
