"""Run config: what a run is told beside its inputs, resolved and checked beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from opnb.definitions.config_mapping import ConfigMapping
from opnb.definitions.config_problem import ConfigDoesNotFit, Problem, dotted, listing
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.resource_defs import ResourceDefs, closure_of
from opnb.definitions.run_config_nodes import (
    Graph,
    NodeConfigs,
    is_config,
    op_definitions,
)
from opnb.model.checks import shorten
from opnb.model.errors import InvalidConfigError, ParameterCheckError, did_you_mean

_SECTIONS: Final = ("ops", "resources", "loggers", "execution")
_MOST_SHAPES: Final = 3


@dataclass
class RunConfig:
    """What a run is told, as an object; a dict of the same keys does as well.

    Args:
        ops: By the name of the node: a `Config`, or a dict of "config" and "inputs".
        resources: By key: a `Config`, or a dict of "config".
        loggers: By name; lines go to the event log whatever it says.
        execution: Accepted for Dagster's sake.

    >>> RunConfig(ops={"load": {"config": {"rows": 3}}}).to_config_dict()["ops"]
    {'load': {'config': {'rows': 3}}}
    """

    ops: Any = None
    resources: Any = None
    loggers: Any = None
    execution: Any = None

    def __post_init__(self) -> None:
        for name in _SECTIONS:
            if getattr(self, name) is None:
                setattr(self, name, {})

    def to_config_dict(self) -> dict[str, Any]:
        """Return it as a dict, each `Config` under the key "config"."""
        return {
            "loggers": self.loggers,
            "resources": _with_config_keys(self.resources),
            "ops": _with_config_keys(self.ops),
            "execution": self.execution,
        }


@dataclass(frozen=True, slots=True)
class ResolvedRunConfig:
    """A run config that fits.

    Args:
        op_configs: The config of ops, by the path of node names; an op that takes none
            and was given none is left out.
        input_values: Values for inputs, by the path of node names; of the job itself
            under the empty path.
        resource_configs: The config of resources, by key.
        run_config: The whole, as it was given, the job's own defaults filled in.
    """

    op_configs: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    input_values: Mapping[tuple[str, ...], Mapping[str, Any]] = field(
        default_factory=dict
    )
    resource_configs: Mapping[str, Any] = field(default_factory=dict)
    run_config: Mapping[str, Any] = field(default_factory=dict)


def resolve_run_config(
    root: Graph,
    resource_defs: Mapping[str, Any],
    given: Any = None,
    *,
    job_config: Any = None,
    job_name: str | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    required_resource_keys: Iterable[str] | None = None,
    selected: Collection[str] | None = None,
) -> ResolvedRunConfig:
    """Return a run config resolved for a graph and its resources.

    Args:
        root: The graph that runs.
        resource_defs: The resources by key.
        given: A `RunConfig` or a dict; a `ConfigMapping` stands for `job_config`.
        job_config: What the job has: defaults, as `given`, or a `ConfigMapping`.
        job_name: Whose config it is, for the error; the graph's name if not given.
        logger_defs: The loggers by name; there is "console" as well.
        required_resource_keys: The resources that will be made; those that ops and the
            hooks of nodes ask for, if not given.
        selected: The keys of the steps that run; what others need is not asked for,
            and what they would feed may be given. All run if None.

    Raises:
        InvalidConfigError: It does not fit; the message names every path.
        ConfigMappingFunctionError: A function from config to config raised.
    """
    if isinstance(given, ConfigMapping):
        given, job_config = None, given
    name = str(job_name or getattr(root, "name", ""))
    config = _whole(given, job_config, name)
    nodes = NodeConfigs(selected)
    problems = _verify_sections(config, root, logger_defs or {})
    if ins := getattr(root, "ins", None):
        nodes.add_inputs(ins, config.get("inputs", NOT_GIVEN), (), ())
    nodes.add_graph(root, config.get("ops", NOT_GIVEN))
    keys = (
        _required_keys(root)
        if required_resource_keys is None
        else required_resource_keys
    )
    resources = _ResourceConfigs(resource_defs, keys)
    resources.add(config.get("resources", {}))
    problems += nodes.problems + resources.problems
    if problems:
        raise _error(name, problems, nodes.expected + resources.expected)
    return ResolvedRunConfig(
        nodes.op_configs, nodes.input_values, resources.configs, config
    )


def validate_run_config(job_def: Any, run_config: Any = None) -> dict[str, Any]:
    """Return a run config for a job, checked, the job's own defaults filled in.

    Raises:
        InvalidConfigError: It does not fit; the message names every path.
    """
    resolved = resolve_run_config(
        job_def.graph,
        job_def.resource_defs,
        run_config,
        job_config=job_def.config,
        job_name=job_def.name,
        logger_defs=job_def.logger_defs,
    )
    ops: dict[str, Any] = {}
    for path, config in resolved.op_configs.items():
        _node_at(ops, path)["config"] = config
    for path, values in resolved.input_values.items():
        if path:
            _node_at(ops, path)["inputs"] = dict(values)
    resources = {
        key: {"config": config} for key, config in resolved.resource_configs.items()
    }
    whole: dict[str, Any] = {"ops": ops, "resources": resources}
    for section in ("loggers", "execution"):
        whole[section] = resolved.run_config.get(section, {})
    return whole


class _ResourceConfigs:
    """Resolves the config of resources."""

    def __init__(self, definitions: Mapping[str, Any], keys: Iterable[str]) -> None:
        self.definitions = ResourceDefs(definitions)
        self.keys = closure_of(self.definitions, keys)
        self.configs: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.expected: list[tuple[tuple[str, ...], Any]] = []

    def add(self, given: Any) -> None:
        """Resolve what is given by key, and what is not given but required."""
        if not isinstance(given, Mapping):
            text = f"must be a dict of resource keys, not {shorten(given)}"
            self.problems.append(Problem(("resources",), text))
            return
        for key, config in given.items():
            if key in self.definitions:
                self._add_one(key, config)
            else:
                hint = did_you_mean(str(key), self.definitions).rstrip(".")
                if not self.definitions:
                    hint = "The job has none"
                text = f"no such resource. {hint}"
                self.problems.append(Problem(("resources", str(key)), text))
        for key in self.keys:
            if key not in given:
                self._add_one(key, NOT_GIVEN)

    def _add_one(self, key: str, given: Any) -> None:
        config = (
            given if given is NOT_GIVEN or is_config(given) else self._part(key, given)
        )
        schema = self.definitions[key].schema
        if schema is None:
            if config is not NOT_GIVEN:
                self.configs[key] = config
            return
        where = ("resources", key, "config")
        try:
            self.configs[key] = schema.fit(config)
        except ConfigDoesNotFit as error:
            self.problems += [problem.under(*where) for problem in error.problems]
            self.expected.append((where, schema))

    def _part(self, key: str, given: Any) -> Any:
        if isinstance(given, Mapping) and set(given) <= {"config"}:
            return given.get("config", NOT_GIVEN)
        text = f"must be a dict of 'config', not {shorten(given)}"
        self.problems.append(Problem(("resources", key), text))
        return NOT_GIVEN


def _whole(given: Any, job_config: Any, name: str) -> Mapping[str, Any]:
    config = _as_dict(given)
    if isinstance(job_config, ConfigMapping):
        try:
            return _as_dict(job_config.resolve(config or NOT_GIVEN))
        except ConfigDoesNotFit as error:
            raise _error(name, error.problems, [((), job_config.schema)]) from None
    if job_config is None:
        return config
    return _merged(_as_dict(job_config), config)


def _as_dict(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if isinstance(given, RunConfig):
        return given.to_config_dict()
    if isinstance(given, Mapping):
        return given
    raise ParameterCheckError(
        f"'run_config' must be a dict or a RunConfig, not {shorten(given)}.",
        hint="run_config={'ops': {'load': {'config': {'rows': 10}}}}.",
    )


def _merged(default: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given, with the default of each node that it leaves out.

    The config of one node is taken whole from one or the other.
    """
    merged = {**default, **given}
    for key in default.keys() & given.keys() - {"config"}:
        mine, theirs = default[key], given[key]
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            merged[key] = _merged(mine, theirs)
    return merged


