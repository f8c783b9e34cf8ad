"""The key of a run: a digest of all that its outputs may depend on."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opnb.memo.content import digest_of
from opnb.memo.files import states_of
from opnb.memo.refusal import RefusedError

# Grows when what is kept changes its form.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunKey:
    """What a run depends on, each part by its digest.

    Args:
        op_name: The op.
        code: The cell as it was written, with what its first line says.
        values: What goes in and what is read, by words such as `input 'orders'`.
    """

    op_name: str
    code: str
    values: Mapping[str, Any] = field(repr=False)
    _digests: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    _texts: set[str] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        self._digests.update(self._digests_now(self._texts))

    def _digests_now(self, texts: set[str] | None = None) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for what, value in self.values.items():
            try:
                found[what] = digest_of(value, texts)
            except RefusedError as refused:
                raise RefusedError(f"{what}: {refused}") from refused
        return found

    def verify_unchanged(self) -> None:
        """Look again at the values, after the run.

        Raises:
            RefusedError: The run changed one in place: to skip it would not.
        """
        now = self._digests_now()
        for what, digest in self._digests.items():
            if now[what] != digest:
                raise RefusedError(f"{what} was changed in place")

    @property
    def hex(self) -> str:
        """The key as text, with the files that texts name as they are now."""
        parts = (
            FORMAT,
            platform.python_implementation(),
            platform.python_version(),
            self.op_name,
            self.code,
            sorted(self._digests.items()),
            str(Path.cwd()),  # what relative paths begin with
            states_of(self._texts),
        )
        whole = repr(parts).encode("utf-8", "backslashreplace")
        return hashlib.blake2b(whole, digest_size=20).hexdigest()
