"""The config of an op that runs by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opnb.definitions.op import OpDefinition


def resolve_op_config(op: OpDefinition, given: Any = None) -> Any:
    """Return the config given to an op, fitted to its schema.

    Without a schema an op takes whatever it is given.

    Args:
        op: Whose config it is.
        given: A dict, a `Config`, or what else the schema takes; None for none.

    Raises:
        InvalidConfigError: It does not fit; the message names every path.
    """
    if op.config_schema is None:
        return given
    from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
        fit_config,
    )

    return fit_config(op.config_schema, given, f"op {op.name!r}")


def as_plain_config(config: Any) -> Any:
    """Return config as Dagster's `context.op_config` gives it: a `Config` is a dict."""
    dump = getattr(config, "model_dump", None)
    return config if dump is None else dump()


def config_digests(config: Any) -> dict[str, str] | None:
    """Return each field of a config with a digest, by which a change can be told.

    Nothing is shown of the values themselves; None where they cannot be told apart.
    """
    if config is None:
        return None
    try:
        plain = as_plain_config(config)
        fields = plain if isinstance(plain, Mapping) else {"": plain}
        return {str(name): _digest(value) for name, value in fields.items()}
    except Exception:  # noqa: BLE001 - the op runs whatever its config is like
        return None


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=lambda part: type(part).__name__)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