def _with_config_keys(section: Any) -> Any:
    if not isinstance(section, Mapping):
        return section
    return {
        name: {"config": given} if is_config(given) else given
        for name, given in section.items()
    }


def _verify_sections(
    config: Mapping[str, Any], root: Any, logger_defs: Mapping[str, Any]
) -> list[Problem]:
    takes = [*_SECTIONS, "inputs"] if getattr(root, "ins", None) else [*_SECTIONS]
    problems = _unknown(config, takes, ())
    for section, known in (
        ("loggers", ["console", *logger_defs]),
        ("execution", ["config"]),
    ):
        given = config.get(section, {})
        if isinstance(given, Mapping):
            problems += _unknown(given, known, (section,))
        else:
            text = f"must be a dict, not {shorten(given)}"
            problems.append(Problem((section,), text))
    return problems


def _unknown(
    given: Mapping[str, Any], known: list[str], path: tuple[str, ...]
) -> list[Problem]:
    problems = []
    for key in given:
        if key not in known:
            hint = did_you_mean(str(key), known).rstrip(".")
            text = f"no such key. {hint}"
            problems.append(Problem((*path, str(key)), text))
    return problems


def _required_keys(root: Graph) -> dict[str, None]:
    keys: dict[str, None] = {}
    for definition, node in op_definitions(root):
        keys.update(dict.fromkeys(definition.required_resource_keys))
        for hook in getattr(node, "hook_defs", ()):
            keys.update(dict.fromkeys(hook.required_resource_keys))
    return keys


def _error(
    name: str,
    problems: list[Problem],
    expected: list[tuple[tuple[str, ...], Any]],
) -> InvalidConfigError:
    shown = expected[:_MOST_SHAPES]
    hints = [
        f"{'It' if _is_all_under(where, problems) else dotted(where)} takes "
        f"{schema.text()}."
        for where, schema in shown
    ]
    is_short = any(problem.text == "missing" for problem in problems)
    if is_short and (example := _example(shown)):
        hints.append(f"The least that fits: {example!r}.")
    return InvalidConfigError(
        f"Run config of {name!r} does not fit:\n{listing(problems)}",
        hint=" ".join(hints) or "Correct what is named above.",
    )


def _is_all_under(where: tuple[str, ...], problems: list[Problem]) -> bool:
    return all(problem.path[: len(where)] == where for problem in problems)


def _example(expected: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """Return the least that fits, all places in one run config."""
    whole: dict[str, Any] = {}
    for path, schema in expected:
        example = schema.example()
        if not path:
            return dict(example)
        if example == {}:
            continue
        place = whole
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = example
    return whole


def _node_at(ops: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    place = ops.setdefault(path[0], {})
    for name in path[1:]:
        place = place.setdefault("ops", {}).setdefault(name, {})
    found: dict[str, Any] = place
    return found
