"""The fields by which the log is filtered, each with its label and its fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from opnb.display.time_words import moment_words
from opnb.event_log.log import EventLog
from opnb.event_log.reading.recent import LAST_ENTRIES, read_recent_names
from opnb.explorer.filters import Filters
from opnb.explorer.forms import note_html
from opnb.model.entry import EventType

_MOST_OFFERED = 200
_RUNS_OFFERED = 50
_ANY = "any"
_WIDTH, _WIDTH_OF_TYPE = "220px", "272px"
_LABEL = {"description_width": "44px"}
_TIMES = {"since": "2d, 12h or 2026-01-31", "until": "2026-01-31T09:00"}
_TIME_HINT = "2d, 12h or 30m back from now, or an ISO time; UTC where it has no zone."
_OFFERING = ("run", "op", "asset", "label")
_ORDER = tuple(field.name for field in dataclasses.fields(Filters))


class Fields:
    """The fields in a row that breaks where it must.

    Args:
        filters: What they say at first.
        on_change: Called when a person has changed one, with its name.
    """

    def __init__(self, filters: Filters, on_change: Callable[[str], None]) -> None:
        self._on_change = on_change
        self._is_setting = False
        self._inputs = {name: _field(name, getattr(filters, name)) for name in _ORDER}
        self._faults = {name: _fault() for name in _ORDER}
        for name, field in self._inputs.items():
            field.observe(self._changed(name), names="value")
        self.box = widgets.Box(
            [widgets.VBox([self._inputs[name], self._faults[name]]) for name in _ORDER],
            layout={"flex_flow": "row wrap"},
        )

    @property
    def filters(self) -> Filters:
        """What they say."""
        texts = {name: field.value.strip() for name, field in self._inputs.items()}
        # A run is offered with more words than its id, which comes first.
        texts["run"] = (texts["run"].split() or [""])[0]
        return Filters(**texts)

    def fill(self, filters: Filters) -> None:
        """Let them say something else, without asking for it."""
        self._is_setting = True
        try:
            for name, field in self._inputs.items():
                field.value = getattr(filters, name)
        finally:
            self._is_setting = False

    def tell(self, faults: Mapping[str, str]) -> None:
        """Show beside each field what is wrong with what it says."""
        for name, place in self._faults.items():
            place.value = note_html(faults.get(name, ""), is_fault=True)
            place.layout.display = None if name in faults else "none"

    def offer(self, log: EventLog) -> None:
        """Offer the names that the log has used of late.

        Raises:
            LogUnavailableError: The log cannot be read now.
        """
        names = read_recent_names(log)
        self._offer("run", _runs(log), f"the last {_RUNS_OFFERED} runs")
        of_last = f"the last {LAST_ENTRIES:,} entries"
        self._offer("op", names.ops, of_last)
        self._offer("asset", names.assets, of_last)
        self._offer("label", names.labels, of_last)

    def _offer(self, name: str, names: Sequence[str], origin: str) -> None:
        field = self._inputs[name]
        field.options = tuple(names[:_MOST_OFFERED])
        field.placeholder = f"{_ANY}; {len(field.options)} offered"
        field.tooltip = (
            f"{len(field.options)} of {len(names)} in {origin}, the most recent first; "
            "any other can be typed."
        )

    def _changed(self, name: str) -> Callable[[Any], None]:
        def changed(_: Any) -> None:
            if not self._is_setting:
                self._on_change(name)

        return changed


def _field(name: str, value: str) -> Any:
    how: dict[str, Any] = {
        "description": name.capitalize(),
        "style": _LABEL,
        "layout": {"width": _WIDTH},
    }
    if name == "type":
        types = sorted({each.value for each in EventType})
        options = [(_ANY, ""), *((each, each) for each in types)]
        how["layout"] = {"width": _WIDTH_OF_TYPE}
        return widgets.Dropdown(options=options, value=value, **how)
    how |= {"value": value, "continuous_update": False}
    if name in _OFFERING:
        return widgets.Combobox(placeholder=_ANY, ensure_option=False, **how)
    return widgets.Text(placeholder=_TIMES[name], tooltip=_TIME_HINT, **how)


def _fault() -> Any:
    return widgets.HTML(layout={"display": "none", "width": _WIDTH})


def _runs(log: EventLog) -> list[str]:
    """Return the last runs, each by its id and then what tells it from others."""
    frame = log.runs(limit=_RUNS_OFFERED, order="newest")
    columns = (frame[name] for name in ("run_id", "job", "status", "start_time"))
    return [
        f"{run_id} {job}, {status}, {moment_words(start)}"
        for run_id, job, status, start in zip(*columns, strict=True)
    ]
