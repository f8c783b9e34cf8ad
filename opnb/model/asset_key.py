"""The name of an asset: a path of parts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from opnb.model.checks import shorten
from opnb.model.displayable import Displayable
from opnb.model.errors import ParameterCheckError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, order=True, init=False)
class AssetKey(Displayable):
    """Names an asset by a path, such as `AssetKey(["sales", "orders"])`.

    A plain string is one part, slashes and all: Dagster's rule. Events are looser
    with strings, see `AssetKey.of_event`.

    >>> AssetKey("orders").to_user_string()
    'orders'
    >>> AssetKey(["sales", "orders"]).has_prefix(["sales"])
    True
    """

    path: tuple[str, ...]

    def __init__(self, path: str | Sequence[str]) -> None:
        parts = (path,) if isinstance(path, str) else path
        if not isinstance(parts, list | tuple) or not all(
            isinstance(part, str) for part in parts
        ):
            raise ParameterCheckError(
                f"'path' must be str or list of str, not {shorten(path)}",
                hint="AssetKey('sales').",
            )
        object.__setattr__(self, "path", tuple(parts))

    def __repr__(self) -> str:
        return f"AssetKey({list(self.path)!r})"

    def __str__(self) -> str:
        return repr(self)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the path."""
        return self.path

    def to_user_string(self) -> str:
        """Join the parts with slashes."""
        return "/".join(self.path)

    def to_escaped_user_string(self) -> str:
        r"""Join the parts with slashes; a slash within a part gets a backslash.

        >>> AssetKey(["a/b", "c"]).to_escaped_user_string()
        'a\\/b/c'
        """
        escaped = (re.sub(r"([\\/])", r"\\\1", part) for part in self.path)
        return "/".join(escaped)

    def to_string(self) -> str:
        """Return the parts as a JSON list."""
        return json.dumps(list(self.path))

    def to_db_string(self) -> str:
        """Return the parts as a JSON list, under Dagster's other name."""
        return self.to_string()

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """Join the parts by double underscores; `-` and `.` become single ones."""
        parts = [*self.path, suffix] if suffix is not None else self.path
        return re.sub(r"[-.]", "_", "__".join(parts))

    def has_prefix(self, prefix: str | Sequence[str]) -> bool:
        """Tell whether the path starts with these parts; a string is one part."""
        front = (prefix,) if isinstance(prefix, str) else tuple(prefix)
        return self.path[: len(front)] == front

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """Return a key with these parts in front."""
        front = (prefix,) if isinstance(prefix, str) else tuple(prefix)
        return AssetKey([*front, *self.path])

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """Split on every slash."""
        return AssetKey(text.split("/"))

    @staticmethod
    def from_escaped_user_string(text: str) -> AssetKey:
        r"""Split on every slash that has no backslash before it.

        >>> AssetKey.from_escaped_user_string(r"a\/b/c")
        AssetKey(['a/b', 'c'])
        """
        parts = re.findall(r"(?:^|/)((?:\\.|[^\\/])*)", text, flags=re.DOTALL)
        return AssetKey([re.sub(r"\\(.)", r"\1", part) for part in parts])

    @staticmethod
    def from_db_string(text: str | None) -> AssetKey | None:
        """Read the parts from a JSON list; other text as events do.

        >>> AssetKey.from_db_string('["sales", "orders"]')
        AssetKey(['sales', 'orders'])
        """
        if not text:
            return None
        return AssetKey(json.loads(text)) if text[0] == "[" else AssetKey.of_event(text)

    @staticmethod
    def from_coercible(key: AssetKey | str | Sequence[str]) -> AssetKey:
        """Return the key itself, or that of its parts; a string is one part."""
        return key if isinstance(key, AssetKey) else AssetKey(key)

    @staticmethod
    def of_event(key: AssetKey | str | Sequence[str]) -> AssetKey:
        """Read the key given to an event, splitting a string as Dagster does.

        A string is split on every character but ASCII letters, digits and
        underscores. Where Dagster drops all of a string such as `"é"` and leaves an
        empty key, the string is kept as one part.

        >>> AssetKey.of_event("s3://bucket/x.csv")
        AssetKey(['s3', 'bucket', 'x', 'csv'])
        """
        if isinstance(key, str):
            return _key_of_text(key)
        read = AssetKey.from_coercible(key)
        return read if read.path else _refuse_empty(key)


# An op that observes in a loop names the same few assets again and again.
@lru_cache(maxsize=1024)
def _key_of_text(text: str) -> AssetKey:
    parts = [part for part in re.split(r"[^A-Za-z0-9_]+", text) if part]
    if not parts and not text.strip():
        _refuse_empty(text)
    return AssetKey(parts or [text])


def _refuse_empty(key: object) -> NoReturn:
    raise ParameterCheckError(
        f"An asset key cannot be empty: {key!r}",
        hint="Name the asset, such as 'orders' or 'sales/orders'.",
    )
