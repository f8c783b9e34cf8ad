"""Where code is, as metadata: a place in a file, or an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from opnb.model.checks import verify_type
from opnb.model.metadata import MetadataValue


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFileCodeReference:
    """A place in a file.

    Args:
        file_path: The path of the file.
        line_number: The line, if it is one.
        label: What is there, in words.
    """

    file_path: str
    line_number: int | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.file_path, str, "file_path", hint="str(path).")
        verify_type(self.line_number, int, "line_number", optional=True)
        verify_type(self.label, str, "label", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlCodeReference:
    """A place on the web.

    Args:
        url: Its address.
        label: What is there, in words.
    """

    url: str
    label: str | None = None

    def __post_init__(self) -> None:
        verify_type(self.url, str, "url")
        verify_type(self.label, str, "label", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReferencesMetadataValue(MetadataValue):
    """Where the code is that made something.

    Args:
        code_references: Places in files and on the web.
    """

    kind: ClassVar[str] = "code_references"
    code_references: Sequence[LocalFileCodeReference | UrlCodeReference]

    def __post_init__(self) -> None:
        given = verify_type(self.code_references, (list, tuple), "code_references")
        for reference in given:
            verify_type(
                reference,
                (LocalFileCodeReference, UrlCodeReference),
                "code_references",
                hint="LocalFileCodeReference(file_path='load.py', line_number=3).",
            )
        object.__setattr__(self, "code_references", tuple(given))

    @property
    def value(self) -> CodeReferencesMetadataValue:
        """Itself: the references."""
        return self
