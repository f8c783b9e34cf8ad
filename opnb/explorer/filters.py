"""What is asked of the log, as a person types it, and what is wrong with it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from opnb.event_log.reading.query import parse_event_type
from opnb.event_log.reading.times import NaiveTimeWarning, parse_time
from opnb.model.asset_key import AssetKey
from opnb.model.checks import verify_type
from opnb.model.errors import OpnbError

_TIMES = ("since", "until")
_TIME_HINT = "Write 2d, 12h, 30m or 2026-01-31T09:00."


@dataclass(frozen=True, slots=True)
class Filters:
    """The fields of the explorer; an empty one asks nothing.

    Args:
        run: The first characters of a run's id.
        op: The op.
        type: The event type.
        asset: The asset's key, as the log spells it: `shop/orders`.
        label: The label of an expectation, an output or an input.
        since: From then on: `2d`, `12h`, `30m` or an ISO time.
        until: Before then.
    """

    run: str = ""
    op: str = ""
    type: str = ""
    asset: str = ""
    label: str = ""
    since: str = ""
    until: str = ""

    @staticmethod
    def of(**given: str | None) -> Filters:
        """Return the filters given in code; those that are None are not.

        Raises:
            CheckError: One has a value that it cannot have.
        """
        texts = {
            name: verify_type(text, str, name).strip()
            for name, text in given.items()
            if text is not None
        }
        for name, text in texts.items():
            _verify(name, text)
        if texts.get("type"):
            texts["type"] = parse_event_type(texts["type"])
        return Filters(**texts)

    @property
    def given(self) -> dict[str, str]:
        """Those that ask something, by name."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with those that cannot be, by name."""
        found = {}
        for name, text in self.given.items():
            try:
                _verify(name, text)
            except OpnbError as error:
                hint = error.hint if name not in _TIMES else _TIME_HINT
                found[name] = f"{error.message} {hint or ''}".strip()
        return found


def asset_key(text: str) -> AssetKey:
    """Return the key that the log spells so.

    The text of an event's key is split on more than slashes; a key that was made of its
    parts may hold such characters, and is to be found by them.
    """
    return AssetKey.from_escaped_user_string(text)


def _verify(name: str, text: str) -> None:
    if not text:
        return
    if name == "type":
        parse_event_type(text)
    elif name == "asset":
        asset_key(text)
    elif name in _TIMES:
        with utc_is_known():
            parse_time(text, name)


@contextmanager
def utc_is_known() -> Iterator[None]:
    """Take times without a zone as UTC, as the fields say, and warn of none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NaiveTimeWarning)
        yield
