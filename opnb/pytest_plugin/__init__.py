"""The pytest plugin: `--opnb` runs notebooks, and each of their checks is a test.

Pytest loads this file whenever it starts, so it loads nothing itself; without `--opnb`
notebooks are left to others. The fixtures are there in any case.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from opnb.event_log.log import EventLog
    from opnb.testing.notebook import NotebookResult

_SHARED = "opnb_shared"
_shared_folder = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which begin with `--opnb`."""
    group = parser.getgroup("opnb", "notebooks as data-quality gates")
    group.addoption(
        "--opnb",
        action="store_true",
        help="run notebooks when they are collected; each of their checks is a test",
    )
    group.addoption(
        "--opnb-fail-on",
        choices=("error", "warn", "never"),
        default="error",
        help="from which severity on a check that failed is a test that failed",
    )
    group.addoption(
        "--opnb-parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="goes into each notebook, as `opnb run -p` does",
    )
    group.addoption(
        "--opnb-timeout",
        type=float,
        metavar="SECONDS",
        help="for each notebook",
    )
    group.addoption(
        "--opnb-kernel", metavar="NAME", help="the kernel; else the notebook's own"
    )
    group.addoption(
        "--opnb-baseline",
        metavar="FILE",
        help="the checks that may fail, as `opnb run --write-baseline` writes it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Look at the options, if notebooks are asked for."""
    if config.option.opnb:
        from opnb.pytest_plugin.collect import runs_of  # noqa: PLC0415 - asked for

        runs_of(config)


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Take notebooks, if that is asked for."""
    if file_path.suffix != ".ipynb" or not parent.config.option.opnb:
        return None
    from opnb.pytest_plugin.collect import collect_notebook  # noqa: PLC0415 - asked for

    return collect_notebook(file_path, parent)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what `opnb run` wrote."""
    is_executed = (
        config.option.opnb
        and collection_path.name == "executed"
        and (collection_path / ".gitignore").is_file()
    )
    return True if is_executed else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each worker of pytest-xdist the folder in which they share what ran."""
    config: pytest.Config = node.config
    if config.option.opnb:
        if _shared_folder not in config.stash:
            config.stash[_shared_folder] = tempfile.mkdtemp(prefix="opnb-")
        node.workerinput[_SHARED] = config.stash[_shared_folder]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder."""
    if _shared_folder in config.stash:
        shutil.rmtree(config.stash[_shared_folder], ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell of checks that failed as warnings: they are tests that passed."""
    warned = [
        (report.nodeid, text)
        for report in terminalreporter.stats.get("passed", [])
        for name, text in report.user_properties
        if name == "opnb warn"
    ]
    if warned:
        terminalreporter.write_sep("=", "opnb: checks that failed as warnings")
        for nodeid, text in warned:
            terminalreporter.write_line(f"! {nodeid}")
            terminalreporter.write_line(f"    {text}")


@pytest.fixture
def opnb_log() -> Iterator[EventLog]:
    """A fresh log in memory, to which ops write as long as the test runs."""
    from opnb.session import (  # noqa: PLC0415 - at first use
        Session,
        current_session,
        use_session,
    )

    before = current_session()
    session = use_session(Session("memory:"))
    yield session.log
    session.log.close()
    use_session(before)


@pytest.fixture
def run_notebook(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[..., NotebookResult]:
    """Run a notebook by its path, and return what came out.

    The path is one from the folder in which pytest was started; what else it takes is
    told by `opnb.testing.run_notebook`.
    """
    from opnb.testing.notebook import run_notebook as run  # noqa: PLC0415 - at first use

    def run_here(path: str | Path, *args: Any, **options: Any) -> NotebookResult:
        options.setdefault("output", tmp_path / "executed")
        return run(request.config.invocation_params.dir / path, *args, **options)

    return run_here
