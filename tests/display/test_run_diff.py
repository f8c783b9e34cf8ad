"""A diff of runs, as it is shown."""

import re

import pytest

from opnb.display.bundle import render_bundle
from opnb.event_log.reading.run_diff import RunDiff
from opnb.event_log.reading.run_facts import RunFacts
from opnb.model.entry import ValueInfo
from opnb.model.metadata import MetadataValue
from opnb.testing import assert_portable, assert_stable

RUN = {("run", "clean", "status"): "SUCCESS", ("duration", "clean", "seconds"): 2.0}
BEFORE = {
    **RUN,
    ("code", "clean", "version"): "v1",
    ("config", "limit", ""): "d1",
    ("input", "orders", "value"): ValueInfo("DataFrame", (980, 6)),
    ("input", "orders", "source"): "load.orders",
    ("input", "orders", "source run"): "11111111-aaaa",
    ("output", "tidy", "value"): ValueInfo("DataFrame", (900, 6)),
    ("metadata", "shop/orders", "rows"): MetadataValue.int(900),
    ("metadata", "shop/orders", "share"): MetadataValue.float(0.5),
    ("metadata", "shop/orders", "note"): MetadataValue.text("first"),
    ("check", "ids are unique", ""): "passed",
    ("check", "has rows", ""): "passed",
}
AFTER = {
    **BEFORE,
    ("code", "clean", "version"): "v2",
    ("config", "limit", ""): "d2",
    ("duration", "clean", "seconds"): 3.0,
    ("input", "orders", "source run"): "22222222-bbbb",
    ("output", "tidy", "value"): ValueInfo("DataFrame", (945, 6)),
    ("metadata", "shop/orders", "rows"): MetadataValue.int(945),
    ("metadata", "shop/orders", "note"): MetadataValue.text("second"),
    ("check", "ids are unique", ""): "failed",
}


def diff(before=BEFORE, after=AFTER, sources=("x = 1\ny = 2", "x = 1\ny = 3")):
    return RunDiff(
        "clean", RunFacts("r1", sources[0], before), RunFacts("r2", sources[1], after)
    )


def told(thing):
    return render_bundle(thing)[0]


def test_it_tells_what_changed_and_counts_what_did_not():
    lines = told(diff())["text/plain"].splitlines()
    assert lines[0].startswith("≠ clean: two runs differ in the code, 1 config field")
    assert lines[1:3] == ["  -y = 2", "  +y = 3"]
    assert lines[3:] == [
        "  config limit: one → another",
        "  input orders source run: one → another",
        "  output tidy value: DataFrame 900 × 6 → DataFrame 945 × 6",
        "  metadata shop/orders rows: 900 → 945 (+5 %)",
        "  metadata shop/orders note: first → second",
        "  check ids are unique: ✓ passed → ✗ failed",
        "  the same: 1 value, 1 check",
    ]


def test_two_alike_do_not_differ():
    lines = told(diff(after=BEFORE, sources=("x", "x")))["text/plain"].splitlines()

    assert lines[0] == "= clean: two runs do not differ"
    assert lines[1].startswith(
        "  the same: 1 config field, 1 input, 1 output, 3 values"
    )
    assert len(lines) == 2


def test_signs_tell_what_tints_tell():
    html = told(diff())["text/html"]

    assert re.search(r"<span style=\"background-color:[^\"]+\">-y = 2</span>", html)
    assert re.search(r"<span style=\"background-color:[^\"]+\">\+y = 3</span>", html)
    assert "\n x = 1\n" in html


def test_markdown_has_the_code_in_a_fence():
    text = told(diff())["text/markdown"]

    assert "```diff\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\n```" in text
    assert "| metadata | shop/orders | rows | 900 | 945 | +5 % |" in text


def test_neither_ids_nor_durations_are_shown():
    forms = "".join(told(diff()).values())

    for volatile in ("11111111", "22222222", "r1", "d2", "3.0 s", "took"):
        assert volatile not in forms
    assert render_bundle(diff())[1] == {
        "opnb": {"op": "clean", "run_ids": ["r1", "r2"]}
    }


def test_the_duration_is_shown_where_it_is_asked_for():
    asked = diff()
    asked.shows_duration = True

    assert "  took: 2.00 s → 3.00 s (+50 %)" in told(asked)["text/plain"]


def test_code_that_is_not_in_the_log_is_told_of():
    assert "the log has no text of it" in told(diff(sources=(None, "x")))["text/plain"]


@pytest.mark.parametrize("lines", [1, 500])
def test_large_diffs_are_cut_and_counted(lines):
    many = {("metadata", "a", f"label {n}"): MetadataValue.int(n) for n in range(200)}
    more = {key: MetadataValue.int(value.value + 1) for key, value in many.items()}
    code = "\n".join(f"x{n} = 1" for n in range(lines))

    forms = told(diff(many, more, (code, code.replace("1", "2"))))

    assert "and 160 further differences in .frame" in forms["text/html"]
    assert ("in .code" in forms["text/html"]) is (lines > 1)
    assert len(forms["text/plain"].splitlines()) <= 15
    assert max(map(len, forms["text/plain"].splitlines())) <= 80


def test_it_reads_everywhere_and_is_always_the_same():
    assert_portable(told(diff())["text/html"])
    assert_stable(lambda: told(diff()))
