"""Logs with something in them, and what a person sees of an explorer's widgets."""

import re

import ipywidgets as widgets
import pytest
from factories import entry, started

from opnb import AssetMaterialization, EventType, ExpectationResult
from opnb.explorer.panel import Panel


@pytest.fixture(name="fill")
def _fill():
    """Append so many log lines, numbered as messages."""

    def fill(log, count, *, run_id="r1", node_name="clean", timestamp=1.5):
        lines = [
            entry(
                EventType.LOG_MESSAGE,
                run_id=run_id,
                node_name=node_name,
                timestamp=timestamp,
                level=20,
                message=f"line {number}",
            )
            for number in range(count)
        ]
        log.append([started(run_id), *lines])
        return log

    return fill


@pytest.fixture(name="told")
def _told(log):
    """A log of a run that told of an asset and of a check."""
    event = AssetMaterialization("shop/orders", metadata={"rows": 980})
    log.append(
        [
            started("run-1"),
            entry(EventType.STEP_START, run_id="run-1"),
            entry(event, run_id="run-1"),
            entry(ExpectationResult(False, "has rows"), run_id="run-1"),
        ]
    )
    return log


class Person:
    """Uses a panel as a person does: by what stands on its buttons and fields."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def all(self, kind):
        return [each for each in _seen(self.panel.box) if isinstance(each, kind)]

    def button(self, name):
        (found,) = [b for b in self.all(widgets.Button) if name in b.description]
        return found

    def field(self, name):
        (found,) = [
            field
            for field in self.all((widgets.Combobox, widgets.Text, widgets.Dropdown))
            if field.description == name
        ]
        return found

    def press(self, name):
        assert not self.button(name).disabled
        self.button(name).click()

    def type(self, name, text):
        self.field(name).value = text

    def pick(self, row):
        self.rows[row].click()

    @property
    def rows(self):
        return [
            b for b in self.all(widgets.Button) if b.tooltip and b.tooltip[0] == "E"
        ]

    @property
    def html(self):
        return "\n".join(each.value for each in self.all(widgets.HTML))

    @property
    def text(self):
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())


def _seen(widget):
    if getattr(widget.layout, "display", None) == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _seen(child)


@pytest.fixture(name="shown")
def _shown():
    """Show an explorer to a person."""

    def shown(explorer):
        assert explorer.widget is not None
        return Person(explorer._panel)

    return shown
