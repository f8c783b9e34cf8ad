"""Notes what Dagster raises for each misuse: run it where Dagster is installed."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Write `misuses.json`: per misuse the class and the sizes, and no sentence."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.path.insert(0, str(HERE.parent))
    raised = import_module("examples.raised")
    dagster = import_module("dagster")
    found = {
        name: raised.summarize(raised.raised_by(misuse, dagster))
        for name, misuse in import_module("examples.misuses").MISUSES.items()
    }
    text = json.dumps(found, indent=1, sort_keys=True)
    (HERE / "misuses.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
