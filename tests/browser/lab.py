"""A real JupyterLab in a headless Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

# Chromium's own errands go to hosts that a closed network refuses.
_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
_SETTINGS = "@jupyterlab/apputils-extension"


@contextmanager
def jupyter_lab(folder: Path, theme: str) -> Iterator[str]:
    """Serve a folder by JupyterLab in a theme; give its address with the token."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    settings = Path(tempfile.mkdtemp())
    chosen = settings / _SETTINGS / "themes.jupyterlab-settings"
    chosen.parent.mkdir(parents=True)
    chosen.write_text(json.dumps({"theme": THEMES[theme]}))
    news = settings / _SETTINGS / "notification.jupyterlab-settings"
    news.write_text(json.dumps({"fetchNews": "false"}))
    # What is out of sight is drawn, too: the suite measures it.
    tracker = settings / "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text(json.dumps({"windowingMode": "none"}))
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}"]
    command += ["--LabApp.news_url=", f"--LabApp.user_settings_dir={settings}"]
    command += ["--LabApp.expose_app_in_browser=True"]
    environment = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTER_DATA_DIR": str(settings / "data"),  # where it keeps what it trusts
        "OPNB_LOG": "memory:",
    }
    # Kernels of a page are no tests: somebody looks.
    environment.pop("PYTEST_CURRENT_TEST", None)
    server = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}")
        yield f"http://127.0.0.1:{port}/doc/tree/{{}}?token={token}"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(settings)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise TimeoutError("JupyterLab did not start within a minute.")


@contextmanager
def browser_page(width: int, scale: int = 2) -> Iterator[Page]:
    """Open a page of this width in Chromium, with so many dots a pixel."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_CHROMIUM
        )
        page = browser.new_page(
            viewport={"width": width, "height": 2400}, device_scale_factor=scale
        )
        try:
            yield page
        finally:
            browser.close()


def run_notebook(page: Page, address: str, notebook: str) -> None:
    """Open a notebook and run all its cells, past those that fail."""
    page.goto(address.format(notebook))
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=60_000)
    cells = page.locator(".jp-Notebook .jp-Cell")
    page.locator(".jp-Notebook .jp-Cell").first.click()
    for _ in range(cells.count()):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(700)
    page.wait_for_timeout(2000)
