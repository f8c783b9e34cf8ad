"""A run of a job: config, inputs, selection and resources, checked before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from weakref import WeakKeyDictionary

from opnb.definitions.job import JobDefinition
from opnb.definitions.run_config import resolve_run_config
from opnb.definitions.tags import normalize_tags
from opnb.execution.journal import Journal, Record
from opnb.execution.plan import ExecutionPlan, build_plan, verify_fed
from opnb.execution.resources import prepare_resources
from opnb.execution.run import Run, run_info
from opnb.execution.run_logger import RunLogger
from opnb.execution.selection import part_of, selected_keys
from opnb.model.checks import verify_type
from opnb.model.errors import (
    CheckError,
    InvalidDefinitionError,
    InvalidInvocationError,
    did_you_mean,
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run of a job was asked for; see `JobDefinition.execute_in_process`."""

    run_config: Any = None
    partition_key: str | None = None
    raise_on_error: bool = True
    op_selection: Iterable[str] | None = None
    run_id: str | None = None
    input_values: Mapping[str, Any] | None = None
    tags: Mapping[str, Any] | None = None
    resources: Mapping[str, Any] | None = None
    keep_outputs: bool | None = None
    instance: None = None
    asset_selection: None = None

    @staticmethod
    def of(given: Mapping[str, Any]) -> RunRequest:
        """Return the request that these arguments make.

        Raises:
            InvalidInvocationError: There is no such argument.
        """
        known = [each.name for each in fields(RunRequest)]
        for name in given:
            if name not in known:
                raise InvalidInvocationError(
                    f"execute_in_process takes no {name!r}.",
                    hint=did_you_mean(name, known),
                )
        return RunRequest(**given)

    def __post_init__(self) -> None:
        verify_type(self.raise_on_error, bool, "raise_on_error")
        verify_type(self.keep_outputs, bool, "keep_outputs", optional=True)
        if self.instance is not None:
            raise CheckError(
                "opnb has no instances; a run goes into the session's log.",
                hint="Leave instance out; OPNB_LOG or `%op log URL` chooses the log.",
            )
        if self.asset_selection is not None:
            raise CheckError(
                "opnb runs ops; it has no asset_selection.", hint="Use op_selection."
            )


def build_job_run(
    job: JobDefinition,
    record: Record,
    request: RunRequest,
) -> Run:
    """Return a run of a job, everything checked that can be before it starts.

    Raises:
        InvalidConfigError: The config does not fit, or an input gets no value.
        InvalidSubsetError: The selection names no op.
        InvalidDefinitionError: A resource is missing, or a value is for no input.
        UnknownPartitionError: The job has no such partition.
    """
    resource_defs = {**job.resource_defs, **(request.resources or {})}
    selected = None
    if request.op_selection is not None:
        selected = selected_keys(build_plan(job, {}, {}), request.op_selection)
    resolved = resolve_run_config(
        job.graph,
        resource_defs,
        request.run_config,
        job_config=job.config,
        job_name=job.name,
        logger_defs=job.logger_defs,
        selected=selected,
    )
    values = _input_values(job, request, resolved)
    if selected is not None:
        plan = part_of(build_plan(job, resolved.op_configs, values), selected, values)
        verify_fed(plan, job)
    elif resolved.op_configs or any(values.values()):
        plan = build_plan(job, resolved.op_configs, values)
        verify_fed(plan, job)
    else:
        plan = _plan_without_config(job)
    if request.partition_key is not None and job.partitions_def is not None:
        job.partitions_def.verify_partition_key(request.partition_key)
    tags = job.tags if job.run_tags is None else job.run_tags
    info = run_info(
        job.name,
        run_id=request.run_id,
        tags={**tags, **normalize_tags(request.tags)},
        partition_key=request.partition_key,
        run_config=resolved.run_config,
        job_def=job,
    )
    journal = Journal(record)
    return Run(
        info,
        plan,
        journal,
        prepare_resources(
            resource_defs,
            resolved.resource_configs,
            required=plan.required_resource_keys,
            run_id=info.run_id,
            log=RunLogger(info, journal),
        ),
        request.raise_on_error,
        request.keep_outputs,
    )


# A job is planned once, as long as a run brings it nothing of its own.
_plans: WeakKeyDictionary[JobDefinition, ExecutionPlan] = WeakKeyDictionary()


def _plan_without_config(job: JobDefinition) -> ExecutionPlan:
    plan = _plans.get(job)
    if plan is None:
        plan = build_plan(job, {}, {})
        verify_fed(plan, job)
        _plans[job] = plan
    return plan


def _input_values(
    job: JobDefinition, request: RunRequest, resolved: Any
) -> Mapping[tuple[str, ...], Mapping[str, Any]]:
    given = {**job.input_values, **(request.input_values or {})}
    for name in given:
        if name not in job.graph.ins:
            raise InvalidDefinitionError(
                f"Job {job.name!r} has no input {name!r}.",
                hint=f"{did_you_mean(name, job.graph.ins)} Inputs of ops are given by "
                "run_config.",
            )
    if not given:
        return dict(resolved.input_values)
    of_job = {**resolved.input_values.get((), {}), **given}
    return {**resolved.input_values, (): of_job}
