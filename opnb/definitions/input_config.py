"""Values for inputs, given by run config."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opnb.definitions.config_problem import ConfigDoesNotFit, Problem
from opnb.definitions.type_check import OpTypeKind
from opnb.model.checks import shorten

if TYPE_CHECKING:
    from opnb.definitions.type_check import OpType

_KINDS_OF_CONFIG = (OpTypeKind.SCALAR, OpTypeKind.LIST, OpTypeKind.NULLABLE)


def input_value(kind: OpType, given: Any) -> Any:
    """Return the value that is meant for an input.

    It is given as it is, as `{"value": it}`, or as `{"json": {"path": ...}}` or
    `{"pickle": {"path": ...}}`, the file that holds it.

    Raises:
        ConfigDoesNotFit: It is not of the input's type, or cannot be read.
    """
    if kind.loader is not None:
        return _loaded(kind, given)
    if kind.kind is not OpTypeKind.ANY and kind.typing_type is dict:
        return given  # a dict says nothing about itself
    if kind.kind not in _KINDS_OF_CONFIG:
        return _unwrapped(given)
    for value in _readings(given):
        if kind.type_check(None, value).success:
            return value
        if kind.name == "Float" and type(value) is int:
            return float(value)
    raise ConfigDoesNotFit([Problem((), f"must be {kind.name}, not {shorten(given)}")])


def _readings(given: Any) -> list[Any]:
    """Return what may be meant, the plainest first."""
    if isinstance(given, list):
        return [given, [_unwrapped(item) for item in given]]
    unwrapped = _unwrapped(given)
    return [given] if unwrapped is given else [given, unwrapped]


def _unwrapped(given: Any) -> Any:
    if not isinstance(given, Mapping) or len(given) != 1:
        return given
    ((form, held),) = given.items()
    if form == "value":
        return held
    if (
        form in ("json", "pickle")
        and isinstance(held, Mapping)
        and list(held) == ["path"]
    ):
        return _read(form, held["path"])
    return given


def _read(form: str, path: str) -> Any:
    try:
        if form == "json":
            return json.loads(Path(path).read_text(encoding="utf-8"))
        # The user names the file, as with `pickle.load` in a cell.
        return pickle.loads(Path(path).read_bytes())  # noqa: S301
    except (OSError, ValueError, pickle.UnpicklingError) as error:
        text = f"{path!r} cannot be read as {form}: {type(error).__name__}"
        raise ConfigDoesNotFit([Problem((), text)]) from error


def _loaded(kind: OpType, given: Any) -> Any:
    from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
        schema_of,
    )

    loader = kind.loader
    assert loader is not None  # noqa: S101 - the caller looked
    fitted = schema_of(loader.schema_type).fit(given)
    return loader.construct_from_config_value(None, fitted)
