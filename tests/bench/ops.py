"""What opnb runs: ops that yield events with five labels."""

from __future__ import annotations

from typing import Any

import opnb

# Of a thousand events each of so many assets has one, and the others are checks.
ASSETS = 900


def labels(number: int, text: Any) -> dict[str, Any]:
    """Return the metadata of an event: an int, a float, a text, markdown, JSON."""
    return {
        "rows": number,
        "share": 0.5,
        "note": "hello",
        "json": {"a": [1, 2], "b": "c"},
        "text": text,
    }


@opnb.op
def empty() -> None: ...


def observing(count: int) -> opnb.OpDefinition:
    """Return an op that yields so many observations of one asset."""

    @opnb.op
    def observe():
        for number in range(count):
            text = opnb.MetadataValue.md("**bold**")
            yield opnb.AssetObservation("orders", metadata=labels(number, text))
        yield opnb.Output(None)

    return observe


def tending(count: int) -> opnb.OpDefinition:
    """Return an op that yields so many events of all kinds, of many assets in turn."""

    @opnb.op
    def tend():
        for number in range(count):
            values = labels(number, opnb.MetadataValue.md("**bold**"))
            if number % 10 == 0:
                yield opnb.ExpectationResult(
                    number % 7 > 0, label="whole", metadata=values
                )
            elif number // 1_000 % 10 < 2:
                yield opnb.AssetMaterialization(asset(number), metadata=values)
            else:
                yield opnb.AssetObservation(asset(number), metadata=values)
        yield opnb.Output(None)

    return tend


def asset(number: int) -> str:
    """Return the key of the asset that an event is about."""
    return f"table_{(number - number // 10 - 1) % ASSETS}"
