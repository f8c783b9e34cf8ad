"""The look: a small palette and the inline styles made of it.

Styles are inline and literal: sanitizers drop `<style>` and variables, VS Code lets a
stylesheet leak into other outputs. Text keeps the colour that the page gives it; only
badges bring their own, white on a ground dark enough to read (at least 5:1), which
holds on white and on black. Nothing is said by colour alone.
"""

from __future__ import annotations

GREEN = "#1a7f37"
RED = "#c62828"
AMBER = "#8a5a00"
BLUE = "#0b62b5"
GREY = "#5f6368"

CARD = "padding:4px 0 4px 12px;margin:4px 0;font-size:13px;line-height:1.5;"
BADGE = "color:#fff;padding:1px 8px;border-radius:9px;font-size:12px;"
MUTED = "opacity:0.7"
SECTION = "margin:6px 0 0 0"
INSET = "margin:0 0 0 14px"
TABLE = "border-collapse:collapse;margin:2px 0;border:0"
ROW = "background:none"  # a notebook's stripes would run through nested tables
CELL = "text-align:left;vertical-align:top;padding:1px 14px 1px 0;border:0"
NUMBER = "text-align:right;vertical-align:top;padding:1px 14px 1px 0;border:0"
HEAD = f"{CELL};font-weight:normal;opacity:0.7"
CAPTION = "text-align:left;padding:0;opacity:0.7"
SCROLL = "overflow:auto;max-height:320px"
PRE = "margin:2px 0;white-space:pre-wrap"
LIST = "margin:0 0 0 2px;padding:0 0 0 14px"


def card(color: str) -> str:
    """Return the style of a card with an edge of this colour."""
    return f"{CARD}border-left:3px solid {color}"


def badge(color: str) -> str:
    """Return the style of a badge of this colour."""
    return f"background-color:{color};{BADGE}"
