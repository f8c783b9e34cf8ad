"""The look: a small palette, one scale of spaces, and the inline styles made of them.

Styles are inline and literal: sanitizers drop `<style>` and variables, VS Code lets a
stylesheet leak into other outputs. Text keeps the colour that the page gives it, and
nothing is said by colour alone.

A colour is a badge's ground, with white text on it, or an edge or a line on the page.
Text on it wants a contrast of 4.5, a line 3, on a white page and on one of `#111`:

| colour  | white text on it | line on white | line on `#111` | says                |
|---------|------------------|---------------|----------------|---------------------|
| `GREEN` | 5.1              | 5.1           | 3.7            | done, passed        |
| `RED`   | 5.6              | 5.6           | 3.4            | failed              |
| `AMBER` | 5.9              | 5.9           | 3.2            | a warning, canceled |
| `BLUE`  | 6.1              | 6.1           | 3.1            | running, an asset   |
| `GREY`  | 6.0              | 6.0           | 3.1            | skipped, calm       |
| `LINE`  | none             | 4.3           | 4.4            | lines of a drawing  |
| `MARK`  | none             | 4.2           | 4.5            | what is drawn       |

Spaces are 2, 4, 8 or 16 pixels: 2 between lines (1 of each), 4 between parts of a card,
8 within a badge, 16 between columns. Text is 13 pixels, in a badge 12.
"""

from __future__ import annotations

GREEN = "#1a7f37"
RED = "#c62828"
AMBER = "#8a5a00"
BLUE = "#0b62b5"
GREY = "#5f6368"
LINE = "#6f7b8a"
MARK = "#3d7fc1"

# What is repeated on each cell is short: a card is to have 4 kB.
CARD = "padding:2px 0 2px 16px;margin:4px 0;font-size:13px;line-height:1.5;"
# No higher than a row: badges stand below one another.
BADGE = "color:#fff;padding:1px 8px;margin:0 2px 0 0;border-radius:8px;font-size:12px"
MUTED = "opacity:.7"
SECTION = "margin:4px 0 0"
INSET = "margin:0 0 0 16px"
TABLE = "border-collapse:collapse;margin:2px 0;border:0"
ROW = "background:none"  # a notebook's stripes would run through nested tables
CELL = "text-align:left;vertical-align:top;padding:1px 16px 1px 0"
NUMBER = "text-align:right;vertical-align:top;padding:1px 16px 1px 0"
TITLE = f"{CELL};font-weight:normal"  # a row's head that is text like the others
HEAD = f"{TITLE};opacity:.7"
CAPTION = "text-align:left;padding:0;opacity:.7"
WIDE = "overflow:auto"  # what is too wide scrolls in a box of its own
SCROLL = "overflow:auto;max-height:320px"
PRE = "margin:2px 0;white-space:pre-wrap"
LIST = "margin:0 0 0 2px;padding:0 0 0 16px"
BREAK = "word-break:break-all"  # for long words alone; untrusted, no other way is left


def card(color: str) -> str:
    """Return the style of a card with an edge of this colour."""
    return f"{CARD}border-left:3px solid {color}"


def badge(color: str) -> str:
    """Return the style of a badge of this colour."""
    return f"background-color:{color};{BADGE}"
