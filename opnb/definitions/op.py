"""The op: a named unit of work, made from a function by `@op`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, overload

from opnb.definitions.in_out import In, Out
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.signature import (
    Parameters,
    read_outputs,
    read_parameters,
    verify_port_name,
)
from opnb.model.checks import shorten, verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import InvalidConfigError, InvalidDefinitionError


class ComputeFunction(Protocol):
    """Runs an op's code: takes the context and the inputs by name.

    It returns what user code returns: a value, an event, a generator or coroutine.
    """

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Run the code."""


@dataclass(frozen=True, slots=True)
class DecoratedFunction:
    """The compute function of an op that was made from a Python function."""

    fn: Callable[..., Any]
    parameters: Parameters

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Call the function as its signature asks."""
        named = dict(inputs)
        if self.parameters.config_type is not None:
            named["config"] = context.op_config
        if self.parameters.takes_context:
            return self.fn(context, **named)
        return self.fn(**named)

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it was written, outside of any run."""
        return self.fn(*args, **kwargs)


@dataclass(frozen=True, slots=True, eq=False)
class OpDefinition(Displayable):
    """A named unit of work: what it takes, what it puts out, and the code.

    Args:
        compute_fn: Called with the context and the inputs by name.
        name: Letters, digits and underscores.
        ins: The inputs by name.
        outs: The outputs by name.
        description: What it does, in words.
        config_schema: A `Config` class or a dict of fields; None if it has no config.
        required_resource_keys: The resources it uses.
        tags: Text by text.
        retry_policy: When it is tried again.
        code_version: Names the version of the code.
        pool: Accepted for Dagster's sake and kept; opnb has no pools.
        source: The code as it was written, where it came from a cell.
    """

    compute_fn: ComputeFunction
    name: str
    ins: Mapping[str, In] = field(default_factory=dict)
    outs: Mapping[str, Out] = field(default_factory=lambda: {"result": Out()})
    description: str | None = None
    config_schema: Any = None
    required_resource_keys: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    code_version: str | None = None
    pool: str | None = None
    source: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        verify_port_name(self.name, "an op")
        verify_type(self.retry_policy, RetryPolicy, "retry_policy", optional=True)
        object.__setattr__(self, "tags", _op_tags(self.tags))
        keys = frozenset(self.required_resource_keys or ())
        object.__setattr__(self, "required_resource_keys", keys)

    def __repr__(self) -> str:
        ins, outs = ", ".join(self.ins), ", ".join(self.outs)
        return f"OpDefinition({self.name!r}: {ins or '–'} → {outs or '–'})"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the op's code as a plain function: no run, nothing recorded."""
        invoke = getattr(self.compute_fn, "invoke", None)
        if invoke is None:
            raise InvalidDefinitionError(
                f"Op {self.name!r} was made without a function and cannot be called."
            )
        return invoke(*args, **kwargs)

    def resolve_config(self, given: Any) -> Any:
        """Return the config for a run: an instance of its class, or a dict.

        Raises:
            InvalidConfigError: It does not fit the schema, or there is none.
        """
        if self.config_schema is None:
            if given:
                raise InvalidConfigError(
                    f"Op {self.name!r} takes no config, it was given {shorten(given)}.",
                    hint="Declare it: config_schema={...}, or a parameter `config`.",
                )
            return given
        from opnb.definitions import config  # noqa: PLC0415 - pydantic at first use

        model = config.model_of_schema(self.config_schema, self.name)
        fitted = config.fit_config(model, given, self.name)
        if model is self.config_schema:
            return fitted
        return fitted.model_dump(by_alias=True)


@overload
def op(fn: Callable[..., Any]) -> OpDefinition: ...


@overload
def op(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...


def op(  # noqa: PLR0913 - Dagster's parameters
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Make an op of a function; with arguments or without.

    Inputs are the function's parameters; outputs are what it returns or yields; types
    come from the annotations. `ins` and `out` say more than a signature can. See
    `OpDefinition` for the rest; `version` is the old name of `code_version`.

    >>> @op
    ... def double(n: int) -> int:
    ...     return 2 * n
    >>> double
    OpDefinition('double': n → result)
    >>> double(4)
    8
    """

    def make(function: Callable[..., Any]) -> OpDefinition:
        op_name = name or _function_name(function)
        parameters = read_parameters(function, ins, op_name)
        return OpDefinition(
            DecoratedFunction(function, parameters),
            op_name,
            parameters.ins,
            read_outputs(function, out, op_name),
            description or inspect.getdoc(function),
            _schema(config_schema, parameters, op_name),
            frozenset(required_resource_keys or ()),
            tags or {},
            retry_policy,
            code_version or version,
            pool,
        )

    return make if fn is None else make(fn)


def _function_name(function: Callable[..., Any]) -> str:
    if not callable(function):
        raise InvalidDefinitionError(
            f"@op decorates a function, not {shorten(function)}.",
            hint="Name the arguments: @op(name='clean').",
        )
    name = getattr(function, "__name__", "")
    if name == "<lambda>":
        raise InvalidDefinitionError(
            "A lambda has no name that an op could take.",
            hint="Write a function, or give op(name=...).",
        )
    return name


def _schema(config_schema: Any, parameters: Parameters, op_name: str) -> Any:
    if config_schema is not None and parameters.config_type is not None:
        raise InvalidDefinitionError(
            f"Op {op_name!r} has both a config_schema and a parameter 'config'.",
            hint="Keep one of the two.",
        )
    if config_schema is None:
        return parameters.config_type
    from opnb.definitions import config  # noqa: PLC0415 - pydantic at first use

    config.model_of_schema(config_schema, op_name)
    return config_schema


def _op_tags(tags: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags as text by text; other values become JSON, as in Dagster."""
    return {
        verify_type(key, str, "a tag"): value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in (tags or {}).items()
    }
