"""What a misuse raises, and how much of it there is to read."""

from __future__ import annotations

import traceback
from typing import Any

from examples import misuses
from examples.misuses import Misuse


def raised_by(misuse: Misuse, library: Any) -> Exception | None:
    """Return the error that a misuse ends in, or None if it goes unnoticed."""
    try:
        misuse.do(library)
    except Exception as error:  # noqa: BLE001 - whatever it is, is what is looked at
        return error
    return None


def frames_above(error: BaseException) -> int:
    """Count the frames between the user's code and the error, causes included."""
    shown = traceback.TracebackException.from_exception(error)
    count = 0
    while shown is not None:
        count += sum(frame.filename != misuses.__file__ for frame in shown.stack)
        shown = shown.__cause__ or (
            None if shown.__suppress_context__ else shown.__context__
        )
    return count


def summarize(error: Exception | None) -> dict[str, Any] | None:
    """Return the class, the length of the text and the frames, and not the text."""
    if error is None:
        return None
    return {
        "class": type(error).__name__,
        "length": len(str(error)),
        "frames": frames_above(error),
    }
