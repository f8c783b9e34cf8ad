"""JSON on one line, and no more of it than is wanted."""

import json
import math
from decimal import Decimal

import pytest

from opnb.display.json_text import json_text


@pytest.mark.parametrize(
    "data",
    [{}, [], {"a": [1, 2.5, None, True]}, 'say "é"\n', [[], {"b": {}}], "x" * 100],
    ids=repr,
)
def test_short_data_is_the_json_that_python_writes(data):
    assert json_text(data) == json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([math.nan, -math.inf], "[NaN, -Infinity]"),
        ([Decimal("1.10")], "[1.10]"),
        ([b"PK"], "[2 bytes 50 4b]"),
        ([10**5000], "[1e+5000 (5001 digits)]"),
        ([2**100], f"[{2**100}]"),
    ],
    ids=["no number", "decimal", "bytes", "huge", "large"],
)
def test_what_json_has_no_word_for_is_told(data, text):
    assert json_text(data) == text


@pytest.mark.parametrize(
    "data",
    [list(range(10**6)), {str(n): n for n in range(10**5)}, "x" * 10**7],
    ids=["list", "dict", "text"],
)
def test_large_data_ends_soon_after_what_is_wanted(data):
    assert 100 < len(json_text(data, 100)) < 130
