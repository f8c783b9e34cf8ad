"""A bar on the terminal while something takes long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opnb.event_log.care.record import Advance
from opnb.event_log.care.transfer import Progress


def bar(what: str) -> Progress:
    """Return what shows how far something is, where standard error is a terminal."""

    @contextmanager
    def watch(total: int | None) -> Iterator[Advance]:
        from tqdm import tqdm  # noqa: PLC0415 - at first use

        # `disable=None` is tqdm's word for "unless it is a terminal".
        with tqdm(
            total=total,
            desc=what,
            unit=" entries",
            unit_scale=True,
            leave=False,
            disable=None,
        ) as shown:
            yield shown.update

    return watch
