"""Tags of ops, jobs and runs: text by text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from opnb.model.checks import shorten, verify_type
from opnb.model.errors import InvalidDefinitionError


def normalize_tags(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags as text by text; other values become JSON, as in Dagster.

    Raises:
        ParameterCheckError: It is no mapping, or a key is no text.
        InvalidDefinitionError: A value is neither text nor JSON.
    """
    if not tags:
        return {}
    verify_type(tags, Mapping, "tags")
    return {
        verify_type(key, str, "a tag"): _text(key, value) for key, value in tags.items()
    }


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        raise InvalidDefinitionError(
            f"The tag {key!r} has a value that is no JSON: {shorten(value)}",
            hint="str(value).",
        ) from None
