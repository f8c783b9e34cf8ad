"""Why something is not memoized: the op runs as it would without a memo."""

from __future__ import annotations


class RefusedError(Exception):
    """What cannot be told for sure, kept or given back, in words for one line."""
