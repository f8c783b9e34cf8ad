"""When a failed op is tried again: Dagster's policies and formulas."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from opnb.model.checks import verify_type
from opnb.model.errors import InvalidDefinitionError


class Backoff(Enum):
    """How the delay grows from attempt to attempt."""

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"


class Jitter(Enum):
    """How chance moves the delay."""

    FULL = "FULL"
    PLUS_MINUS = "PLUS_MINUS"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and after how long, an op that raised is tried again.

    Args:
        max_retries: How many attempts may follow the first.
        delay: Seconds before the second attempt; none if None.
        backoff: How the delay grows; it stays if None.
        jitter: How chance moves the delay; not at all if None.

    >>> RetryPolicy(max_retries=3, delay=2, backoff=Backoff.EXPONENTIAL).max_retries
    3
    """

    max_retries: int = 1
    delay: float | None = None
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        verify_type(self.max_retries, int, "max_retries")
        verify_type(self.delay, (int, float), "delay", optional=True)
        verify_type(self.backoff, Backoff, "backoff", optional=True)
        verify_type(self.jitter, Jitter, "jitter", optional=True)
        if self.max_retries < 0 or (self.delay is not None and self.delay < 0):
            raise InvalidDefinitionError(
                "A retry policy counts up from zero: max_retries="
                f"{self.max_retries!r}, delay={self.delay!r}.",
                hint="Give 0 or more.",
            )
        for name, given in (("backoff", self.backoff), ("jitter", self.jitter)):
            if given is not None and self.delay is None:
                raise InvalidDefinitionError(
                    f"{name} {given.name} needs a delay.", hint="Give delay=1."
                )

    def calculate_delay(self, attempt: int) -> float:
        """Return the seconds to wait before an attempt.

        With `d` the delay and `a` the attempt, counted 1, 2, 3 from the first retry:
        `d`, LINEAR `a·d`, EXPONENTIAL `(2^a - 1)·d`; then FULL jitter draws from
        `[0, that]`, PLUS_MINUS from `that ± d`. Source: Dagster's `calculate_delay`.
        """
        delay = self.delay or 0.0
        base = delay
        if self.backoff is Backoff.LINEAR:
            base = attempt * delay
        elif self.backoff is Backoff.EXPONENTIAL:
            base = ((2**attempt) - 1) * delay
        if self.jitter is Jitter.FULL:
            return random.random() * base  # noqa: S311 - spreads load, hides nothing
        if self.jitter is Jitter.PLUS_MINUS:
            return base + (2 * random.random() - 1) * delay  # noqa: S311
        return base
