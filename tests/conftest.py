"""Fixtures of all tests: a session of one's own, a log in memory, a real shell."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from postgres import postgres_address_fixture, postgres_fixture  # noqa: F401 - fixtures
from traitlets.config import Config

from opnb.event_log.log import EventLog
from opnb.session import Session, use_session

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    """No test reads the settings, or writes the log, of the folder it is started in."""
    monkeypatch.delenv("OPNB_LOG", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True, name="session")
def _session():
    """A fresh current session whose log is in memory."""
    return use_session(Session("memory:"))


@pytest.fixture(name="log")
def _log():
    return EventLog("memory:")


@pytest.fixture(scope="session", name="one_shell")
def _one_shell():
    """The process's one shell; IPython allows no second."""
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell.instance(config=config)


@pytest.fixture(name="shell")
def _shell(one_shell, monkeypatch):
    """A real IPython shell with opnb loaded and an empty namespace."""
    # Doctests leave `_` there, and IPython then takes the name for the user's own.
    monkeypatch.delattr(builtins, "_", raising=False)
    one_shell.reset(new_session=True)
    one_shell.run_line_magic("load_ext", "opnb")
    yield one_shell
    one_shell.run_line_magic("unload_ext", "opnb")
