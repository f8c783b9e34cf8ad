import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from factories import ended, entry, started
from hypothesis import given
from hypothesis import strategies as st

from opnb.model import metadata_json
from opnb.model.asset_key import AssetKey
from opnb.model.code_references import (
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    UrlCodeReference,
)
from opnb.model.entry import (
    AssetObservationData,
    ErrorSource,
    EventType,
    HookErroredData,
    LogMessageData,
    OutputSource,
    RunFailureData,
    SerializableErrorInfo,
    StepExpectationResultData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
    TypeCheckData,
    UserFailureData,
    ValueInfo,
)
from opnb.model.errors import InvalidMetadata
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult
from opnb.model.metadata import MetadataValue as M
from opnb.model.metadata_json import decode_metadata, encode_metadata
from opnb.model.normalize import normalize_metadata
from opnb.model.serialize import from_row, readable_row, to_row
from opnb.model.strict_json import decode_json, encode_json
from opnb.model.table import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableSchema,
)

TEXT = st.text(st.characters(exclude_categories=()))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary()
    | st.decimals(allow_nan=False)
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT | st.just("$opnb"), inner),
)
ERROR = SerializableErrorInfo(
    "no", ("line\n",), "ValueError", SerializableErrorInfo("why", (), None)
)
SCHEMA = TableSchema(
    [TableColumn("a", "int", "the a", TableColumnConstraints(False, True, ["x"]),
                 {"t": "u"})],
    TableConstraints(["rows > 0"]),
)  # fmt: skip
FRAME = pd.DataFrame(
    {
        "n": [1, 2],
        "f": [math.nan, math.inf],
        "o": [[1], None],
        "t": [pd.Timestamp("2026-01-01", tz="UTC"), pd.NaT],
    },
    index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)]),
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>'
VALUES = {
    "text": M.text("\ud800 \ud83d\ude00 é \x00"),
    "url": M.url("https://x"),
    "path": M.path("a\udcff"),
    "notebook": M.notebook("a.ipynb"),
    "json": M.json({"$opnb": ["x"], "nested": [{"$opnb": 1, "b": b"\xff"}]}),
    "json tag": M.json({"$opnb": ["float", "nan"]}),
    "json none": M.json(None),
    "json numbers": M.json([math.nan, -math.inf, 10**5000, -(2**70), Decimal("1E+9")]),
    "md": M.md("**a**"),
    "float": M.float(0.1),
    "nan": M.float(math.nan),
    "inf": M.float(-math.inf),
    "decimal": normalize_metadata({"d": Decimal("1.10")})["d"],
    "int": M.int(-(10**5000)),
    "true": M.int(True),
    "bool": M.bool(True),
    "timestamp": M.timestamp(1.25),
    "nat": M.timestamp(math.nan),
    "run": M.dagster_run("r"),
    "job": M.job("j", "l"),
    "asset": M.asset(AssetKey(["a/b", "\ud800"])),
    "pool": M.pool("p"),
    "artifact": M.python_artifact(np.array),
    "table": M.table([{"a": 1, "\udfff": math.nan}, {"\udfff": b"", "a": None}]),
    "empty table": M.table([], SCHEMA),
    "frame": normalize_metadata({"f": FRAME})["f"],
    "long": normalize_metadata({"f": pd.DataFrame({"a": range(10**6)})})["f"],
    "schema": M.table_schema(SCHEMA),
    "lineage": M.column_lineage(TableColumnLineage({"a": [TableColumnDep("b", "c")]})),
    "code references": CodeReferencesMetadataValue(
        code_references=[
            LocalFileCodeReference(file_path="a.py", line_number=3, label="é"),
            UrlCodeReference(url="https://x"),
        ]
    ),
    "image": M.image(SVG, alt="\ud800 A box", width=30),
    "plain image": M.image(SVG),
    "null": M.null(),
    "redacted": M.redacted("hunter2"),
    "redacted for a reason": M.redacted("hunter2", reason="\ud800 é"),
    "bytes": M.bytes(bytes(range(256))),
}


def _through(line):
    row = to_row(line)
    return from_row(row, run_id=line.run_id, job_name=line.job_name)


@given(JSON)
def test_json_comes_back_equal(data):
    text = encode_json(data)

    assert repr(decode_json(text)) == repr(data)


@given(JSON)
def test_json_is_strict(data):
    json.loads(encode_json(data), parse_constant=pytest.fail)


@given(st.dictionaries(TEXT, st.booleans() | st.integers() | st.floats() | TEXT))
def test_metadata_comes_back_equal(raw):
    metadata = normalize_metadata(raw)

    assert decode_metadata(encode_metadata(metadata)) == metadata


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_a_value_of_every_kind_comes_back_equal(value):
    found = decode_metadata(encode_metadata({"$opnb": value}))["$opnb"]

    assert found == value
    assert type(found) is type(value)


def test_every_kind_can_be_written_and_read():
    kinds = {value.kind for value in VALUES.values()}

    assert kinds == set(metadata_json._VALUE)


def test_an_image_is_kept_with_its_format_its_base64_its_width_and_its_words():
    text = encode_metadata({"plot": M.image(b"GIF89a\x01\x00\x01\x00", alt="A dot")})

    assert text == '{"plot":["image",["image/gif","R0lGODlhAQABAA==",null,"A dot"]]}'


