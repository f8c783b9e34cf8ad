"""Runs a notebook by nbval, which compares what it shows with what is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def run_as_stored(path: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook in a fresh kernel of this Python, strictly."""
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", str(path)]
    command += ["--nbval-current-env", "-p", "no:cacheprovider", "-c", os.devnull]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=NOTEBOOKS, check=False
    )
