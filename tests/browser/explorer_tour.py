"""A walk through the explorer by clicks and keys, with what must be seen on the way.

lab.open_cells(*CELLS)
lab.run_all()
tour(lab.page)
"""

from __future__ import annotations

from collections.abc import Callable

from explorer_steps import ExplorerSteps
from playwright.sync_api import Page

_LOG = """\
%load_ext opnb
%op log memory:
from opnb import AssetMaterialization, ExpectationResult, execute_op, op

@op
def load(context):
    context.log_event(AssetMaterialization("shop/orders", metadata={"rows": 980}))
    context.log_event(ExpectationResult(True, "has rows"))

@op
def clean(context):
    context.log.warning("<b onmouseover=alert(1)>three rows left out</b>")
    context.log_event(AssetMaterialization("shop/tidy", metadata={"rows": 977}))
    context.log_event(ExpectationResult(False, "nothing is dropped"))

@op
def fails():
    raise LookupError("gone")

for _ in range(4):
    execute_op(load); execute_op(clean); execute_op(fails, raise_on_error=False)
"""
CELLS = (_LOG, "%op explore")


def tour(page: Page, keep: Callable[[str], None] = lambda _: None) -> None:
    """Use every filter, turn pages, look at an event, an asset and a run, keep it.

    Args:
        page: A notebook that has run `CELLS`.
        keep: Called with a name wherever a picture would show something new.
    """
    explorer = ExplorerSteps(page)
    explorer.wait_for("events 1–25 of")
    keep("page")
    _pages(explorer)
    _filters(explorer)
    _things(explorer, keep)
    explorer.fill("Since", "yesterday", then="is no time")
    keep("fault")
    assert explorer.overflows() == []
    explorer.fill("Since", "1h", then="events 1–")
    explorer.wait_until_gone("is no time")
    explorer.press("Clear filters", then="events 1–25 of")
    _kept(explorer, page)
    keep("kept")


def _pages(explorer: ExplorerSteps) -> None:
    newest = explorer.words
    explorer.press("Older", then="events 26–50 of")
    assert len(explorer.words) == 25
    explorer.press("Newer", then="events 1–25 of")
    assert explorer.words == newest
    explorer.press("Older", then="events 26–50 of")
    explorer.press("First", then="events 1–25 of")
    assert explorer.words == newest
    explorer.press("Refresh", then="events 1–25 of")
    assert explorer.overflows() == []
    assert explorer.unlabelled() == []


def _filters(explorer: ExplorerSteps) -> None:
    explorer.choose_type("STEP_FAILURE", then="events 1–4 of 4")
    assert explorer.words == ["✗ STEP_FAILURE"] * 4
    explorer.fill("Op", "clean", then="no events")
    explorer.press("Clear filters", then="events 1–25 of")
    explorer.fill("Label", "has rows", then="events 1–4 of 4")
    assert explorer.words == ["✓ STEP_EXPECTATION_RESULT"] * 4
    explorer.press("Clear filters", then="events 1–25 of")
    explorer.fill("Until", "2020-01-01", then="no events")
    explorer.press("Clear filters", then="events 1–25 of")


def _things(explorer: ExplorerSteps, keep: Callable[[str], None]) -> None:
    explorer.fill("Asset", "shop/tidy", then="events 1–4 of 4")
    explorer.wait_for("last by clean")
    keep("asset")
    explorer.press("Clear filters", then="events 1–25 of")
    explorer.choose_type("LOG_MESSAGE", then="events 1–4 of 4")
    explorer.pick(0, then="step")
    assert explorer.shows("<b onmouseover=alert(1)>three rows left out</b>")
    keep("event")
    explorer.press("Card of the run", then="1 check failed")
    keep("run")
    explorer.press("Events of the run", then="events 1–8 of 8")
    explorer.press("Clear filters", then="events 1–25 of")
    explorer.choose_type("ASSET_MATERIALIZATION", then="events 1–8 of 8")
    explorer.pick(1, then="980")
    explorer.press("History of shop/orders", then="last by load")


def _kept(explorer: ExplorerSteps, page: Page) -> None:
    shown = [word.split()[-1] for word in explorer.words]
    explorer.box.get_by_role("button", name="Keep as text").click()
    table = page.locator(".jp-OutputArea-output table", has_text="RUN_FAILURE")
    table.wait_for()
    rows = table.locator("tbody tr").all_inner_texts()
    assert len(rows) == len(shown)
    assert all(word in row for word, row in zip(shown, rows, strict=True))
    assert page.locator(".jupyter-widgets").count() == 0
