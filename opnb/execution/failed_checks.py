"""What follows from checks that failed, by their severity.

A check of severity "error" fails the op once all its code has run, so that the others
are evaluated, too; one that is "fatal" ends it where it stands. What the op put out by
then is told, and bound to its names in a notebook, and no later step takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opnb.model.check_facts import check_words
from opnb.model.checks import shorten
from opnb.model.errors import CheckFailed
from opnb.model.events import ExpectationResult

_FAILS_THE_OP: Final = ("error", "fatal")
_MOST_LISTED: Final = 10


def judge(op_name: str, event: object, failed: list[ExpectationResult]) -> None:
    """Add a check that fails the op to `failed`, and end the op if it is fatal.

    Raises:
        CheckFailed: It is fatal.
    """
    if not isinstance(event, ExpectationResult) or event.success:
        return
    if event.severity in _FAILS_THE_OP:
        failed.append(event.plain())
    if event.severity == "fatal":
        raise _error(op_name, failed)


def raise_failed(op_name: str, failed: Sequence[ExpectationResult]) -> None:
    """End the op as failed if checks failed that are to fail it.

    Raises:
        CheckFailed: There are such.
    """
    if failed:
        raise _error(op_name, failed)


def _error(op_name: str, failed: Sequence[ExpectationResult]) -> CheckFailed:
    """Return the error, which lists the checks on one screen."""
    is_fatal = any(result.severity == "fatal" for result in failed)
    how_many = "A check" if len(failed) == 1 else f"{len(failed):,} checks"
    headline = f"{how_many} of op {op_name!r} failed"
    lines = [f"{headline}:", *map(_line, failed[:_MOST_LISTED])]
    if len(failed) > _MOST_LISTED:
        lines.append(f"  and {len(failed) - _MOST_LISTED:,} more")
    return CheckFailed(
        "\n".join(lines),
        checks=tuple(failed),
        headline=f"{headline}{'; one of them is fatal' if is_fatal else ''}.",
        allow_retries=not is_fatal,
        hint="Mend the data; severity='warn' records what failed and goes on.",
    )


def _line(result: ExpectationResult) -> str:
    told = check_words(result.metadata)
    return (
        f"  ✗ {result.outcome:6} {shorten(result.label)}{f' ({told})' if told else ''}"
    )
