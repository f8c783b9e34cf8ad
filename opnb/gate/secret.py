"""What is secret: parameters named like secrets, and their values wherever they show.

The kernel gets the value; what is printed and kept shows a mask in its place.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

MASK: Final = "••••"
# Shorter ones would be found within words that are none.
_SHORTEST: Final = 4
_SHORTEST_LINE: Final = 8
_WORDS: Final = (
    "password passwd passphrase pwd secret token apikey credential credentials "
    "privatekey accesskey authkey signingkey encryptionkey auth bearer dsn"
).split()
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_secret_name(name: str) -> bool:
    """Whether a parameter is named like a secret.

    >>> [is_secret_name(name) for name in ("api_key", "dbPassword", "AWS_SECRET_KEY")]
    [True, True, True]
    >>> [is_secret_name(name) for name in ("tokens_per_day", "author", "key")]
    [False, False, False]
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    if "per" in parts or parts[:1] == ["n"]:
        return False
    pairs = [first + second for first, second in pairwise(parts)]
    return any(part in _WORDS for part in (*parts, *pairs))


def masked(name: str, value: Any) -> Any:
    """Return a value as it may be shown: masked if its name says so, or one within it.

    >>> masked("db", {"host": "localhost", "password": "swordfish"})
    {'host': 'localhost', 'password': '••••'}
    """
    if is_secret_name(name):
        return MASK
    if isinstance(value, Mapping):
        return {key: masked(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked("", each) for each in value]
    return value


def secret_texts(name: str, value: Any) -> Iterator[str]:
    """Yield the texts within a value that are secret; numbers as they are written."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from secret_texts(name if is_secret_name(name) else str(key), each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from secret_texts(name, each)
    elif is_secret_name(name) and not isinstance(value, bool | None):
        yield str(value)


class Masker:
    """Puts the mask in the place of secret texts.

    Args:
        secrets: The texts; each line of one that is long is secret, too.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        texts = {text for text in secrets if len(text) >= _SHORTEST}
        for text in list(texts):
            lines = text.splitlines()
            texts.update(line for line in lines if len(line) >= _SHORTEST_LINE)
        forms = {form for text in texts for form in _forms(text)}
        longest_first = sorted(forms, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(pattern) if pattern else None

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def _text_or_json(self, text: str) -> str:
        """Return a text without the secrets; JSON stays JSON, as the lines of cards."""
        if text.startswith("{") and text != self.text(text):
            try:
                return json.dumps(self.tree(json.loads(text)), ensure_ascii=False)
            except ValueError:
                return self.text(text)
        return self.text(text)

    def tree(self, value: Any) -> Any:
        """Return JSON without the secrets, in texts and in names."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._text_or_json(value)
        if isinstance(value, Mapping):
            masked = {self.text(str(k)): self.tree(v) for k, v in value.items()}
            return type(value)(masked)  # type: ignore[call-arg]  # a dict of some kind
        if isinstance(value, list):
            return [self.tree(each) for each in value]
        return value


def _forms(text: str) -> set[str]:
    """Return how a text is written: as it is, in HTML, in JSON and in Python."""
    return {
        text,
        html.escape(text),
        html.escape(text, quote=False),
        html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
    }
