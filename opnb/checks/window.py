"""Which of the past a check looks at: the last runs, or a stretch of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from opnb.event_log.reading.times import parse_time
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import CheckError, ParameterCheckError

_LAST: Final = re.compile(r"last\s+(\d+)(?:\s+runs?)?")
_HINT: Final = "of='last 7' for so many runs, of='30d' for so long."


@dataclass(frozen=True, slots=True)
class Window:
    """The runs that count.

    Args:
        words: As they were given.
        last: How many at the most; None for all in the time.
        since: Since when, as a filter of the log; None for ever.
    """

    words: str
    last: int | None = None
    since: str | None = None

    def fewer(self, runs: int) -> str:
        """Return in words that there are no more runs than this.

        >>> parse_window("last 7").fewer(2), parse_window("30d").fewer(1)
        ('2 of 7 runs', '1 run in 30d')
        """
        if self.last is not None:
            return f"{runs} of {self.last} run{'' if self.last == 1 else 's'}"
        return f"{runs} run{'' if runs == 1 else 's'} in {self.words}"


def parse_window(of: str) -> Window:
    """Return the window that `of="last 7"` or `of="30d"` names.

    Raises:
        ParameterCheckError: It names none.
    """
    words = verify_type(of, str, "of", hint=_HINT).strip()
    last = _LAST.fullmatch(words)
    if last is not None and int(last[1]):
        return Window(words, last=int(last[1]))
    try:
        parse_time(words, "of")
    except CheckError:
        raise ParameterCheckError(
            f"'of' names no runs and no time: {shorten(of)}", hint=_HINT
        ) from None
    return Window(words, since=words)
