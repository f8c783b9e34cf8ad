"""Dagster's op events, metadata and history in any notebook.

`%load_ext opnb` brings `%%op` and `%op`; everything else is imported from here, at its
first use. `opnb.log`, `opnb.ops` and `opnb.resources` are those of the current session.
"""

from __future__ import annotations

import typing
from importlib import import_module
from typing import TYPE_CHECKING

from opnb.definitions.doors import install_doors
from opnb.model.displayable import install_render_hook

if TYPE_CHECKING:
    from opnb.checks.check import check
    from opnb.checks.check_result import CheckResult
    from opnb.checks.engines import checks_from
    from opnb.checks.fresh import expect_fresh
    from opnb.checks.new_values import expect_no_new_values
    from opnb.checks.stable import expect_stable
    from opnb.definitions.config import Config, PermissiveConfig
    from opnb.definitions.config_mapping import (
        ConfigMapping,
        config_mapping,
        configured,
    )
    from opnb.definitions.config_scalars import (
        BoolSource,
        Enum,
        EnumValue,
        IntSource,
        StringSource,
    )
    from opnb.definitions.config_types import (
        Array,
        Field,
        Map,
        Noneable,
        Permissive,
        ScalarUnion,
        Selector,
        Shape,
    )
    from opnb.definitions.configurable_resource import (
        ConfigurableResource,
        ConfigurableResourceFactory,
        ResourceDependency,
        ResourceParam,
    )
    from opnb.definitions.dependency import (
        DependencyDefinition,
        InputMapping,
        MultiDependencyDefinition,
        NodeInvocation,
        OutputMapping,
    )
    from opnb.definitions.env_var import EnvVar
    from opnb.definitions.graph import GraphDefinition, graph
    from opnb.definitions.hook import (
        HookDefinition,
        HookExecutionResult,
        failure_hook,
        success_hook,
    )
    from opnb.definitions.in_out import DynamicOut, GraphIn, GraphOut, In, Out
    from opnb.definitions.init_context import (
        InitResourceContext,
        build_init_resource_context,
    )
    from opnb.definitions.invocation import PendingNodeInvocation
    from opnb.definitions.job import JobDefinition, job
    from opnb.definitions.op import OpDefinition, op
    from opnb.definitions.partitions import StaticPartitionsDefinition
    from opnb.definitions.python_object import PythonObjectOpType
    from opnb.definitions.python_types import (
        check_dagster_type,
        make_python_type_usable_as_dagster_type,
        usable_as_dagster_type,
    )
    from opnb.definitions.registry import OpRegistry, UnknownOpError
    from opnb.definitions.resource import ResourceDefinition, resource
    from opnb.definitions.retry_policy import Backoff, Jitter, RetryPolicy
    from opnb.definitions.run_config import RunConfig, validate_run_config
    from opnb.definitions.type_check import Nothing, OpType, TypeCheck
    from opnb.definitions.type_context import OpTypeLoaderContext, TypeCheckContext
    from opnb.definitions.type_loader import OpTypeLoader, dagster_type_loader
    from opnb.definitions.type_names import (
        Any,
        Bool,
        Dict,
        Float,
        Int,
        List,
        Optional,
        Set,
        String,
        Tuple,
    )
    from opnb.event_log.log import EventLog
    from opnb.event_log.notebook_frame import read_notebook
    from opnb.event_log.reading.asset_history import AssetHistory
    from opnb.event_log.reading.op_graph import Mark, OpEdge, OpGraph, OpNode
    from opnb.event_log.reading.tail import Tail
    from opnb.event_log.reading.timeline import RunTimeline
    from opnb.event_log.reading.times import NaiveTimeWarning
    from opnb.event_log.step_summary import StepSummary
    from opnb.event_log.summary import RunStatus, RunSummary
    from opnb.execution.context import OpExecutionContext
    from opnb.execution.direct_context import DirectOpExecutionContext, build_op_context
    from opnb.execution.hook_context import HookContext, build_hook_context
    from opnb.execution.loggers import get_logger
    from opnb.execution.resources import build_resources
    from opnb.execution.run_facts import PartitionKeyRange, Run
    from opnb.explorer.explorer import Explorer, explore
    from opnb.model.asset_key import AssetKey
    from opnb.model.code_references import (
        CodeReferencesMetadataValue,
        LocalFileCodeReference,
        UrlCodeReference,
    )
    from opnb.model.entry import (
        ErrorSource,
        EventLogEntry,
        EventType,
        SerializableErrorInfo,
        StepOutputHandle,
    )
    from opnb.model.errors import (
        CellError,
        CheckError,
        CheckFailed,
        ConfigMappingFunctionError,
        ForeignLogError,
        HiddenStateError,
        InvalidConfigDefinitionError,
        InvalidConfigError,
        InvalidDefinitionError,
        InvalidInvocationError,
        InvalidMetadata,
        InvalidPropertyError,
        InvalidPythonicConfigDefinitionError,
        InvalidSubsetError,
        InvariantViolationError,
        LogAddressError,
        LogError,
        LogUnavailableError,
        LogWarning,
        MaxRetriesExceededError,
        NewerLogError,
        OpnbError,
        ParameterCheckError,
        ResourceFunctionError,
        StepOutputNotFoundError,
        TypeCheckDidNotPass,
        TypeCheckError,
        UnknownPartitionError,
        UnknownResourceError,
    )
    from opnb.model.events import (
        AssetMaterialization,
        AssetObservation,
        DataVersion,
        DynamicOutput,
        ExpectationResult,
        Output,
    )
    from opnb.model.metadata import (
        AssetMetadataValue,
        BoolMetadataValue,
        BytesMetadataValue,
        EventMetadata,
        FloatMetadataValue,
        ImageMetadataValue,
        IntMetadataValue,
        JobMetadataValue,
        JsonMetadataValue,
        MarkdownMetadataValue,
        MetadataValue,
        NotebookMetadataValue,
        NullMetadataValue,
        PathMetadataValue,
        PoolMetadataValue,
        PythonArtifactMetadataValue,
        RedactedMetadataValue,
        RunMetadataValue,
        TableColumnLineageMetadataValue,
        TableMetadataValue,
        TableSchemaMetadataValue,
        TextMetadataValue,
        TimestampMetadataValue,
        UrlMetadataValue,
    )
    from opnb.model.partition_key import MultiPartitionKey, PartitionDimensionKey
    from opnb.model.signals import Failure, RetryRequested
    from opnb.model.table import (
        TableColumn,
        TableColumnConstraints,
        TableColumnDep,
        TableColumnLineage,
        TableConstraints,
        TableRecord,
        TableSchema,
    )
    from opnb.notebook.job import notebook_job
    from opnb.result import ExecuteInProcessResult
    from opnb.session import OpResult, Session, current_session, execute_op, use_session

    log: EventLog
    ops: OpRegistry
    resources: dict[str, typing.Any]

