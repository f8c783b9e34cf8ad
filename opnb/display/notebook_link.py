"""Which notebooks a page may link to: those beside it, and those on the web."""

from __future__ import annotations

import re
from urllib.parse import quote

from opnb.display.safe_link import is_safe_link

_ON_A_DISK = re.compile(r"[/\\~]|[A-Za-z]:")


def notebook_link(path: str) -> str | None:
    r"""Return the address of a notebook; None for a place on somebody's disk.

    >>> notebook_link("later/second look.ipynb")
    'later/second%20look.ipynb'
    >>> notebook_link("https://x.org/a.ipynb")
    'https://x.org/a.ipynb'
    >>> notebook_link("/home/ann/a.ipynb"), notebook_link("javascript:x")
    (None, None)
    """
    if path.lower().startswith(("http://", "https://")):
        return path if is_safe_link(path) else None
    if _ON_A_DISK.match(path) or not is_safe_link(path) or not path.isprintable():
        return None
    return quote(path.replace("\\", "/"))
