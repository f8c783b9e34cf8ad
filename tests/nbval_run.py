"""Runs a notebook by nbval, which compares what it shows with what is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"

# Another time of day, another language, sets in another order, another height of the
# terminal: nothing of it may be seen in a notebook.
ELSEWHERE = {
    "TZ": "Pacific/Auckland",
    "LC_ALL": "C.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4242",
    "COLUMNS": "43",
}


def run_as_stored(
    path: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a notebook in a fresh kernel of this Python, strictly, without sanitizing.

    Args:
        path: The notebook.
        environment: What is set otherwise than here.
    """
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", str(path)]
    command += ["--nbval-current-env", "-p", "no:cacheprovider", "-c", os.devnull]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=NOTEBOOKS,
        env={**os.environ, **(environment or {})},
        check=False,
    )