@given(st.binary(), st.none() | TEXT, st.none() | st.integers(1, 10**6))
def test_an_image_of_any_bytes_comes_back_equal(rest, alt, width):
    metadata = {"plot": M.image(b"GIF89a" + rest, alt=alt, width=width)}

    assert decode_metadata(encode_metadata(metadata)) == metadata


CHECK = TypeCheckData(True, "Int", "fine", normalize_metadata({"a": 1}))
DATA = {
    EventType.RUN_START: started(a="b").event_specific_data,
    EventType.RUN_FAILURE: RunFailureData(ERROR, ("a", "b")),
    EventType.RUN_CANCELED: RunFailureData(None),
    EventType.STEP_START: StepStartData("v1", "x = 'é'\n", "r0", {"n": "d1"}),
    EventType.STEP_INPUT: StepInputData(
        "rows", CHECK, ValueInfo("list", (3,)), OutputSource("load", "result", "r0")
    ),
    EventType.STEP_OUTPUT: StepOutputData(
        "r", CHECK, VALUES, ValueInfo("int"), "v1", "k0", "clean"
    ),
    EventType.STEP_SUCCESS: StepSuccessData(1.25),
    EventType.STEP_FAILURE: StepFailureData(
        ERROR, UserFailureData("intentional-failure", "d", VALUES),
        ErrorSource.FRAMEWORK_ERROR,
    ),
    EventType.STEP_UP_FOR_RETRY: StepRetryData(ERROR, 0.5),
    EventType.HOOK_COMPLETED: None,
    EventType.HOOK_SKIPPED: None,
    EventType.HOOK_ERRORED: HookErroredData(ERROR),
    EventType.STEP_SKIPPED: None,
    EventType.STEP_RESTARTED: None,
    EventType.RUN_SUCCESS: None,
    EventType.ASSET_MATERIALIZATION: StepMaterializationData(
        AssetMaterialization(["a/b"], "", VALUES, "p", {"ns/x": "y"})
    ),
    EventType.ASSET_OBSERVATION: AssetObservationData(AssetObservation("a", "d")),
    EventType.STEP_EXPECTATION_RESULT: StepExpectationResultData(
        ExpectationResult(False, "age", "d", VALUES)
    ),
    EventType.LOG_MESSAGE: LogMessageData(ERROR),
}  # fmt: skip


@pytest.mark.parametrize("event_type", DATA, ids=lambda kind: kind.value)
def test_an_entry_of_every_type_comes_back_equal(event_type):
    line = entry(event_type, data=DATA[event_type], message="m", level=40)

    assert _through(line) == line


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        (EventType.STEP_INPUT, StepInputData("a", TypeCheckData(False, "Int"))),
        (
            EventType.STEP_OUTPUT,
            StepOutputData("a", TypeCheckData(False, "Int"), step_key="clean"),
        ),
        (EventType.STEP_FAILURE, StepFailureData(ERROR, None, ErrorSource.INTERRUPT)),
        (EventType.STEP_START, StepStartData()),
        (EventType.STEP_START, StepStartData(source="x = '\ud800'")),
        (EventType.LOG_MESSAGE, LogMessageData()),
        (EventType.RUN_START, started().event_specific_data),
        (EventType.STEP_UP_FOR_RETRY, StepRetryData(ERROR)),
    ],
    ids=lambda value: getattr(value, "value", ""),
)
def test_an_entry_with_little_in_it_comes_back_equal(event_type, data):
    line = entry(event_type, data=data)

    assert _through(line) == line


@pytest.mark.parametrize(
    "event",
    [
        AssetObservation("a", "d", VALUES, "p", {"ns/x": "y"}),
        AssetObservation("a", metadata={}),
        AssetMaterialization(["a/b", "c\\"], "", VALUES, ""),
        AssetMaterialization("a", tags={}),
        ExpectationResult(False, "", "", VALUES),
        ExpectationResult(False, "age", severity="fatal"),
        ExpectationResult(True),
    ],
)
def test_an_event_of_the_users_comes_back_equal(event):
    assert _through(entry(event, message="m")) == entry(event, message="m")


def test_an_entry_without_data_comes_back_equal():
    assert _through(ended(EventType.RUN_SUCCESS)) == ended(EventType.RUN_SUCCESS)


@given(st.lists(TEXT, min_size=1), TEXT, TEXT)
def test_columns_that_are_no_utf_8_are_readable_and_come_back(key, description, label):
    line = entry(AssetObservation(key, description, {label: 1}, label), message=label)

    row = readable_row(to_row(line))

    assert all(text.encode() for text in row if isinstance(text, str) and text)
    assert from_row(row, run_id="r1", job_name="clean") == line


def test_metadata_beyond_the_limit_is_refused_with_its_label(monkeypatch):
    monkeypatch.setattr(metadata_json, "LARGEST_ROW", 2**20)
    line = entry(AssetObservation("a", metadata={"small": 1, "big": "x" * 2**21}))

    with pytest.raises(InvalidMetadata, match="'big' takes 2 MiB"):
        to_row(line)


def test_a_database_can_look_into_the_metadata():
    assert encode_metadata(normalize_metadata({"rows": 3})) == '{"rows":["int",3]}'
