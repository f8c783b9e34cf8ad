"""Random graphs of ops that end in random ways, as plain JSON, and jobs made of them.

A graph is a list of parts, each wired to parts before it. A part is an op; a graph of
two ops; or an op of dynamic outputs with one that each is mapped to and one that takes
them all. Ops add the numbers that come in, and one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from parity.harness import Program, Run

# How an op may end; see `_ENDINGS`.
CALM = ("value", "output", "events")
ROUGH = (
    *("failure", "exception", "late", "retry", "policy", "stubborn"),
    *("skip", "wrong", "missing", "unknown"),
)
ROW = "random graphs"


@st.composite
def graphs(draw: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Draw a graph of one to eight parts."""
    size = draw(st.sampled_from(range(8, 0, -1)))
    names = draw(st.permutations("abcdefgh"))[:size]
    parts: list[dict[str, Any]] = []
    for name in names:
        parts.append(draw(_parts(name, parts)))
    return parts


@st.composite
def _parts(draw: Any, name: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["op"] * 6 + ["graph", "dynamic"]))
    part = {"kind": kind, "name": name, "ending": draw(_endings)}
    if kind == "op":
        part["outs"] = draw(st.lists(_outs, min_size=1, max_size=2))
        part["ins"] = draw(_inputs(before, at_most=3))
        part["retries"] = draw(st.integers(0, 2))
        return part
    part["outs"] = [{"type": "any", "required": True}]
    part["ins"] = draw(_inputs(before, at_most=1, kinds=("value",)))
    part["count"] = draw(st.integers(0, 3))
    part["required"] = draw(st.booleans())
    return part


_endings = st.one_of(st.sampled_from(CALM), st.sampled_from(CALM + ROUGH))
_outs = st.fixed_dictionaries(
    {"type": st.sampled_from(["any", "int", "nothing"]), "required": st.booleans()}
)


@st.composite
def _inputs(
    draw: Any,
    before: list[dict[str, Any]],
    at_most: int,
    kinds: tuple[str, ...] = ("value", "value", "list", "after"),
) -> list[dict[str, Any]]:
    every = [
        (number, out, declared["type"])
        for number, part in enumerate(before)
        for out, declared in enumerate(part["outs"])
    ]
    inputs = []
    for _ in range(draw(st.integers(0, at_most))):
        kind = draw(st.sampled_from(kinds))
        fitting = [o[:2] for o in every if kind == "after" or o[2] != "nothing"]
        if fitting:
            most = 1 if kind == "value" else 3
            one = st.sampled_from(fitting)
            sources = draw(st.lists(one, min_size=1, max_size=most, unique=True))
            inputs.append({"kind": kind, "from": [list(source) for source in sources]})
    return inputs


def skips_behind_a_failure(graph: list[dict[str, Any]], observed: Any) -> bool:
    """Tell whether a part was skipped that a failure is behind as well.

    Dagster tells such a skip late, and waits for ever where no step is left to run.
    """
    nodes = observed["nodes"]
    return any(
        nodes[_first_node(part)]["state"] == ["skipped"]
        and nodes[_last_node(graph[source])]["state"] == ["untouched"]
        for part in graph
        for given in part["ins"]
        for source, _ in given["from"]
    )


def _first_node(part: Mapping[str, Any]) -> str:
    name = part["name"]
    within = {"op": name, "graph": f"{name}.{name}_first", "dynamic": f"{name}_spread"}
    return within[part["kind"]]


def _last_node(part: Mapping[str, Any]) -> str:
    name = part["name"]
    within = {"op": name, "graph": f"{name}.{name}_second", "dynamic": f"{name}_gather"}
    return within[part["kind"]]


def program_of(name: str, graph: list[dict[str, Any]]) -> Program:
    """Return the program that runs a graph."""
    return Program(name, ROW, lambda dg: Run(job_of_graph(dg, graph)))


def job_of_graph(dg: Any, graph: list[dict[str, Any]]) -> Any:
    """Return the job that a graph tells of."""
    makers = {"op": _wire_op, "graph": _wire_graph, "dynamic": _wire_dynamic}
    made = [_definitions(dg, part) for part in graph]

    @dg.job(name="job")
    def job() -> None:
        outputs: list[list[Any]] = []
        for part, definitions in zip(graph, made, strict=True):
            inputs = {
                f"{given['kind']}_{number}": _sources(given, outputs)
                for number, given in enumerate(part["ins"])
            }
            outputs.append(makers[part["kind"]](definitions, inputs))

    return job


def _sources(given: Mapping[str, Any], outputs: list[list[Any]]) -> Any:
    sources = [outputs[part][out] for part, out in given["from"]]
    return sources[0] if given["kind"] == "value" else sources


