"""DataFrames that show themselves calmly: catalog, runs, checks, ops and plans.

They are DataFrames in every respect but this: what is made of them (`head`, a filter, a
merge) is a plain one, and so is shown by pandas, as is one whose columns were changed.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from opnb.event_log.reading.assets_frame import ASSET_COLUMNS
from opnb.model.displayable import Displayable


class ShownFrame(Displayable, pd.DataFrame):
    """A frame of columns that are known, with a display of its own."""

    SHOWN: ClassVar[tuple[str, ...]]

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        if tuple(self.columns) != self.SHOWN:
            return {}, {}  # so that pandas shows it
        return super()._repr_mimebundle_(include, exclude)


class CatalogFrame(ShownFrame):
    """One row an asset; see `EventLog.assets`."""

    SHOWN = tuple(ASSET_COLUMNS)


class RunsFrame(ShownFrame):
    """One row a run; see `EventLog.runs`."""

    SHOWN = tuple(
        "run_id job status start_time end_time duration partition host pid".split()
    )


class ChecksFrame(ShownFrame):
    """One row a check; see `EventLog.checks`."""

    SHOWN = tuple(
        "op label success severity evaluated passed failed pass_rate last_time"
        " last_run_id last_change".split()
    )


class OpsFrame(ShownFrame):
    """One row an op of the session, by its name; see `%op`."""

    SHOWN = ("last run", "inputs", "outputs", "state", "notes")


class PlanFrame(ShownFrame):
    """One row an op that would run, in order, by its name; see `%op plan`."""

    SHOWN = ("asked", "state")
