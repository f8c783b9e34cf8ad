"""Starting: what importing costs in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Work, medians
from bench.table import Table

_CODE = {
    "floor: python": "pass",
    "pandas": "import pandas",
    "opnb": "import opnb",
    "opnb and pandas": "import opnb, pandas",
    "opnb, all of it": "from opnb import *",
    "Dagster": "import dagster",
    "MLflow": "import mlflow",
}


def tables(folder: Path) -> Iterator[Table]:
    """Measure all."""
    works = {name: Work(_in_fresh_python(code)) for name, code in _CODE.items()}
    title = "importing, in a fresh interpreter"
    yield Table(title, medians(works, rounds=5))


def _in_fresh_python(code: str) -> object:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)