def _wire_op(definitions: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[Any]:
    made = definitions["op"](**inputs)
    return list(made) if isinstance(made, tuple) else [made]


def _wire_graph(definitions: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[Any]:
    return [definitions["graph"](**inputs)]


def _wire_dynamic(
    definitions: Mapping[str, Any], inputs: Mapping[str, Any]
) -> list[Any]:
    each = definitions["spread"](**inputs).map(definitions["each"])
    return [definitions["gather"](each.collect())]


def _definitions(dg: Any, part: Mapping[str, Any]) -> dict[str, Any]:
    if part["kind"] == "op":
        return {"op": _op(dg, part["name"], part["ins"], part)}
    single = {"outs": part["outs"], "ending": "value", "retries": 0}
    rough = {**single, "ending": part["ending"], "retries": 1}
    one = [{"kind": "value"}]
    if part["kind"] == "dynamic":
        return {
            "spread": _spread(dg, part),
            "each": _op(dg, f"{part['name']}_each", one, rough),
            "gather": _op(dg, f"{part['name']}_gather", [{"kind": "list"}], single),
        }
    return {"graph": _nested(dg, part, single, rough)}


def _nested(dg: Any, part: Mapping[str, Any], single: Any, rough: Any) -> Any:
    first = _op(dg, f"{part['name']}_first", part["ins"], rough)
    second = _op(dg, f"{part['name']}_second", [{"kind": "value"}], single)
    if not part["ins"]:

        @dg.graph(name=part["name"])
        def without_input() -> Any:
            return second(first())

        return without_input

    @dg.graph(name=part["name"])
    def with_input(value_0: Any) -> Any:
        return second(first(value_0))

    return with_input


def _spread(dg: Any, part: Mapping[str, Any]) -> Any:
    @dg.op(
        name=f"{part['name']}_spread",
        ins=_declared_inputs(dg, part["ins"]),
        out=dg.DynamicOut(is_required=part["required"]),
    )
    def body(**given):
        for number in range(part["count"]):
            yield dg.DynamicOutput(number + _total(given), f"k{number}")

    return body


def _op(dg: Any, name: str, inputs: Any, told: Mapping[str, Any]) -> Any:
    policy = dg.RetryPolicy(told["retries"]) if told["ending"] == "policy" else None
    names = [f"out_{number}" for number in range(len(told["outs"]))]
    options = {
        "name": name,
        "ins": _declared_inputs(dg, inputs),
        "out": {
            out: dg.Out(
                _type_of(dg, declared["type"]), is_required=declared["required"]
            )
            for out, declared in zip(names, told["outs"], strict=True)
        },
        "retry_policy": policy,
    }
    ending = _ENDINGS[told["ending"]]
    return dg.op(**options)(ending(dg, told))


def _declared_inputs(dg: Any, inputs: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        f"{given['kind']}_{number}": dg.In(dg.Nothing)
        if given["kind"] == "after"
        else dg.In()
        for number, given in enumerate(inputs)
    }


def _type_of(dg: Any, name: str) -> Any:
    return {"any": dg.Any, "int": int, "nothing": dg.Nothing}[name]


def _total(given: Mapping[str, Any]) -> int:
    """Return the sum of the numbers that came in, and one."""
    return 1 + sum(
        sum(_number(item) for item in value)
        if isinstance(value, list)
        else _number(value)
        for value in given.values()
    )


def _number(value: Any) -> int:
    # Numbers double from op to op at worst; they shall stay short.
    return value % 1000 if isinstance(value, int) else 0


def _values(told: Mapping[str, Any], given: Mapping[str, Any]) -> list[Any]:
    """Return a value for each output, None for those of Nothing."""
    return [
        None if declared["type"] == "nothing" else _total(given) + number
        for number, declared in enumerate(told["outs"])
    ]


def _returned(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)


def _outputs(
    dg: Any, told: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[Any]:
    """Yield the outputs that carry a value."""
    for number, value in enumerate(_values(told, given)):
        if value is not None:
            yield dg.Output(value, f"out_{number}")


def _value(_dg: Any, told: Any) -> Any:
    def body(**given):
        return _returned(_values(told, given))

    return body


def _output(dg: Any, told: Any) -> Any:
    def body(**given):
        values = _values(told, given)
        return _returned([dg.Output(v, metadata={"n": v}) for v in values])

    return body


def _events(dg: Any, told: Any) -> Any:
    def body(context, **given):
        yield dg.AssetMaterialization("orders", metadata={"n": _total(given)})
        context.log_event(dg.AssetObservation("orders", partition="2026-01-01"))
        yield dg.ExpectationResult(success=False, label="dated")
        yield from _outputs(dg, told, given)

    return body


def _failure(dg: Any, _told: Any) -> Any:
    def body(**given):
        raise dg.Failure("No rows.", {"n": _total(given)})

    return body


def _exception(_dg: Any, _told: Any) -> Any:
    def body(**given):
        raise ValueError(f"odd {_total(given)}")

    return body


def _late(dg: Any, told: Any) -> Any:
    def body(**given):
        yield from _outputs(dg, told, given)
        raise ValueError(f"late {_total(given)}")

    return body


def _retry(dg: Any, told: Any) -> Any:
    def body(context, **given):
        if context.retry_number < told["retries"]:
            raise dg.RetryRequested(max_retries=2)
        return _returned(_values(told, given))

    return body


def _policy(_dg: Any, told: Any) -> Any:
    def body(context, **given):
        if context.retry_number < told["retries"]:
            raise ValueError("odd")
        return _returned(_values(told, given))

    return body


def _stubborn(dg: Any, told: Any) -> Any:
    def body(**_given):
        raise dg.RetryRequested(max_retries=told["retries"])

    return body


def _skip(dg: Any, told: Any) -> Any:
    def body(**given):
        for number, output in enumerate(_outputs(dg, told, given)):
            if told["outs"][number]["required"]:
                yield output

    return body


def _wrong(dg: Any, told: Any) -> Any:
    def body(**given):
        for output in _outputs(dg, told, given):
            yield dg.Output(str(output.value), output.output_name)

    return body


def _missing(_dg: Any, _told: Any) -> Any:
    def body(**_given):
        yield from ()

    return body


def _unknown(dg: Any, told: Any) -> Any:
    def body(**given):
        yield from _outputs(dg, told, given)
        yield dg.Output(1, "nowhere")

    return body


_ENDINGS: dict[str, Callable[[Any, Any], Any]] = {
    "value": _value,
    "output": _output,
    "events": _events,
    "failure": _failure,
    "exception": _exception,
    "late": _late,
    "retry": _retry,
    "policy": _policy,
    "stubborn": _stubborn,
    "skip": _skip,
    "wrong": _wrong,
    "missing": _missing,
    "unknown": _unknown,
}
