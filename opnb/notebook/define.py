"""From a cell to an op: what its inputs and outputs are, and the definition."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from opnb.definitions.in_out import In, Out
from opnb.definitions.op import OpDefinition
from opnb.definitions.op import op as make_op
from opnb.definitions.retry_policy import Backoff, Jitter, RetryPolicy
from opnb.execution.step import InputValue
from opnb.model.errors import CellError, InvalidDefinitionError, did_you_mean
from opnb.notebook.body import CellBody
from opnb.notebook.compile import CellCode
from opnb.session import Produced, Session

OF_IPYTHON = frozenset(["In", "Out", "exit", "get_ipython", "open", "quit"])


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What the line of a `%%op` cell says.

    Args:
        name: The op's name; None for the def form.
        ins: Input → where it comes from (`op`, `op.output` or a name).
        outs: The outputs by hand; None to find them.
        infer: Whether inputs are found.
        run: Whether the op runs.
        memo: Whether outputs of an earlier run are put out again.
    """

    name: str | None
    ins: Mapping[str, str] = field(default_factory=dict)
    outs: tuple[str, ...] | None = None
    infer: bool = True
    run: bool = True
    config: Any = None
    partition: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    memo: bool = False


def policy_of(
    retries: int | None, delay: float | None, backoff: str | None, jitter: str | None
) -> RetryPolicy | None:
    """Return the retry policy that the options describe; None if they name none.

    Raises:
        CellError: A delay without `--retries`, or a policy that cannot be.
    """
    if retries is None:
        if delay is not None or backoff or jitter:
            raise CellError(
                "--delay, --backoff and --jitter say how to retry, not how often.",
                hint="Add --retries 3.",
            )
        return None
    try:
        return RetryPolicy(
            retries,
            delay,
            Backoff[backoff.upper()] if backoff else None,
            Jitter[jitter.upper().replace("-", "_")] if jitter else None,
        )
    except InvalidDefinitionError as error:
        raise CellError(error.message, hint="--retries 3 --delay 0.5") from None


def op_of_body(
    code: CellCode,
    options: CellOptions,
    source: str,
    ns: Mapping[str, Any],
    known: Session,
    config: Any = None,
) -> OpDefinition:
    """Return the op that a body is.

    Args:
        code: The compiled body.
        options: What the cell's first line says.
        source: The body as it was written.
        ns: The notebook's names.
        known: The session, whose outputs are inputs where the body reads them.
        config: The config that the first line gives.

    Raises:
        CellError: The options contradict the body.
        InvalidDefinitionError: The name cannot be an op's.
    """
    assert options.name is not None  # noqa: S101 - the body form has one
    outs = _outs(code, options)
    ins = _ins(code, options, ns, known)
    body = CellBody(code, options.name, tuple(ins), tuple(outs), ns)
    return OpDefinition(
        body,
        options.name,
        ins,
        outs,
        config_schema=_schema_of(config),
        tags=options.tags,
        retry_policy=options.retry_policy,
        code_version=code_hash(source),
        source=source,
    )


