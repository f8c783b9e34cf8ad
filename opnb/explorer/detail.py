"""What is looked at whole: an event, the history of an asset, the card of a run."""

from __future__ import annotations

import time
from dataclasses import dataclass

from markupsafe import Markup

from opnb.display.engine import render
from opnb.event_log.log import EventLog
from opnb.event_log.reading.page import Pages, read_entry
from opnb.explorer.filters import asset_key
from opnb.explorer.forms import card_html, note_html
from opnb.explorer.moments import age, moment
from opnb.model.entry import EventLogEntry

_HINT = "Pick an event to see it whole."
_GONE = "The log has this event no more."
# A card is made of all entries of its run.
_MOST_OF_A_RUN = 20_000


@dataclass(frozen=True, slots=True)
class Detail:
    """What the pane shows.

    Args:
        html: The card.
        asset: The asset whose history can be asked for next.
        card_of: The run whose card can be asked for next.
        events_of: The run whose events can be asked for next.
    """

    html: str
    asset: str | None = None
    card_of: str | None = None
    events_of: str | None = None


def no_detail() -> Detail:
    """Return what stands where nothing was picked."""
    return Detail(note_html(_HINT, is_muted=True))


def event_detail(log: EventLog, number: int) -> Detail:
    """Return an event with where it stands in the log, and with all its metadata."""
    entry = read_entry(log, number)
    if entry is None:
        return Detail(note_html(_GONE))
    key = entry.asset_key
    return Detail(
        render(
            "explorer_event.html",
            facts=_facts(entry, number),
            card=Markup(card_html(entry)),  # noqa: S704 - the renderers escape
        ),
        None if key is None else key.to_escaped_user_string(),
        entry.run_id,
        entry.run_id,
    )


def _facts(entry: EventLogEntry, number: int) -> dict[str, str]:
    micros = round(entry.timestamp * 1e6)
    facts = {
        "event": f"{number:,}",
        "time": f"{moment(micros)} UTC, {age(micros, time.time())}",
        "run": entry.run_id,
        "job": entry.job_name,
    }
    if entry.step_key is not None:
        facts["step"] = entry.step_key
    if entry.partition is not None:
        facts["partition"] = entry.partition
    return facts


def asset_detail(log: EventLog, key: str) -> Detail:
    """Return the history of an asset."""
    return Detail(card_html(log.asset(asset_key(key))))


def run_detail(log: EventLog, run_id: str) -> Detail:
    """Return the card of a run, if one can wait for it."""
    count = Pages(log, run=run_id).total()
    if count is None or count > _MOST_OF_A_RUN:
        text = (
            "This run has very many entries, or they lie far apart in the log: its "
            f"card takes a while. opnb.log.summary({run_id!r}) draws it."
        )
        return Detail(note_html(text), events_of=run_id)
    return Detail(card_html(log.summary(run_id)), events_of=run_id)
