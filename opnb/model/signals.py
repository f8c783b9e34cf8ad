"""What an op raises to steer its run: `Failure` and `RetryRequested`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from opnb.model.checks import verify_type
from opnb.model.errors import ParameterCheckError
from opnb.model.normalize import normalize_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping


class Failure(Exception):
    """Ends the op as failed, with a description and metadata to show.

    Args:
        description: Why, in words.
        metadata: What to keep with it, see `normalize_metadata`.
        allow_retries: Whether the op's retry policy may try again; yes if not given.

    >>> Failure("no rows", metadata={"rows": 0}).metadata["rows"].value
    0
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        allow_retries: bool | None = None,  # noqa: FBT001 - Dagster's position
    ) -> None:
        super().__init__(description)
        self.description = verify_type(description, str, "description", optional=True)
        self.metadata = normalize_metadata(metadata)
        verify_type(allow_retries, bool, "allow_retries", optional=True)
        self.allow_retries = True if allow_retries is None else allow_retries


class RetryRequested(Exception):
    """Ends this attempt of the op and asks for another one.

    Args:
        max_retries: How many further attempts the op may have in all.
        seconds_to_wait: How long to wait before the next; not at all if None.

    >>> RetryRequested(max_retries=3, seconds_to_wait=0.5).max_retries
    3
    """

    def __init__(
        self, max_retries: int = 1, seconds_to_wait: float | None = None
    ) -> None:
        super().__init__()
        self.max_retries = verify_type(max_retries, int, "max_retries")
        self.seconds_to_wait = verify_type(
            seconds_to_wait, (int, float), "seconds_to_wait", optional=True
        )
        if seconds_to_wait is not None and not math.isfinite(seconds_to_wait):
            raise ParameterCheckError(
                f"'seconds_to_wait' must be finite, not {seconds_to_wait!r}",
                hint="Give seconds, such as 5.",
            )
