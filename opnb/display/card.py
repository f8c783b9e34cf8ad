"""The card: what one run shows under its cell, in three forms from one view."""

from __future__ import annotations

from typing import Any

from opnb.display import words
from opnb.display.changes import read_earlier
from opnb.display.engine import render
from opnb.display.lazily import at_first_use
from opnb.display.looks import run_look
from opnb.display.ports import inputs_of, outputs_of
from opnb.display.reused import read_reused
from opnb.display.step_view import failure_of, step_view
from opnb.event_log.summary import RunSummary
from opnb.model.checks import shorten

_LINES_BESIDE_FAULT = 14
_job_view = at_first_use("job_card.job_view")


def card_forms(summary: RunSummary) -> dict[str, str]:
    """Return the card as plain text, Markdown and HTML."""
    if summary.is_one_op:
        return _forms("card", op_view(summary))
    return _forms("job", _job_view(summary))


def _forms(template: str, view: dict[str, Any]) -> dict[str, str]:
    plain = words.fit_terminal(render(f"{template}.txt", **view))
    try:
        return {
            "text/plain": plain,
            "text/markdown": words.single_gaps(render(f"{template}.md", **view)),
            "text/html": render(f"{template}.html", **view),
        }
    except Exception as error:  # noqa: BLE001 - a picture never costs a result
        lines = plain.splitlines()[:_LINES_BESIDE_FAULT]
        return {"text/plain": "\n".join([*lines, f"(not drawn: {shorten(error)})"])}


def op_view(summary: RunSummary) -> dict[str, Any]:
    """Return what the templates fill in; no time, no id, no path of a machine."""
    step, error = summary.step, summary.error
    reused = read_reused(summary)
    look = run_look(summary, reused.outcomes if reused else None)
    return {
        "glyph": look.glyph,
        "word": look.word,
        "color": look.color,
        "name": summary.job_name,
        "stale": f"stale: {', '.join(summary.stale)}" if summary.stale else "",
        "note": "reused from an earlier run" if step.reused_from else "",
        "ports": {"in": inputs_of(step), "out": outputs_of(step)},
        "error": failure_of(error) if error and not step.failure else None,
        "told": step_view(reused, {})
        if reused
        else step_view(step, read_earlier(summary), summary.log, summary.log_lines),
    }