_HOMES = {
    "opnb.checks.check": "check",
    "opnb.checks.check_result": "CheckResult",
    "opnb.checks.engines": "checks_from",
    "opnb.checks.fresh": "expect_fresh",
    "opnb.checks.new_values": "expect_no_new_values",
    "opnb.checks.stable": "expect_stable",
    "opnb.definitions.config": "Config PermissiveConfig",
    "opnb.definitions.config_mapping": "ConfigMapping config_mapping configured",
    "opnb.definitions.config_scalars": (
        "BoolSource Enum EnumValue IntSource StringSource"
    ),
    "opnb.definitions.config_types": (
        "Array Field Map Noneable Permissive ScalarUnion Selector Shape"
    ),
    "opnb.definitions.configurable_resource": (
        "ConfigurableResource ConfigurableResourceFactory ResourceDependency "
        "ResourceParam"
    ),
    "opnb.definitions.dependency": (
        "DependencyDefinition InputMapping MultiDependencyDefinition NodeInvocation "
        "OutputMapping"
    ),
    "opnb.definitions.env_var": "EnvVar",
    "opnb.definitions.graph": "GraphDefinition graph",
    "opnb.definitions.hook": (
        "HookDefinition HookExecutionResult failure_hook success_hook"
    ),
    "opnb.definitions.in_out": "DynamicOut GraphIn GraphOut In Out",
    "opnb.definitions.init_context": "InitResourceContext build_init_resource_context",
    "opnb.definitions.invocation": "PendingNodeInvocation",
    "opnb.definitions.job": "JobDefinition job",
    "opnb.definitions.op": "OpDefinition op",
    "opnb.definitions.partitions": "StaticPartitionsDefinition",
    "opnb.definitions.python_object": "PythonObjectOpType",
    "opnb.definitions.python_types": (
        "check_dagster_type make_python_type_usable_as_dagster_type "
        "usable_as_dagster_type"
    ),
    "opnb.definitions.registry": "OpRegistry UnknownOpError",
    "opnb.definitions.resource": "ResourceDefinition resource",
    "opnb.definitions.retry_policy": "Backoff Jitter RetryPolicy",
    "opnb.definitions.run_config": "RunConfig validate_run_config",
    "opnb.definitions.type_check": "Nothing OpType TypeCheck",
    "opnb.definitions.type_context": "OpTypeLoaderContext TypeCheckContext",
    "opnb.definitions.type_loader": "OpTypeLoader dagster_type_loader",
    "opnb.definitions.type_names": (
        "Any Bool Dict Float Int List Optional Set String Tuple"
    ),
    "opnb.event_log.reading.asset_history": "AssetHistory",
    "opnb.event_log.reading.op_graph": "Mark OpEdge OpGraph OpNode",
    "opnb.event_log.reading.tail": "Tail",
    "opnb.event_log.reading.timeline": "RunTimeline",
    "opnb.event_log.reading.times": "NaiveTimeWarning",
    "opnb.event_log.log": "EventLog",
    "opnb.event_log.notebook_frame": "read_notebook",
    "opnb.event_log.step_summary": "StepSummary",
    "opnb.event_log.summary": "RunStatus RunSummary",
    "opnb.execution.context": "OpExecutionContext",
    "opnb.explorer.explorer": "Explorer explore",
    "opnb.notebook.job": "notebook_job",
    "opnb.execution.direct_context": "DirectOpExecutionContext build_op_context",
    "opnb.execution.hook_context": "HookContext build_hook_context",
    "opnb.execution.loggers": "get_logger",
    "opnb.execution.resources": "build_resources",
    "opnb.execution.run_facts": "PartitionKeyRange Run",
    "opnb.model.asset_key": "AssetKey",
    "opnb.model.code_references": (
        "CodeReferencesMetadataValue LocalFileCodeReference UrlCodeReference"
    ),
    "opnb.model.entry": (
        "ErrorSource EventLogEntry EventType SerializableErrorInfo StepOutputHandle"
    ),
    "opnb.model.errors": (
        "CellError CheckError CheckFailed ConfigMappingFunctionError ForeignLogError "
        "HiddenStateError "
        "InvalidConfigDefinitionError InvalidConfigError InvalidDefinitionError "
        "InvalidInvocationError InvalidMetadata InvalidPropertyError "
        "InvalidPythonicConfigDefinitionError InvalidSubsetError "
        "InvariantViolationError LogAddressError LogError LogUnavailableError "
        "LogWarning MaxRetriesExceededError NewerLogError OpnbError "
        "ParameterCheckError ResourceFunctionError StepOutputNotFoundError "
        "TypeCheckDidNotPass TypeCheckError UnknownPartitionError "
        "UnknownResourceError"
    ),
    "opnb.model.events": (
        "AssetMaterialization AssetObservation DataVersion DynamicOutput "
        "ExpectationResult Output"
    ),
    "opnb.model.metadata": (
        "AssetMetadataValue BoolMetadataValue BytesMetadataValue EventMetadata "
        "FloatMetadataValue ImageMetadataValue IntMetadataValue JobMetadataValue "
        "JsonMetadataValue MarkdownMetadataValue MetadataValue NotebookMetadataValue "
        "NullMetadataValue PathMetadataValue PoolMetadataValue "
        "PythonArtifactMetadataValue RedactedMetadataValue RunMetadataValue "
        "TableColumnLineageMetadataValue TableMetadataValue TableSchemaMetadataValue "
        "TextMetadataValue TimestampMetadataValue UrlMetadataValue"
    ),
    "opnb.model.partition_key": "MultiPartitionKey PartitionDimensionKey",
    "opnb.model.signals": "Failure RetryRequested",
    "opnb.model.table": (
        "TableColumn TableColumnConstraints TableColumnDep TableColumnLineage "
        "TableConstraints TableRecord TableSchema"
    ),
    "opnb.result": "ExecuteInProcessResult",
    "opnb.session": "OpResult Session current_session execute_op use_session",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}
_OF_SESSION = ("log", "ops", "resources")

__all__ = sorted(_HOME)  # noqa: PLE0605 - names of one list, kept in one place


def __getattr__(name: str) -> typing.Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    if name in _OF_SESSION:
        session = import_module("opnb.session").current_session()
        return getattr(session, name)
    if name == "__version__":
        return import_module("importlib.metadata").version("opnb")
    raise AttributeError(f"module 'opnb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *_OF_SESSION, "__version__"]


def load_ipython_extension(shell: typing.Any) -> None:
    """Bring `%%op` and `%op` to an IPython shell."""
    import_module("opnb.notebook.extension").load(shell)


def unload_ipython_extension(shell: typing.Any) -> None:
    """Take `%%op` and `%op` away again."""
    import_module("opnb.notebook.extension").unload(shell)


def _draw(value: typing.Any) -> typing.Any:
    return import_module("opnb.display.bundle").render_bundle(value)


install_render_hook(_draw)
install_doors(
    execute_job="opnb.session:execute_job",
    execute_job_async="opnb.session:execute_job_async",
    invoke_op="opnb.execution.invoke:invoke_op",
    context_for_hook="opnb.execution.hook_context:context_for_hook",
)
