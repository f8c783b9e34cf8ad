"""What a value is, told in plain JSON and in the same words for Dagster and for opnb.

Classes are told apart by their names, a library's prefix dropped, and shown by the
attributes that a program may read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

_ASSET_EVENT = ("asset_key", "description", "metadata", "partition", "tags")

# The attributes that tell one object of a class from another.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "AssetKey": ("path",),
    "AssetMaterialization": _ASSET_EVENT,
    "AssetObservation": _ASSET_EVENT,
    "DataVersion": ("value",),
    "DynamicOutput": ("value", "mapping_key", "output_name", "metadata"),
    "ExpectationResult": ("success", "label", "description", "metadata"),
    "Failure": ("description", "metadata", "allow_retries"),
    "HookExecutionResult": ("hook_name", "is_skipped"),
    "Output": ("value", "output_name", "metadata", "tags", "data_version"),
    "RetryPolicy": ("max_retries", "delay", "backoff", "jitter"),
    "RetryRequested": ("max_retries", "seconds_to_wait"),
    "TypeCheck": ("success", "description", "metadata"),
    "UserFailureData": ("label", "description", "metadata"),
    "TableColumn": ("name", "type", "description", "constraints", "tags"),
    "TableColumnConstraints": ("nullable", "unique", "other"),
    "TableColumnDep": ("asset_key", "column_name"),
    "TableColumnLineage": ("deps_by_column",),
    "TableConstraints": ("other",),
    "TableRecord": ("data",),
    "TableSchema": ("columns", "constraints"),
    "JobMetadataValue": ("job_name", "location_name", "repository_name"),
    "PythonArtifactMetadataValue": ("module", "name"),
    "TableMetadataValue": ("records", "schema"),
    "UrlCodeReference": ("url", "label"),
    "LocalFileCodeReference": ("file_path", "line_number", "label"),
    "CodeReferencesMetadataValue": ("code_references",),
}


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def plain_name(kind: type) -> str:
    """Return the name of a class, less the prefix that its library gives it."""
    return kind.__name__.removeprefix("Dagster").removeprefix("Opnb")


def describe(value: Any) -> Any:
    """Return what can be written as JSON, the same for equal values of either side."""
    if isinstance(value, Enum):
        return f"{plain_name(type(value))}.{value.name}"
    if value is None or isinstance(value, bool | int | float | str):
        return _describe_scalar(value)
    name = plain_name(type(value))
    if name in _ATTRIBUTES:
        return {name: _attributes(value, _ATTRIBUTES[name])}
    if name.endswith("MetadataValue"):
        return {name: describe(value.value)}
    return _describe_container(value)


def _describe_scalar(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    number = float(value)  # a subclass, such as numpy's, is no other number
    return number if math.isfinite(number) else {"float": repr(number)}


def _attributes(value: Any, names: tuple[str, ...]) -> Any:
    told = {name: describe(_thawed(name, getattr(value, name))) for name in names}
    return told if len(names) > 1 else told[names[0]]


def _thawed(name: str, value: Any) -> Any:
    # What opnb freezes in a tuple, such as the parts of a key, Dagster has in a list;
    # the values of the user's are left as they are.
    if name == "deps_by_column":
        return {column: list(deps) for column, deps in value.items()}
    return list(value) if name != "value" and type(value) is tuple else value


def _describe_container(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): describe(item) for key, item in value.items()}
    if isinstance(value, list):
        return [describe(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [describe(item) for item in value]}
    if isinstance(value, set | frozenset):
        return {"set": sorted(map(repr, value))}
    return _describe_object(value)


def _describe_object(value: Any) -> Any:
    if isinstance(value, BaseException):
        return {"exception": describe_error(value)}
    if isinstance(value, type):
        return {"class": plain_name(value)}
    return f"<{plain_name(type(value))}>"


def describe_error(error: BaseException) -> str:
    """Return the class of an error; with its text where a user has written it."""
    kind = type(error)
    name = plain_name(kind)
    library = kind.__module__.partition(".")[0]
    if name == "ParameterCheckError":  # a CheckError: which one it is, differs at times
        return "CheckError"
    if name == "Failure" or (library in ("builtins", "parity") and str(error)):
        return _UUID.sub("<id>", f"{name}: {error}")
    return name
