"""A pydantic model held to each row: one expectation result a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opnb.checks.libraries import is_of
from opnb.checks.rows import ROWS_SAMPLED
from opnb.model.check_facts import row_counts
from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError
from opnb.model.events import ExpectationResult
from opnb.model.metadata import MetadataValue, TableMetadataValue

_EXTRA: Final = "extra_forbidden"


def results_of(model: Any, data: Any) -> Iterator[ExpectationResult]:
    """Yield a result for each field, and for what is wrong of rows as a whole."""
    if not isinstance(model, type):
        raise ParameterCheckError(
            f"checks_from takes the model, not one of it: {shorten(model)}",
            hint=f"checks_from({type(model).__name__}, rows).",
        )
    rows = _rows_of(data)
    found = _problems(model, rows)
    for name, label in _labels(model, found).items():
        yield _result(label, found.get(name, []), len(rows))


def _rows_of(data: Any) -> list[Any]:
    if is_of(data, "pandas", "DataFrame"):
        # What is missing is None to a model, not NaN.
        cells = data.astype(object).where(data.notna(), None)
        rows: list[Any] = cells.to_dict("records")
        return rows
    for to_rows in ("to_dicts", "to_pylist"):  # of polars, of pyarrow
        if hasattr(data, to_rows):
            return [*getattr(data, to_rows)()]
    if isinstance(data, list | tuple):
        return list(data)
    raise ParameterCheckError(
        f"checks_from takes rows as a DataFrame or a list, not {shorten(data)}",
        hint="checks_from(Model, [{'id': 1}, {'id': 2}]).",
    )


def _problems(model: Any, rows: list[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what is wrong by field; under no name what is wrong of a whole row."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - slow to load

    found: dict[str, list[dict[str, Any]]] = {}
    names = {field.alias: name for name, field in model.model_fields.items()}
    try:
        TypeAdapter(list[model]).validate_python(rows)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False):
            row, *place = problem["loc"]
            name = "" if not place else str(names.get(place[0], place[0]))
            if problem["type"] == _EXTRA and len(place) == 1:
                name = _EXTRA
            found.setdefault(name, []).append(
                {"row": row, "value": problem["input"], "why": problem["msg"]}
            )
    return found


def _labels(model: Any, found: dict[str, Any]) -> dict[str, str]:
    name = model.__name__
    labels = {field: f"{name}: {field}" for field in model.model_fields}
    if model.model_config.get("extra") == "forbid":
        labels[_EXTRA] = f"{name}: no other fields"
    if model.__pydantic_decorators__.model_validators or "" in found:
        labels[""] = f"{name}: the row as a whole"
    return labels | {field: f"{name}: {field}" for field in found.keys() - labels}


def _result(label: str, problems: list[dict[str, Any]], rows: int) -> ExpectationResult:
    failed = len({problem["row"] for problem in problems})
    told: dict[str, Any] = row_counts(failed, rows)
    if problems:
        told["sample"] = _sample(problems, failed)
    return ExpectationResult(not problems, label, metadata=told)


def _sample(problems: list[dict[str, Any]], failed: int) -> MetadataValue:
    return TableMetadataValue(problems[:ROWS_SAMPLED], row_count=failed)
