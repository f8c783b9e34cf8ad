"""`expect_fresh`: an asset, or the newest of its data, is no older than it may be."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from opnb.checks.past import OF_THE_RUN, Partition, Past
from opnb.event_log.reading.times import parse_time
from opnb.model.asset_key import AssetKey
from opnb.model.check_facts import UNKNOWN
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError, ParameterCheckError, did_you_mean
from opnb.model.events import ExpectationResult, KeyLike, Severity
from opnb.model.plain import in_utc, is_missing, plain_scalar

if TYPE_CHECKING:
    from opnb.event_log.log import EventLog

_NEVER: Final = "not materialized yet"
_IS_STRETCH: Final = re.compile(r"\d+(?:\.\d+)?\s*[a-z]+\Z")
_HINT: Final = "within='2d', '12h', '30m', or a timedelta."


def expect_fresh(
    asset: KeyLike,
    newest: Any = None,
    *,
    within: str | timedelta,
    severity: Severity | None = None,
    partition: Partition = OF_THE_RUN,
    log: EventLog | None = None,
) -> ExpectationResult:
    """Return whether an asset was materialized, or its data is from, not long ago.

    Without `newest`, the last materialization by a run that went well counts, or one by
    this run. An asset that has none yet passes as unknown. How old it is, is not told:
    a notebook that is run again shall show the same.

    Args:
        asset: The asset's key.
        newest: The newest time in the data, such as `df["updated_at"].max()`.
        within: How old it may be: `"2d"`, `"12h"`, `"30m"`, or a timedelta.
        severity: What follows if it fails, as of `check`.
        partition: Which part of the asset: by itself that of the run's partition; None
            for any.
        log: Where the past is read; by itself in the session's log.

    Raises:
        ParameterCheckError: `within` is no stretch of time, or `newest` no time.
    """
    key = AssetKey.of_event(asset)
    since = _since(within)
    name = key.to_user_string()
    metadata: dict[str, Any] = {"within": str(within)}
    if newest is not None:
        success = not is_missing(newest) and _micros(newest) >= since
    else:
        past = Past.here(partition, log)
        last = past.last_materialization(key)
        success = last is None or _micros(last) >= since
        if last is None:
            metadata[UNKNOWN] = _never(name, past)
    return ExpectationResult(
        success, f"{name} fresh", metadata=metadata, severity=severity
    )


def _since(within: str | timedelta) -> int:
    verify_type(within, (str, timedelta), "within", hint=_HINT)
    try:
        if isinstance(within, timedelta) or _IS_STRETCH.match(within.strip()):
            return parse_time(within, "within")
    except CheckError:
        pass
    raise ParameterCheckError(
        f"'within' is no stretch of time: {shorten(within)}", hint=_HINT
    )


def _micros(newest: Any) -> int:
    moment = plain_scalar(newest)
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if not isinstance(moment, datetime):
        raise ParameterCheckError(
            f"'newest' is no time: {shorten(newest)}",
            hint='expect_fresh("orders", df["updated_at"].max(), within="2d").',
        )
    # Not `parse_time`: times in data have no zone more often than not.
    return round(in_utc(moment).timestamp() * 1e6)


def _never(name: str, past: Past) -> str:
    """Say that there is no materialization, and which asset may have been meant."""
    known = {key.to_user_string() for key in past.log.asset_keys()} - {name}
    near = did_you_mean(name, sorted(known))
    return f"{_NEVER}. {near}" if near.startswith("Did") else _NEVER
