"""The user's Markdown before it is rendered, and where it may stand as it is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_ITEM = re.compile(r" {0,3}(?:[-*+]|1[.)])\s+\S")
_RULE_OF_TABLE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
# What could be more than text: a tag, a picture from afar, an address that is no page.
_TAG = re.compile(r"<[A-Za-z/!?]")
_ADDRESS = re.compile(
    r"!\[|script:|data:[a-z]+/|file:|\](?:\(|:)<?//|&(?:#|colon|tab|newline)"
)
_PICTURE = re.compile(
    r"!\[[^\[\]]*\]\(data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*\)"
)
_UNSEEN = re.compile(r"[\s\\\x00-\x20]+")


def loosen(source: str) -> str:
    r"""Return Markdown as people write it in the form that the renderer reads.

    What all lines are indented by is taken away, and a list or a table that follows a
    line of text gets the empty line that GitHub does not ask for.

    >>> loosen("  Found:\n  - one\n  - two")
    'Found:\n\n- one\n- two'
    """
    lines = textwrap.dedent(source).splitlines()
    return "\n".join(_with_gaps(lines))


def _with_gaps(lines: list[str]) -> Iterator[str]:
    fence = before = ""
    in_list = False
    for line, following in zip(lines, [*lines, ""][1:], strict=True):
        fence = _fence_after(line, fence)
        is_item = not fence and _ITEM.match(line) is not None
        in_list = bool(before.strip()) and in_list
        begins = (is_item and not in_list) or _begins_table(line, following)
        if before.strip() and begins and not fence:
            yield ""
        yield line
        in_list = in_list or is_item
        before = line


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that the next line stands in; empty for none."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    closes = line.strip().startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _begins_table(line: str, following: str) -> bool:
    return (
        "|" in line
        and "|" in following
        and _RULE_OF_TABLE.fullmatch(following) is not None
        and _RULE_OF_TABLE.fullmatch(line) is None
    )


def is_only_text(source: str) -> bool:
    """Whether Markdown may stand as it is where nothing cleans it.

    Front ends render Markdown with the HTML in it, and follow any address.
    """
    outside = _outside_fences(source)
    without_pictures = _PICTURE.sub("", outside)
    addresses = _UNSEEN.sub("", without_pictures).lower()
    return _TAG.search(outside) is None and _ADDRESS.search(addresses) is None


def _outside_fences(source: str) -> str:
    """Return the source without the code in its plainest fences.

    Only those that every reader of Markdown takes for one: at the start of a line,
    after an empty one, closed.
    """
    return re.sub(
        r"(?:\A|(?<=\n\n))(```|~~~)\w*\n(?:(?!\1).*\n)*?\1(?=\n|\Z)", "", source
    )


def fenced(text: str, language: str = "") -> str:
    r"""Return text as a block of code, whatever is in it.

    >>> fenced("a")
    '```\na\n```'
    """
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    body = text.rstrip("\n")
    return f"{fence}{language}\n{body}\n{fence}"


def code_span(text: str) -> str:
    """Return text as code within a line, whatever is in it.

    >>> code_span("a b"), code_span("`")
    ('`a b`', '`` ` ``')
    """
    line = " ".join(text.split())
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    marks = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}"
