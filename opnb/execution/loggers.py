"""Loggers whose lines go into the event log: that of a context, and `get_logger()`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from opnb.execution.running import Life, running_context
from opnb.model.checks import shorten, verify_type
from opnb.model.entry import EventType, LogMessageData, SerializableErrorInfo
from opnb.model.errors import CheckError

if TYPE_CHECKING:
    from opnb.execution.step import StepRun

# Takes the lines that are in no run: what becomes of them is up to Python's logging.
OUTSIDE: Final = logging.getLogger("opnb")

_LEVELS: Final = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
    "CRITICAL": logging.CRITICAL,
}


def level_of(level: int | str) -> int:
    """Return the number of a level, which may be given by name.

    >>> level_of("warn"), level_of(15)
    (30, 15)

    Raises:
        CheckError: There is no level of that name.
    """
    verify_type(level, (int, str), "level", hint="'INFO', or logging.INFO.")
    if isinstance(level, int):
        return level
    number = _LEVELS.get(level.upper())
    if number is None:
        raise CheckError(
            f"There is no log level {shorten(level)}.",
            hint=f"Take one of {', '.join(_LEVELS)}, or a number.",
        )
    return number


class LevelsByName(logging.Logger):
    """A logger whose `log` takes the name of a level as well as its number."""

    def log(self, level: int | str, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log a line at a level."""
        # So that the line is the caller's, not this one.
        kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
        super().log(level_of(level), msg, *args, **kwargs)


class StepLogger(LevelsByName):
    """The logger of one context: its lines, of every level, are entries of the step.

    Args:
        step: Whose entries; None for a context in no run.
        life: Tells when the step takes no more.
    """

    def __init__(self, step: StepRun | None, life: Life) -> None:
        super().__init__("opnb")
        self._step = step
        self._life = life

    def handle(self, record: logging.LogRecord) -> None:
        """Record a line; one that is in no step is left to Python's logging."""
        step = self._step
        if step is None or self._life.is_over:
            if OUTSIDE.isEnabledFor(record.levelno):
                OUTSIDE.handle(record)
        elif self.filter(record):
            step.record(
                step.entry(
                    EventType.LOG_MESSAGE,
                    logged_message(record),
                    logged_data(record),
                    record.levelno,
                )
            )
            if self.handlers:
                self.callHandlers(record)


def logged_data(record: logging.LogRecord) -> LogMessageData:
    """Return what the log keeps of a line beside its text: the exception."""
    error = record.exc_info[1] if record.exc_info else None
    return LogMessageData(None if error is None else SerializableErrorInfo.of(error))


def logged_message(record: logging.LogRecord) -> str:
    """Return the text of a line."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A line that cannot be put together is no reason for an op to fail.
        return f"{record.msg} {shorten(record.args)}"


class _IntoTheStep(logging.Filter):
    """Records what passes in the step that runs, if one does."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__()
        self._logger = logger

    def filter(self, record: logging.LogRecord) -> bool:
        """Record a line; where nobody has set up logging it need not go on."""
        context = running_context()
        if context is None:
            return True
        context.log.handle(record)
        return self._logger.hasHandlers()


def get_logger(name: str | None = None) -> logging.Logger:
    """Return a logger for functions that are not handed the context.

    What is logged while an op runs, in its thread or in what it awaits, goes into the
    event log as the lines of `context.log` do; from anywhere it also goes to the
    handlers that Python's logging has.

    Args:
        name: Tells it from other loggers.

    >>> get_logger("sales").name
    'opnb.user.sales'
    """
    verify_type(name, str, "name", optional=True)
    logger = logging.getLogger("opnb.user" if name is None else f"opnb.user.{name}")
    if not any(isinstance(each, _IntoTheStep) for each in logger.filters):
        logger.addFilter(_IntoTheStep(logger))
        logger.setLevel(logging.DEBUG)
    return logger
