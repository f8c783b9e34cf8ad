"""Metadata on one line: no more is looked at than fits, and what is cut is told."""

import pytest

from opnb.display.pairs import pairs_line
from opnb.model.normalize import normalize_metadata

METADATA = normalize_metadata({"rows": 980, "path": "a.csv", "more": "words"})
WHOLE = "rows 980, path a.csv, more words"


@pytest.mark.parametrize("width", range(2, len(WHOLE) + 2))
def test_a_line_that_is_not_whole_ends_in_an_ellipsis(width):
    line = pairs_line(METADATA, width)

    assert len(line) <= width
    assert line == WHOLE if width >= len(WHOLE) else line.endswith("…")
