"""Which links may be followed."""

from __future__ import annotations

SCHEMES = frozenset(["http", "https", "mailto"])


def is_safe_link(address: str) -> bool:
    r"""Whether a link may be followed: http, https, mailto, or relative.

    >>> is_safe_link("https://x.org"), is_safe_link("a/b.html"), is_safe_link("#a")
    (True, True, True)
    >>> is_safe_link("javascript:alert(1)"), is_safe_link("java\nscript:x")
    (False, False)
    """
    # Browsers ignore control characters and spaces in front of and within a scheme.
    text = "".join(character for character in address if character > " ")
    scheme, colon, _ = text.partition(":")
    if not colon or any(mark in scheme for mark in "/?#"):
        return not text.startswith(("//", "\\", "/\\"))
    return scheme.lower() in SCHEMES
