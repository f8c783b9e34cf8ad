"""`expect_stable`: a number is where it was in earlier runs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from opnb.checks.past import OF_THE_RUN, Partition, Past
from opnb.checks.tolerance import parse_tolerance
from opnb.checks.window import parse_window
from opnb.model.asset_key import AssetKey
from opnb.model.check_facts import UNKNOWN
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult, KeyLike, Severity
from opnb.model.plain import plain_scalar

if TYPE_CHECKING:
    from opnb.event_log.log import EventLog

_VALUE: Final = "value"


def expect_stable(  # noqa: PLR0913 - one argument a question
    label: str,
    value: float | None = None,
    *,
    within: str | float,
    of: str = "last 7",
    asset: KeyLike | None = None,
    direction: str = "both",
    least: int = 3,
    severity: Severity | None = None,
    partition: Partition = OF_THE_RUN,
    log: EventLog | None = None,
) -> ExpectationResult:
    """Return whether a number is near the median of what it was in earlier runs.

    Its past is what this check of this op was given before; with an asset, what events
    of the asset told under the label. One value a run counts, the last, and only of
    runs that went well: what failed its checks is no measure. Where there are fewer
    runs than `least`, the check passes as unknown.

    Args:
        label: What the number is, such as `"rows"`.
        value: What it is now; with an asset, by itself what this run told of it.
        within: How far it may be: `"30%"` or `0.3` of the median, or `"±100"`.
        of: Which past: `"last 7"` runs, or `"30d"`.
        asset: Whose metadata the number is.
        direction: Where being too far counts: "up", "down" or "both".
        least: How many runs it takes to judge.
        severity: What follows if it fails, as of `check`.
        partition: Whose past: by itself that of the run's partition; None for that of
            all partitions together.
        log: Where the past is read; by itself in the session's log.

    Raises:
        ParameterCheckError: There is no number, or the tolerance or the window is none.
    """
    verify_type(label, str, "label", hint='expect_stable("rows", len(df), ...).')
    verify_type(least, int, "least")
    tolerance, window = parse_tolerance(within, direction), parse_window(of)
    past = Past.here(partition, log)
    told = _told_as(label, asset, past)
    now = _now(value, told, past)
    numbers = [
        float(n) for n in past.values(told.filters, told.label, window, "number")
    ]
    numbers = [number for number in numbers if math.isfinite(number)]
    metadata: dict[str, Any] = {_VALUE: now}
    success = math.isfinite(now)
    if success and len(numbers) < min(max(least, 1), window.last or least):
        metadata[UNKNOWN] = window.fewer(len(numbers))
    elif numbers:
        centre = statistics.median(numbers)
        low, high = tolerance.bounds(centre)
        success &= (low is None or now >= low) and (high is None or now <= high)
        metadata |= {"median": _plain(centre)}
        metadata |= {} if low is None else {"low": _plain(low)}
        metadata |= {} if high is None else {"high": _plain(high)}
        metadata["runs"] = len(numbers)
    return ExpectationResult(success, told.name, metadata=metadata, severity=severity)


@dataclass(frozen=True, slots=True)
class _Told:
    """Where the log has the number: as metadata of what, and under which label."""

    name: str
    filters: Mapping[str, Any]
    label: str
    is_of_asset: bool


def _told_as(label: str, asset: KeyLike | None, past: Past) -> _Told:
    if asset is None:
        name = past.name_check(f"{label} stable")
        return _Told(name, past.own(name), _VALUE, is_of_asset=False)
    key = AssetKey.of_event(asset)
    name = f"{key.to_user_string()}: {label} stable"
    return _Told(name, {"asset": key}, label, is_of_asset=True)


def _now(value: Any, told: _Told, past: Past) -> float:
    number = plain_scalar(value)
    if number is None and told.is_of_asset:
        number = past.number_of_this_run(told.filters, told.label)
    if isinstance(number, Decimal):
        number = float(number)
    if isinstance(number, int | float) and not isinstance(number, bool):
        return number
    if value is not None:
        raise ParameterCheckError(
            f"'value' must be a number, not {shorten(value)}", hint="len(df)."
        )
    if told.is_of_asset:
        raise ParameterCheckError(
            f"This run has told no number {told.label!r} of the asset.",
            hint="Give it as the second argument, or yield the materialization before.",
        )
    raise ParameterCheckError(
        "There is no value to judge: None",
        hint='expect_stable("rows", len(df), within="30%").',
    )


def _plain(number: float) -> float:
    return int(number) if number.is_integer() else number