def code_hash(source: str) -> str:
    """Return a short hash of the code as written, blank ends aside."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _outs(code: CellCode, options: CellOptions) -> dict[str, Out]:
    if options.outs is not None:
        return {name: Out() for name in options.outs}
    if code.yields.unnamed:
        raise CellError(
            "The body yields an Output whose name is not written out.",
            hint="Name the outputs on the first line: --out first second.",
        )
    if code.yields.names:
        return {name: Out(is_required=sure) for name, sure in code.yields.names.items()}
    if code.returns:
        return {"result": Out()}
    assigned = [name for name in code.names.assigned if not name.startswith("_")]
    if assigned:
        return {name: Out(is_required=False) for name in assigned}
    return {"result": Out(is_required=False)} if code.has_value else {}


def _ins(
    code: CellCode, options: CellOptions, ns: Mapping[str, Any], known: Session
) -> dict[str, In]:
    names = list(options.ins)
    if options.infer:
        names += [
            name
            for name in code.names.reads
            if name in known.produced and name in ns and name not in options.ins
        ]
    return {name: In() for name in names}


def source_values(
    options: CellOptions, ns: Mapping[str, Any], known: Session
) -> dict[str, Any]:
    """Return what each `--in a=raw.orders` binds in the notebook.

    Raises:
        CellError: The source is unknown, or its value is gone.
    """
    values = {
        name: _value_of(source, ns, known)
        for name, source in options.ins.items()
        if source != name
    }
    for name in options.ins:
        if name not in values and name not in ns:
            raise CellError(
                f"--in {name}: the notebook has no {name!r}.",
                hint=near_name(name, ns) or "Run the cell that makes it.",
            )
    return values


def _value_of(source: str, ns: Mapping[str, Any], known: Session) -> Any:
    op_name, dot, output = source.partition(".")
    if op_name not in known.ops:
        if not dot and source in ns:
            return ns[source]
        raise CellError(
            f"--in …={source}: there is no op {op_name!r} in this session.",
            hint=did_you_mean(op_name, known.ops),
        )
    outs = known.ops[op_name].outs
    if not dot and len(outs) == 1:
        output = next(iter(outs))
    if output not in outs:
        raise CellError(
            f"--in …={source}: op {op_name!r} has no output {output!r}."
            if dot
            else f"--in …={source}: op {op_name!r} has {len(outs)} outputs.",
            hint=did_you_mean(output, outs) if dot else f"One of {', '.join(outs)}.",
        )
    return _latest(op_name, output, ns, known)


def _latest(op_name: str, output: str, ns: Mapping[str, Any], known: Session) -> Any:
    if output == "result" and op_name in known.results:
        return known.results[op_name]
    produced = known.produced.get(f"{op_name}.{output}")
    if produced is not None:
        alive = _alive(produced)
        if alive is not None:
            return alive
        if output in ns and produced.seen.is_value(ns[output]):
            return ns[output]
    raise CellError(
        f"The output {op_name}.{output} is not there: op {op_name!r} has not put it "
        "out in this session, or its value was let go.",
        hint=f"Run the cell of {op_name!r} again.",
    )


def _alive(produced: Produced) -> Any:
    reference = produced.seen.reference
    return None if reference is None else reference()


def near_name(name: str, ns: Mapping[str, Any], *more: str) -> str:
    """Return a sentence with the name that is nearest, or nothing if none is near.

    Args:
        name: What was written.
        ns: The notebook's names.
        more: Names that may be meant beside them.
    """
    users = [
        known for known in ns if not known.startswith("_") and known not in OF_IPYTHON
    ]
    near = difflib.get_close_matches(name, [*users, *more], n=1)
    return did_you_mean(name, near) if near else ""


def op_of_function(function: Any, options: CellOptions, source: str) -> OpDefinition:
    """Return the op of a cell in the def form, from its function or its `@op`.

    Raises:
        CellError: The options contradict the function.
    """
    made = function if isinstance(function, OpDefinition) else _made(function, options)
    outs = dict(made.outs)
    if options.outs is not None:
        if len(options.outs) != len(outs):
            raise CellError(
                f"--out names {len(options.outs)} outputs, op {made.name!r} has "
                f"{len(outs)}: {', '.join(outs)}.",
                hint="Declare them: @op(out={'first': Out(), 'second': Out()}).",
            )
        outs = dict(zip(options.outs, outs.values(), strict=True))
    return replace(
        made,
        outs=outs,
        tags={**made.tags, **options.tags},
        retry_policy=options.retry_policy or made.retry_policy,
        code_version=made.code_version or code_hash(source),
        source=source,
    )


def _made(function: Any, options: CellOptions) -> OpDefinition:
    if options.outs is not None and len(options.outs) > 1:
        return make_op(out={name: Out() for name in options.outs})(function)
    return make_op(function)


def inputs_by_parameter(op: OpDefinition, ns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values for the parameters of an op from the notebook's names.

    Raises:
        CellError: The notebook lacks one that has no default.
    """
    values: dict[str, Any] = {}
    for name, declared in op.ins.items():
        if name in ns:
            values[name] = ns[name]
        elif not declared.has_default and not declared.type.is_nothing:
            raise CellError(
                f"Op {op.name!r} takes {name!r}, and the notebook has no such name.",
                hint=f"{near_name(name, ns)} `--no-run` only registers the op.".strip(),
            )
    return values


def input_values(
    values: Mapping[str, Any],
    known: Session,
    options: CellOptions,
    fingerprint: Callable[[Any], str | None],
) -> dict[str, InputValue]:
    """Return what goes in, with the outputs that it is, or was before a change.

    Args:
        values: What goes in, by input.
        known: The session.
        options: What the cell's first line says.
        fingerprint: Tells a value by its content.
    """
    found: dict[str, InputValue] = {}
    for name, value in values.items():
        produced = _produced_as(value, name, options.ins.get(name, name), known)
        if produced is None:
            found[name] = InputValue(value)
            continue
        taken = fingerprint(value)
        change = produced.seen.change(value, taken)
        found[name] = InputValue(value, replace(produced.source, change=change), taken)
    return found


def _produced_as(value: Any, name: str, source: str, known: Session) -> Produced | None:
    """Return the output that a value is; else the one that its source means."""
    if source == name:
        # An op may be called as a name of the notebook is: only its result, which no
        # name holds, is known by the op's.
        meant, others = _produced(known, [name]), [f"{name}.result"]
    else:
        meant = _produced(known, [source, *_outputs_of(source, known)])
        others = [name]
    for produced in (*meant, *_produced(known, others)):
        if produced.seen.is_value(value):
            return produced
    return meant[0] if meant else None


def _produced(known: Session, names: Iterable[str]) -> list[Produced]:
    return [known.produced[name] for name in names if name in known.produced]


def _outputs_of(op_name: str, known: Session) -> list[str]:
    if op_name not in known.ops:
        return []
    return [f"{op_name}.{output}" for output in known.ops[op_name].outs]


def parse_config(text: str | None, ns: Mapping[str, Any]) -> Any:
    """Return the config that `--config` names: a name of the notebook, or JSON.

    Raises:
        CellError: It is neither.
    """
    if text is None:
        return None
    if text in ns:
        return ns[text]
    try:
        return json.loads(text)
    except ValueError:
        raise CellError(
            f"--config {text!r} is neither a name of the notebook nor JSON.",
            hint="""Write --config limits, or --config '{"rows": 10}'.""",
        ) from None


def _schema_of(config: Any) -> Any:
    """Return a schema that the config fits; where it is a dict, as its defaults."""
    if config is None:
        return None
    from opnb.definitions.config import (  # noqa: PLC0415 - pydantic at first use
        Config,
    )
    from opnb.definitions.config_types import Field  # noqa: PLC0415 - likewise

    if isinstance(config, Mapping):
        return {name: Field(Any, value) for name, value in config.items()}
    if isinstance(config, Config):
        return type(config)
    raise CellError(
        f"The config is of type {type(config).__name__}.",
        hint="It is a dict, or an instance of a Config class.",
    )
