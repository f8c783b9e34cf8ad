"""The op: a named unit of work, made from a function by `@op`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, overload

from opnb.definitions.function_hints import function_name
from opnb.definitions.in_out import In, Out
from opnb.definitions.invocation import Invocable
from opnb.definitions.retry_policy import RetryPolicy
from opnb.definitions.signature import (
    Parameters,
    read_outputs,
    read_parameters,
    read_returns,
    verify_port_name,
)
from opnb.definitions.tags import normalize_tags
from opnb.model.checks import verify_type
from opnb.model.displayable import Displayable
from opnb.model.errors import InvalidDefinitionError


class ComputeFunction(Protocol):
    """Runs an op's code: takes the context and the inputs by name.

    It returns what user code returns: a value, an event, a generator or coroutine.
    """

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Run the code."""


@dataclass(frozen=True, slots=True)
class DecoratedFunction:
    """The compute function of an op that was made from a Python function.

    Args:
        fn: The function.
        parameters: What its parameters are for.
        returns: Whether the annotation says that an output is returned as an `Output`;
            an output of which it says nothing is missing.
    """

    fn: Callable[..., Any]
    parameters: Parameters
    returns: Mapping[str, bool] = field(default_factory=dict)

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Call the function as its signature asks."""
        named = dict(inputs)
        if self.parameters.config_type is not None:
            named["config"] = context.fitted_config
        for name in self.parameters.resource_names:
            named[name] = getattr(context.resources, name)
        if self.parameters.takes_context:
            return self.fn(context, **named)
        return self.fn(**named)


@dataclass(frozen=True, slots=True, eq=False)
class OpDefinition(Invocable, Displayable):
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
        object.__setattr__(self, "tags", normalize_tags(self.tags))
        keys = frozenset(self.required_resource_keys or ())
        object.__setattr__(self, "required_resource_keys", keys)

    def __repr__(self) -> str:
        ins, outs = ", ".join(self.ins), ", ".join(self.outs)
        return f"OpDefinition({self.name!r}: {ins or '–'} → {outs or '–'})"

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> OpDefinition:
        """Return the same op with its config given, or made of simpler config.

        Args:
            config_or_config_fn: The config, or a function that makes it.
            name: What the op is called; by the same name if not given.
            config_schema: What the function takes; any if None.
            description: What it does, in words.
        """
        from opnb.definitions.config_mapping import (  # noqa: PLC0415 - pydantic at first use
            configured_schema,
        )

        schema = configured_schema(
            self.config_schema, config_or_config_fn, config_schema
        )
        return replace(
            self,
            name=name or self.name,
            config_schema=schema,
            description=description or self.description,
        )

    @property
    def input_dict(self) -> Mapping[str, In]:
        """The inputs by name, by Dagster's other word."""
        return self.ins

    @property
    def output_dict(self) -> Mapping[str, Out]:
        """The outputs by name, by Dagster's other word."""
        return self.outs

    @property
    def positional_inputs(self) -> Sequence[str]:
        """The inputs that a call may give by position, in their order."""
        if isinstance(self.compute_fn, DecoratedFunction):
            return self.compute_fn.parameters.positions
        return list(self.ins)


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
        op_name = name or function_name(function, "@op")
        parameters = read_parameters(function, ins, op_name)
        outs = read_outputs(function, out, op_name)
        returns = read_returns(function, outs, op_name)
        return OpDefinition(
            DecoratedFunction(function, parameters, returns),
            op_name,
            parameters.ins,
            outs,
            description or inspect.getdoc(function),
            _schema(config_schema, parameters, op_name),
            frozenset(required_resource_keys or ()) | parameters.resource_names,
            tags or {},
            retry_policy,
            code_version or version,
            pool,
        )

    return make if fn is None else make(fn)


def _schema(config_schema: Any, parameters: Parameters, op_name: str) -> Any:
    if config_schema is not None and parameters.config_type is not None:
        raise InvalidDefinitionError(
            f"Op {op_name!r} has both a config_schema and a parameter 'config'.",
            hint="Keep one of the two.",
        )
    if config_schema is None:
        return parameters.config_type
    from opnb.definitions.config_schema import (  # noqa: PLC0415 - pydantic at first use
        verify_config_schema,
    )

    verify_config_schema(config_schema, op_name)
    return config_schema
