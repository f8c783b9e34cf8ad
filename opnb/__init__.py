"""Dagster's op events, metadata and history in any notebook.

`%load_ext opnb` brings `%%op` and `%op`; everything else is imported from here, at its
first use. `opnb.log`, `opnb.ops` and `opnb.resources` are those of the current session.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from opnb.model.displayable import install_render_hook

if TYPE_CHECKING:
    from opnb.definitions.config import Config, Field, PermissiveConfig
    from opnb.definitions.in_out import In, Out
    from opnb.definitions.op import OpDefinition, op
    from opnb.definitions.registry import OpRegistry, UnknownOpError
    from opnb.definitions.retry_policy import Backoff, Jitter, RetryPolicy
    from opnb.definitions.type_check import Nothing, OpType, TypeCheck
    from opnb.event_log.asset_history import AssetHistory
    from opnb.event_log.log import EventLog
    from opnb.event_log.summary import RunStatus, RunSummary
    from opnb.execution.context import OpExecutionContext
    from opnb.model.asset_key import AssetKey
    from opnb.model.entry import EventLogEntry, EventType, SerializableErrorInfo
    from opnb.model.errors import (
        CellError,
        CheckError,
        ForeignLogError,
        InvalidConfigDefinitionError,
        InvalidConfigError,
        InvalidDefinitionError,
        InvalidInvocationError,
        InvalidMetadata,
        InvariantViolationError,
        LogAddressError,
        LogError,
        LogUnavailableError,
        MaxRetriesExceededError,
        NewerLogError,
        OpnbError,
        ParameterCheckError,
        StepOutputNotFoundError,
        TypeCheckDidNotPass,
        TypeCheckError,
        UnknownResourceError,
    )
    from opnb.model.events import (
        AssetMaterialization,
        AssetObservation,
        DataVersion,
        ExpectationResult,
        Output,
    )
    from opnb.model.metadata import (
        AssetMetadataValue,
        BoolMetadataValue,
        BytesMetadataValue,
        EventMetadata,
        FloatMetadataValue,
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
        RunMetadataValue,
        TableColumnLineageMetadataValue,
        TableMetadataValue,
        TableSchemaMetadataValue,
        TextMetadataValue,
        TimestampMetadataValue,
        UrlMetadataValue,
    )
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
    from opnb.session import (
        OpResult,
        Session,
        current_session,
        execute_op,
        use_session,
    )

    log: EventLog
    ops: OpRegistry
    resources: dict[str, Any]

_HOMES = {
    "opnb.definitions.config": "Config Field PermissiveConfig",
    "opnb.definitions.in_out": "In Out",
    "opnb.definitions.op": "OpDefinition op",
    "opnb.definitions.registry": "OpRegistry UnknownOpError",
    "opnb.definitions.retry_policy": "Backoff Jitter RetryPolicy",
    "opnb.definitions.type_check": "Nothing OpType TypeCheck",
    "opnb.event_log.asset_history": "AssetHistory",
    "opnb.event_log.log": "EventLog",
    "opnb.event_log.summary": "RunStatus RunSummary",
    "opnb.execution.context": "OpExecutionContext",
    "opnb.model.asset_key": "AssetKey",
    "opnb.model.entry": "EventLogEntry EventType SerializableErrorInfo",
    "opnb.model.errors": (
        "CellError CheckError ForeignLogError InvalidConfigDefinitionError "
        "InvalidConfigError InvalidDefinitionError InvalidInvocationError "
        "InvalidMetadata InvariantViolationError LogAddressError LogError "
        "LogUnavailableError MaxRetriesExceededError NewerLogError OpnbError "
        "ParameterCheckError StepOutputNotFoundError TypeCheckDidNotPass "
        "TypeCheckError UnknownResourceError"
    ),
    "opnb.model.events": (
        "AssetMaterialization AssetObservation DataVersion ExpectationResult Output"
    ),
    "opnb.model.metadata": (
        "AssetMetadataValue BoolMetadataValue BytesMetadataValue EventMetadata "
        "FloatMetadataValue IntMetadataValue JobMetadataValue JsonMetadataValue "
        "MarkdownMetadataValue MetadataValue NotebookMetadataValue NullMetadataValue "
        "PathMetadataValue PoolMetadataValue PythonArtifactMetadataValue "
        "RunMetadataValue TableColumnLineageMetadataValue TableMetadataValue "
        "TableSchemaMetadataValue TextMetadataValue TimestampMetadataValue "
        "UrlMetadataValue"
    ),
    "opnb.model.signals": "Failure RetryRequested",
    "opnb.model.table": (
        "TableColumn TableColumnConstraints TableColumnDep TableColumnLineage "
        "TableConstraints TableRecord TableSchema"
    ),
    "opnb.session": "OpResult Session current_session execute_op use_session",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}
_OF_SESSION = ("log", "ops", "resources")

__all__ = sorted(_HOME)  # noqa: PLE0605 - names of one list, kept in one place


def __getattr__(name: str) -> Any:
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


def load_ipython_extension(shell: Any) -> None:
    """Bring `%%op` and `%op` to an IPython shell."""
    import_module("opnb.notebook.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take `%%op` and `%op` away again."""
    import_module("opnb.notebook.extension").unload(shell)


def _draw(value: Any) -> Any:
    return import_module("opnb.display.bundle").render_bundle(value)


install_render_hook(_draw)
