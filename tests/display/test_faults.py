"""Whatever a value does while it is drawn, the user gets its text, and a line on it."""

import re

import pytest

from opnb import AssetMaterialization, ExpectationResult, MetadataValue, Output
from opnb.display.bundle import render_bundle


class BrokenError(Exception):
    """An error that cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("no words")

    __str__ = __repr__


class LongError(Exception):
    def __repr__(self):
        return "LongError(" + "very " * 1000 + "\n" * 100 + ")"


class Placed(Exception):
    def __repr__(self):
        return f"<Placed at 0x7f{id(self):010x}>"


class Faulty(MetadataValue):
    """A kind of a user's own that fails when it is looked at."""

    kind = "json"
    error: Exception

    def __repr__(self):
        return "Faulty()"

    @property
    def value(self):
        raise self.error


class UnknownKind(MetadataValue):
    kind = "hologram"

    def __repr__(self):
        return "UnknownKind()"


def faulty(error):
    value = Faulty()
    value.error = error
    return value


FAULTS = {
    "error": lambda: faulty(LookupError("gone")),
    "error without words": lambda: faulty(BrokenError()),
    "long error": lambda: faulty(LongError()),
    "error with an address": lambda: faulty(Placed()),
    "recursion": lambda: faulty(RecursionError("too deep")),
    "unknown kind": UnknownKind,
}


def things_with(value):
    metadata = {"broken": value}
    return {
        "value": value,
        "output": Output(1, metadata=metadata),
        "materialization": AssetMaterialization("orders", metadata=metadata),
        "expectation": ExpectationResult(True, "x", metadata=metadata),
    }


@pytest.mark.parametrize("thing", ["value", "output", "materialization", "expectation"])
@pytest.mark.parametrize("make", FAULTS.values(), ids=FAULTS)
def test_a_fault_leaves_the_text_and_one_line(make, thing):
    data, metadata = render_bundle(things_with(make())[thing])

    lines = data["text/plain"].splitlines()
    assert set(data) == {"text/plain"}
    assert metadata == {}
    assert re.match(r"\(not drawn: .*\)$", lines[-1])
    assert 2 <= len(lines) <= 15
    assert max(map(len, lines)) <= 300
    assert "0x" not in data["text/plain"]


def test_an_interrupt_is_no_fault():
    with pytest.raises(KeyboardInterrupt):
        render_bundle(faulty(KeyboardInterrupt()))
