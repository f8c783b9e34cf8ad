"""An entry as one row of a list."""

import pytest
from factories import entry, started

from opnb import (
    AssetMaterialization,
    AssetObservation,
    EventType,
    ExpectationResult,
)
from opnb.event_log.reading.page import Pages
from opnb.explorer.rows import row_view

ROWS = {
    "a run's own": (started(), "·", "clean", "", ""),
    "materialized": (
        entry(AssetMaterialization("a/b"), message="Materialized value a b."),
        "●",
        "clean",
        "a/b",
        "",
    ),
    "described": (
        entry(AssetMaterialization("a", partition="p"), message="all of it"),
        "●",
        "clean",
        "a [p]",
        "all of it",
    ),
    "observed": (entry(AssetObservation("a")), "○", "clean", "a", ""),
    "passed": (
        entry(ExpectationResult(True, "full")),
        "✓",
        "clean",
        "passed: full",
        "",
    ),
    "failed": (
        entry(ExpectationResult(False, "full"), message="empty"),
        "✗",
        "clean",
        "failed: full",
        "empty",
    ),
    "log line": (
        entry(EventType.LOG_MESSAGE, level=20, message="hello"),
        "·",
        "clean",
        "INFO",
        "hello",
    ),
    "warning": (
        entry(EventType.LOG_MESSAGE, level=30, message="careful"),
        "!",
        "clean",
        "WARNING",
        "careful",
    ),
    "failure": (
        entry(EventType.RUN_FAILURE, level=40, message="failed"),
        "✗",
        "clean",
        "",
        "failed",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_by_glyph_and_word_what_happened_to_what(log, name):
    line, glyph, op, about, message = ROWS[name]
    log.append([line])
    row = row_view(Pages(log).read(9).lines[0], now=181.5)

    assert (row.glyph, row.word) == (glyph, line.event_type_value)
    assert (row.op, row.about, row.message) == (op, about, message)
    assert (row.moment, row.age) == ("1970-01-01 00:00:01", "3 min ago")
