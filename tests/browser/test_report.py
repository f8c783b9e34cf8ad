"""A report opens well: on a phone and a desk, in light and dark, and runs nothing."""

import pandas as pd
import pytest
from hostile import PAYLOADS, entries_with

from opnb import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    Failure,
    MetadataValue,
    Output,
    op,
)
from opnb.cli import main
from opnb.event_log.log import EventLog
from opnb.session import Session

LONG = "customer_lifetime_value_by_region_and_month_and_what_else_there_is"
WIDE = pd.DataFrame({f"a rather wide column {n}": range(3) for n in range(12)})


@op
def clean(number: int):
    yield ExpectationResult(number % 3 > 0, "no gaps", "all rows", {"gaps": number})
    yield ExpectationResult(False, LONG * 3, metadata={LONG: LONG * 2})
    sample = {"rows": 980 + number, LONG: 0.5 * number, "sample": WIDE}
    yield AssetMaterialization(["warehouse", LONG, LONG], metadata=sample)
    note = MetadataValue.md("# Note\n\n**Two** [links](https://example.org) left")
    yield AssetObservation("raw", metadata={"note": note, "path": f"/data/{LONG}" * 3})
    if number == 4:
        raise Failure("did not converge")
    yield Output(1)


@pytest.fixture(scope="module", name="report")
def _report(tmp_path_factory):
    """A report of what is long, wide, and went wrong."""
    folder = tmp_path_factory.mktemp("report")
    session = Session(folder / "events.db")
    for number in range(8):
        session.execute_op(clean, {"number": number}, raise_on_error=False)
    session.log.close()
    words = ["report", "--log", str(folder / "events.db")]
    assert main([*words, "-o", str(folder / "report.html")]) == 0
    return folder / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_report_reads_well(lab, pictures, report, width, scheme):
    lab.page.emulate_media(color_scheme=scheme)
    lab.page.set_viewport_size({"width": width, "height": 900})
    lab.page.goto(report.as_uri())
    lab.page.evaluate("() => document.body.classList.add('opnb')")

    faults = lab.ask("faults")
    lab.page.screenshot(path=pictures / f"report-{scheme}-{width}.png", full_page=True)

    assert faults == []
    wide = lab.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide == width
    lab.page.emulate_media(color_scheme="light")


def test_nothing_in_a_report_runs(lab, tmp_path):
    log = EventLog(tmp_path / "events.db")
    for number, text in enumerate(PAYLOADS.values()):
        log.append(entries_with(text, f"run {number}"))
    log.close()
    words = ["report", "--log", str(tmp_path / "events.db")]
    assert main([*words, "-o", str(tmp_path / "report.html")]) == 0

    lab.page.goto((tmp_path / "report.html").as_uri())
    lab.page.evaluate("() => document.querySelector('main').classList.add('opnb')")

    assert lab.ask("intruders") == []
    assert lab.ask("touchEverything") == 1
    lab.page.wait_for_timeout(300)
    assert lab.page.evaluate("() => window.__opnb_calls") == []
    lab.errors.clear()  # what a text says to be a picture is none
