"""Options on a magic's line: read as a shell would, refused with a hint."""

import pytest

from opnb import CellError
from opnb.notebook.arguments import options_of, pairs_of, parse_line
from opnb.notebook.magics import OpMagics


def parsed(line):
    return parse_line(OpMagics.op_cell, line)


def test_an_option_may_come_twice():
    given = parsed("clean --in a b --in c=raw.orders --out tidy")

    assert (given.name, given.ins, given.outs) == (
        "clean",
        ["a", "b", "c=raw.orders"],
        ["tidy"],
    )


def test_quotation_marks_hold_words_together():
    assert parsed("""clean --config '{"rows": 1}'""").config == '{"rows": 1}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("clean --ouput x", r"Unrecognized arguments: --ouput x\.\nHint: Did you mean"),
        ("clean extra", r"Unrecognized arguments: extra\.\nHint: `%%op\?`"),
        ("clean --partition", r"Argument --partition: expected one argument\."),
        ("clean --part 1", r"Did you mean '--partition'\?"),
        ("clean --in 'a", r"cannot be read: No closing quotation\.\nHint: Close"),
    ],
)
def test_what_cannot_be_read_is_refused(line, message):
    with pytest.raises(CellError, match=message):
        parsed(line)


def test_the_options_of_a_magic_are_known():
    assert {"--in", "--out", "--retries"} <= set(options_of(OpMagics.op_cell))


def test_pairs_stand_for_themselves_without_an_equals_sign():
    assert pairs_of(["a", "b=c=d"], "--in") == {"a": "a", "b": "c=d"}
    assert pairs_of(None, "--in") == {}


@pytest.mark.parametrize("word", ["=b", "a=", "="])
def test_half_a_pair_is_refused(word):
    with pytest.raises(CellError, match=f"--tag '{word}' lacks a name or a value"):
        pairs_of([word], "--tag")
