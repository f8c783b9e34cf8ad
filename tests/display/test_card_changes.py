"""How a card tells of a number that changed since an earlier run."""

from decimal import Decimal
from math import inf, nan

import pytest

from opnb import MetadataValue
from opnb.display.changes import change_words, changed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (980, 1019, "+4 %"),
        (1000, 950, "-5 %"),
        (1000, 1004, "+0.4 %"),
        (1_000_000, 1_000_003, "+3"),
        (0.5, 0.25, "-50 %"),
        (-10, -5, "+50 %"),
        (1, 99, "was 1"),
        (0, 7, "was 0"),
        (nan, 1.0, "was nan"),
        (1.0, inf, "was 1"),
        (Decimal("2.50"), Decimal("3.00"), "+20 %"),
        (Decimal("2.50"), 3, "+20 %"),
        pytest.param(10**400, 10**402, "was 1e+400 (401 digits)", id="huge"),
    ],
)
def test_a_change_is_told_by_what_says_most(old, new, words):
    assert change_words(new, old) == words


@pytest.mark.parametrize(
    ("old", "new"),
    [(7, 7), (nan, nan), (0.1 + 0.2, 0.3), (1, 1.0), (Decimal("1.0"), 1), (inf, inf)],
)
def test_what_reads_the_same_has_not_changed(old, new):
    assert change_words(new, old) == ""


def test_only_numbers_that_were_told_before_are_compared():
    metadata = {
        "rows": MetadataValue.int(3),
        "new": MetadataValue.int(3),
        "note": MetadataValue.text("3"),
        "flag": MetadataValue.bool(True),
        "time": MetadataValue.timestamp(3.0),
    }

    before = dict.fromkeys(["rows", "note", "flag", "time", "gone"], 2)

    assert changed(metadata, before) == {"rows": "+50 %"}
