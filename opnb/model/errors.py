"""Every error that opnb raises, in one tree.

OpnbError
├── CheckError                      an argument of the wrong type
│   └── ParameterCheckError
├── InvalidMetadata                 a metadata value that cannot be kept
├── InvalidDefinitionError          an op that cannot be
├── InvalidConfigDefinitionError    a config schema that cannot be
├── InvalidConfigError              config that its schema refuses
├── InvalidPythonicConfigDefinitionError    a Config class that cannot be
├── ConfigMappingFunctionError      a function from config to config that raised
├── ResourceFunctionError           a resource that could not be made
├── InvalidInvocationError          an op called with the wrong inputs
├── InvalidSubsetError              a selection that names no op
├── InvalidPropertyError            a property that is not there now
├── InvariantViolationError         events in an order that cannot be
├── StepOutputNotFoundError         a required output that never came
├── TypeCheckDidNotPass             a value that is not of its declared type
├── TypeCheckError                  a type check that raised
├── UnknownResourceError            also an AttributeError
├── UnknownPartitionError           a partition that the job has not
├── MaxRetriesExceededError
├── CheckFailed                     checks of the data failed that are to fail the op
├── CellError                       a `%%op` cell or `%op` line that cannot be
│   └── HiddenStateError            an op of a job reads what only the notebook has
└── LogError
    ├── LogAddressError             a log address that cannot be read
    ├── ForeignLogError             a file that is not an opnb log
    ├── NewerLogError               a log that a newer opnb wrote
    └── LogUnavailableError         a log that cannot be read or written now

LogWarning is a warning: a log that is kept, but not as well as it could be.

Names and meanings are Dagster's (`dagster._core.errors`) with the prefix
"Dagster" dropped; `CheckFailed`, the `CellError`s and the `LogError`s are opnb's own.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class OpnbError(Exception):
    """Base of every error of opnb: what is wrong, then a hint.

    Args:
        message: What is wrong, with the offending value as `!r`.
        hint: The next move, one sentence or two.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        if self.hint is None:
            return self.message
        return f"{self.message}\nHint: {self.hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.__dict__))


def _rebuild(kind: type[OpnbError], attributes: dict[str, Any]) -> OpnbError:
    error = kind.__new__(kind)
    error.__dict__.update(attributes)
    error.args = (attributes["message"],)
    return error


class CheckError(OpnbError, TypeError):
    """An argument is not what it must be."""


class ParameterCheckError(CheckError):
    """An argument has the wrong type."""


class InvalidMetadata(OpnbError):
    """A metadata value cannot be kept."""


class InvalidDefinitionError(OpnbError):
    """A definition contradicts itself or the rules of names."""


class InvalidConfigDefinitionError(OpnbError):
    """A config schema holds something that is no type of config."""


class InvalidConfigError(OpnbError):
    """The config given does not fit the schema."""


class InvalidInvocationError(OpnbError):
    """An op was called with inputs that do not fit it."""


class InvalidPropertyError(OpnbError):
    """A property of the context is not available here."""


class InvariantViolationError(OpnbError):
    """An op did something that its definition rules out."""


class StepOutputNotFoundError(OpnbError):
    """A step ended without one of its required outputs.

    Args:
        step_key: The step that ended.
        output_name: The output that never came.
    """

    def __init__(
        self, message: str, *, step_key: str, output_name: str, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.step_key = step_key
        self.output_name = output_name


class TypeCheckDidNotPass(OpnbError):
    """A value failed the check of its declared type.

    Args:
        description: What the check said, if it said anything.
        metadata: What the check attached, by label.
    """

    def __init__(
        self,
        message: str,
        *,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.description = description
        self.metadata = metadata or {}


class TypeCheckError(OpnbError):
    """A type's check function raised; the cause is what it raised."""


class UnknownResourceError(OpnbError, AttributeError):
    """The context has no such resource."""


class InvalidSubsetError(OpnbError):
    """A selection of ops names none that there is."""


class UnknownPartitionError(OpnbError):
    """The job has no such partition."""


class MaxRetriesExceededError(OpnbError):
    """An op asked for one more retry than it may have."""


class CheckFailed(OpnbError):
    """Checks failed whose severity is "error" or "fatal", so the op did.

    Args:
        checks: The expectation results, in the order in which they came.
        headline: The message without the list of them.
        allow_retries: Whether the op's retry policy may try again: not after one that
            is fatal.
    """

    def __init__(
        self,
        message: str,
        *,
        checks: tuple[Any, ...],
        headline: str,
        allow_retries: bool,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.checks = checks
        self.headline = headline
        self.allow_retries = allow_retries


class CellError(OpnbError):
    """A `%%op` cell or a `%op` line is wrong; nothing of it has run."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone: the user's code is not to blame."""
        return [f"{type(self).__name__}: {self}"]


class HiddenStateError(CellError):
    """An op of a job reads a value that only the notebook has."""


class InvalidPythonicConfigDefinitionError(OpnbError):
    """A `Config` class has a field that config cannot be read into."""


class ConfigMappingFunctionError(OpnbError):
    """A function from config to config raised; the cause is what it raised."""


class ResourceFunctionError(OpnbError):
    """A resource could not be made; the cause is what its function raised."""


class LogError(OpnbError):
    """The event log cannot do what was asked."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone: the user's code is not to blame."""
        return [f"{type(self).__name__}: {self}"]


class LogAddressError(LogError):
    """An address names no log that opnb knows how to open."""


class ForeignLogError(LogError):
    """A file exists, and it is not an opnb log."""


class NewerLogError(LogError):
    """A log was written by a newer opnb."""


class LogWarning(UserWarning):
    """The log works, but not as well as it could where it is."""


class LogUnavailableError(LogError):
    """A log cannot be read or written now."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known names, or all if few.

    >>> did_you_mean("clena", ["clean", "load"])
    "Did you mean 'clean'?"
    >>> did_you_mean("x", [])
    'There is none yet.'
    """
    names = list(known)
    if not names:
        return "There is none yet."
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    shown = ", ".join(repr(known_name) for known_name in names[:8])
    rest = f" and {len(names) - 8} more" if len(names) > 8 else ""  # noqa: PLR2004
    return f"There is {shown}{rest}."
