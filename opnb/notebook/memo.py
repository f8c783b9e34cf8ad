"""`%%op --memo`: put the outputs of an earlier run out again when nothing has changed.

`memo_of_cell` is asked before the run. What it recalls becomes the compute function of
the run, which so is a run like any other; after a run that went well, `keep` is asked.
What is in the way of either is told on one line, and the op runs as without a memo.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opnb.memo import content
from opnb.memo.key import RunKey
from opnb.memo.place import DEFAULT_SIZE, memo_folder, parse_size
from opnb.memo.refusal import RefusedError
from opnb.memo.signed import Head
from opnb.memo.store import MemoStore
from opnb.memo.values import pack, unpack
from opnb.model.events import DataVersion, DynamicOutput, Output
from opnb.model.metadata_json import decode_metadata, encode_metadata
from opnb.notebook.body import CellBody
from opnb.notebook.define import parse_config
from opnb.notebook.definitions import Split, split_body
from opnb.notebook.memo_key import key_of
from opnb.session import Execution, Session, project_table

if TYPE_CHECKING:
    from opnb.execution.step import StepRun
    from opnb.notebook.cell import OpCell, Prepared

content.refuse_kind(CellBody, "what the op reads that it calls is not seen")

_AnyOutput = Output[Any] | DynamicOutput[Any]


def memo_of(session: Session) -> MemoStore:
    """Return the memo beside the session's log.

    Raises:
        CheckError: The setting of its size is none.
    """
    log = session.log
    return MemoStore(memo_folder(log.path, log.address), memo_size())


def memo_size() -> int:
    """Return how much may be kept: `OPNB_MEMO_SIZE`, else `[tool.opnb] memo_size`.

    Raises:
        CheckError: It is no size.
    """
    given = os.environ.get("OPNB_MEMO_SIZE")
    if given is not None:
        return parse_size(given, "OPNB_MEMO_SIZE")
    _, table = project_table()
    return parse_size(table.get("memo_size", DEFAULT_SIZE), "[tool.opnb] memo_size")


@dataclass(frozen=True, eq=False)
class Recalled:
    """What an earlier run left; as a compute function, it puts that out again.

    Args:
        run_id: The earlier run.
        ns: The notebook's names.
        outputs: As the earlier run put them out.
        names: What else its body bound.
        absent: What it deleted.
    """

    run_id: str
    ns: dict[str, Any]
    outputs: list[_AnyOutput]
    names: Mapping[str, Any]
    absent: list[str]

    def __call__(self, context: Any, inputs: Mapping[str, Any]) -> Iterator[_AnyOutput]:
        """Put the outputs out, and leave the names as the earlier run did."""
        del context, inputs
        yield from self.outputs
        self.ns.update(self.names)
        for name in self.absent:
            self.ns.pop(name, None)


def memo_of_cell(cell: OpCell, prepared: Prepared, tree: ast.Module) -> CellMemo | None:
    """Return the memo of a cell that is about to run; None where it can have none.

    Raises:
        CheckError: The setting of its size is none.
    """
    store = memo_of(cell.session)
    if not store.most:
        return None
    op, options = prepared.op, cell.options
    given = {f"input {name!r}": it.value for name, it in prepared.inputs.items()}
    given["its config"] = parse_config(options.config, cell.ns)
    # A function is defined before, as ever; its own names are not the notebook's.
    is_body = isinstance(op.compute_fn, CellBody)
    split = split_body(tree if is_body else ast.Module([], []))
    try:
        key = key_of(op, options, tree, split, cell.ns, given)
    except Exception as reason:  # noqa: BLE001 - the op runs without one
        _say("not kept", reason)
        return None
    return CellMemo(store, key, split, cell.ns)


class CellMemo:
    """The memo of one run of a cell.

    Args:
        store: Where outputs are kept.
        key: What the run depends on.
        split: The body as definitions and the rest.
        ns: The notebook's names.
    """

    def __init__(
        self, store: MemoStore, key: RunKey, split: Split, ns: dict[str, Any]
    ) -> None:
        self._store = store
        self._key = key
        self._split = split
        self._ns = ns

    def recall(self, define: Callable[[Any], None]) -> Recalled | None:
        """Return what an earlier run left by this key; None if none did.

        Args:
            define: Runs the body's definitions, which are not kept.
        """
        try:
            found = self._store.read(self._key.op_name, self._key.hex)
            if found is None:
                return None
            head, blobs = found
            define(self._split.definitions)
            labels = [*map(_label, head["outputs"]), *map(_name, head["names"])]
            return self._recalled(head, unpack(blobs, head["places"], labels))
        except Exception as reason:  # noqa: BLE001 - the op runs as it would without
            _say("run anew", reason)
            return None

    def _recalled(self, head: Head, values: Mapping[str, Any]) -> Recalled:
        outputs = [_output(told, values[_label(told)]) for told in head["outputs"]]
        names = {name: values[_name(name)] for name in head["names"]}
        return Recalled(head["run_id"], self._ns, outputs, names, head["absent"])

    def keep(self, execution: Execution) -> None:
        """Keep the outputs of a run that went well."""
        try:
            self._key.verify_unchanged()
            head, values = self._left_by(execution)
            blobs, places = pack(values)
            head["places"] = places
            self._store.write(self._key.op_name, self._key.hex, head, blobs)
        except Exception as reason:  # noqa: BLE001 - the op ran, and its values stand
            _say("not kept", reason)

    def _left_by(self, execution: Execution) -> tuple[Head, dict[str, Any]]:
        """Return what the head tells of a run, and what it left, by labels."""
        step = execution.run.step
        assert step is not None  # noqa: S101 - it went well
        versions = execution.summary.outputs
        outputs: list[list[Any]] = []
        values: dict[str, Any] = {}
        for name, key, value, metadata in _put_out(step):
            version = versions[name].data_version
            outputs.append([name, key, encode_metadata(metadata), version])
            values[_label(outputs[-1])] = value
        names = [
            name
            for name in sorted(self._split.made & self._ns.keys())
            if self._ns[name] is not step.outputs.get(name, self)
        ]
        values.update({_name(name): self._ns[name] for name in names})
        head = {
            "run_id": execution.run.info.run_id,
            "time": time.time(),
            "outputs": outputs,
            "names": names,
            "absent": sorted(self._split.made - self._ns.keys()),
        }
        return head, values


def _put_out(step: StepRun) -> Iterator[tuple[str, str | None, Any, Any]]:
    """Yield each output with its mapping key, its value and its metadata."""
    for name, value in step.outputs.items():
        metadata = step.put_out_metadata[name]
        if step.op.outs[name].is_dynamic:
            for key, part in value.items():
                yield name, key, part, metadata[key]
        else:
            yield name, None, value, metadata


def _label(told: list[Any]) -> str:
    name, mapping_key, *_ = told
    return f"output {name!r}" + ("" if mapping_key is None else f" [{mapping_key}]")


def _name(name: str) -> str:
    return f"the name {name!r}"


def _output(told: list[Any], value: Any) -> _AnyOutput:
    name, mapping_key, metadata, version = told
    labels = decode_metadata(metadata)
    if mapping_key is not None:
        return DynamicOutput(value, mapping_key, name, labels)
    return Output(
        value, name, labels, None if version is None else DataVersion(version)
    )


def _say(what: str, reason: Exception) -> None:
    text = _reason(reason).rstrip(".")
    print(f"memo: {what}: {text}.")  # noqa: T201 - in the cell, on one line


def _reason(reason: Exception) -> str:
    if isinstance(reason, RefusedError):
        return str(reason)
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror.lower()
    return f"{type(reason).__name__} {reason}".split("\n")[0][:200].strip()
