"""The result of a check: an expectation result that knows the rows it failed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opnb.checks.rows import CheckedRows
from opnb.model.events import ExpectationResult, Severity


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class CheckResult(ExpectationResult):
    """What `check` returns; yield it, or log it.

    It is true if the check passed, so that `assert check(...)` says what it seems to.
    The log keeps no more of it than of any expectation result.
    """

    checked: CheckedRows | None = field()

    def __init__(
        self,
        success: bool,  # noqa: FBT001 - as its base
        label: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        severity: Severity | None = None,
        checked: CheckedRows | None = None,
    ) -> None:
        ExpectationResult.__init__(
            self, success, label, description, metadata, severity=severity
        )
        object.__setattr__(self, "checked", checked)

    def __bool__(self) -> bool:
        return self.success

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CheckResult):
            other = other.plain()
        return self.plain() == other

    __hash__ = None  # type: ignore[assignment]  # as of all that holds metadata

    def __repr__(self) -> str:
        return repr(self.plain())

    @property
    def failed_rows(self) -> Any:
        """The rows that failed, picked now from what the check was given as `rows`.

        Without `rows` the labels that pandas has for them, else their positions; None
        where the check was not about rows.
        """
        return None if self.checked is None else self.checked.failed_rows()

    def plain(self) -> ExpectationResult:
        """Return the expectation result without the rows."""
        return ExpectationResult(
            self.success,
            self.label,
            self.description,
            self.metadata,
            severity=self.severity,
        )
