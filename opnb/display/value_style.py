"""The inline styles of metadata values, beside those that all cards share."""

from opnb.display import style

_EDGE = "1px solid rgba(128,128,128,.4)"
_RULE = f"border-bottom:{_EDGE}"
_BLOCK = "margin:0 0 4px"

ALONE = "font-size:13px;line-height:1.5"
# Around what is wide: the cell of a table would else grow with it, and not scroll.
BOX = "display:grid;grid-template-columns:minmax(0,1fr)"

GRID = f"{style.TABLE};table-layout:auto"
_HEAD = f"font-weight:bold;white-space:nowrap;{_RULE}"
HEAD = f"{style.CELL};{_HEAD}"
NUMBER_HEAD = f"{style.NUMBER};{_HEAD}"
TYPE = f"font-weight:normal;font-size:11px;{style.MUTED}"
SHORT_CELL = f"{style.CELL};white-space:nowrap"
LONG_CELL = f"{style.CELL};min-width:160px"

# A path is marked as a whole by one click.
COPYABLE = f"white-space:pre-wrap;{style.BREAK};user-select:all"
# Words stay whole where they can; untrusted, the last of it is dropped.
_WORDS = f"{style.BREAK};word-break:break-word"
WRAPPED = f"white-space:pre-wrap;{_WORDS}"
LINES = f"{style.PRE};{_WORDS}"
# Plots are drawn for a white page.
IMAGE = "max-width:100%;height:auto;background-color:#fff"
CHILDREN = f"{style.LIST};list-style-type:none"

_TITLE = "margin:8px 0 4px;font-weight:bold;line-height:1.3"
MARKDOWN = {
    "p": _BLOCK,
    "h1": f"{_TITLE};font-size:17px",
    "h2": f"{_TITLE};font-size:15px",
    **{f"h{level}": f"{_TITLE};font-size:13px" for level in range(3, 7)},
    "ul": f"{_BLOCK};padding:0 0 0 16px",
    "ol": f"{_BLOCK};padding:0 0 0 24px",
    "blockquote": f"{_BLOCK};padding:0 0 0 8px;border-left:3px solid {style.LINE}",
    "pre": f"{_BLOCK};padding:4px 8px;border:{_EDGE};{WRAPPED}",
    "table": f"{GRID};margin:2px 0 8px",
    "tr": style.ROW,
    "img": "max-width:100%;height:auto",
}
_CELL = "vertical-align:top;padding:0 16px 2px 0"
# By tag and side.
MARKDOWN_CELLS = {
    (tag, side): f"text-align:{side};{_CELL}{more}"
    for tag, more in (("td", ""), ("th", f";font-weight:bold;{_RULE}"))
    for side in ("left", "center", "right")
}
