"""The drop-in door: opnb's objects under Dagster's own names, prefix included.

`import opnb.dagster as dg` in place of `import dagster as dg` is the whole migration.
A name is found by rule: as it is in opnb, else with "Dagster" dropped. What opnb does
not have of Dagster's is an `ImportError` that says what to use.
"""

from __future__ import annotations

import re
from typing import Any

import opnb
from opnb.model.errors import OpnbError

# Where Dagster's name is not opnb's with a prefix.
_IRREGULAR = {
    "DagsterError": "OpnbError",
    "DagsterEvent": "EventLogEntry",
    "PythonObjectDagsterType": "PythonObjectOpType",
    "DagsterType": "OpType",
    "DagsterTypeLoader": "OpTypeLoader",
}
_INSTEAD = (
    (r"^multi_asset|^asset|Asset|_asset", "an op that yields AssetMaterialization"),
    (r"(?i)schedule|sensor|cron|Tick", "cron or CI with `opnb run notebook.ipynb`"),
    (r"(?i)io_?manager|input_manager|Input|FileHandle", "values passed between ops"),
    (r"(?i)instance|RunsFilter|Record|Storage", "opnb.log, the event log"),
    (r"(?i)partition", "StaticPartitionsDefinition, or partition_key= with any text"),
    (r"(?i)executor|execute_job|reconstructable|launcher", "job.execute_in_process()"),
    (r"(?i)logger", "context.log; its lines are in the event log"),
    (
        r"(?i)component|definitions|repositor|^load_(asset|def|comp|from)|defs",
        "imports",
    ),
    (r"(?i)pipes|subprocess", "subprocess, called in an op"),
    (r"(?i)config", "Config classes, config_schema or RunConfig"),
)


def _name_in_opnb(name: str) -> str | None:
    regular = name.replace("Dagster", "").replace("dagster_", "")
    for candidate in (name, _IRREGULAR.get(name), regular):
        if candidate in opnb.__all__:
            return candidate
    return None


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module 'opnb.dagster' has no attribute {name!r}")
    known = _name_in_opnb(name)
    if known is not None:
        return getattr(opnb, known)
    instead = _instead(name)
    if instead is None:
        # A tool that probes modules asks for names of its own; it must be told no.
        raise AttributeError(f"module 'opnb.dagster' has no attribute {name!r}")
    raise ImportError(
        f"opnb has no {name!r}.\nHint: Use {instead}.", name="opnb.dagster"
    )


def _instead(name: str) -> str | None:
    for pattern, instead in _INSTEAD:
        if re.search(pattern, name):
            return instead
    return "a name that dir(opnb) lists" if "Dagster" in name else None


def __dir__() -> list[str]:
    return sorted({*opnb.__all__, *_prefixed()})


def _prefixed() -> list[str]:
    """Return Dagster's spellings of the names that have the prefix there."""
    errors = [
        f"Dagster{name}"
        for name in opnb.__all__
        if isinstance(value := getattr(opnb, name), type)
        and issubclass(value, OpnbError)
        and value is not OpnbError
    ]
    kinds = ["DagsterEventType", "DagsterRunStatus", *_IRREGULAR]
    return [name for name in (*errors, *kinds) if _name_in_opnb(name)]
