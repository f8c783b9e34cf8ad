"""Logs carried to files and other logs and back: equal entries, or nothing at all."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from factories import ended, entry, observed, started
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opnb.event_log.care.transfer import export_log, import_log
from opnb.event_log.log import EventLog
from opnb.model.entry import (
    ErrorSource,
    EventType,
    HookErroredData,
    LogMessageData,
    OutputSource,
    RunFailureData,
    SerializableErrorInfo,
    StepFailureData,
    StepInputData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    StepSuccessData,
    TypeCheckData,
    UserFailureData,
    ValueInfo,
)
from opnb.model.errors import (
    CheckError,
    ForeignLogError,
    LogAddressError,
    LogUnavailableError,
)
from opnb.model.events import AssetMaterialization, AssetObservation, ExpectationResult
from opnb.model.metadata import MetadataValue as M
from opnb.model.normalize import normalize_metadata

LOGS = Path(__file__).parents[1] / "logs"
PLACES = ("out.jsonl", "out.parquet", "out.db")
ERROR = SerializableErrorInfo(
    "no", ("line\n",), "ValueError", SerializableErrorInfo("why", (), None)
)
VALUES = normalize_metadata(
    {
        "text": "\ud800 é \x00 \n",
        "json": {"$opnb": ["x"], "big": 2**70, "long": 10**18, "nan": float("nan")},
        "md": M.md("**a**"),
        "int": -(10**5000),
        "bytes": M.bytes(b"\xff"),
        "table": M.table([{"a": 1, "\udfff": 0.1}]),
        "null": None,
    }
)
CHECK = TypeCheckData(True, "Int", "fine", VALUES)
DATA = {
    EventType.STEP_START: StepStartData("v1"),
    EventType.STEP_INPUT: StepInputData(
        "rows", CHECK, ValueInfo("list", (3,)), OutputSource("load", "result", "r0")
    ),
    EventType.STEP_OUTPUT: StepOutputData(
        "r", CHECK, VALUES, ValueInfo("int"), "v1", "k0", "clean"
    ),
    EventType.STEP_SUCCESS: StepSuccessData(1.25),
    EventType.STEP_FAILURE: StepFailureData(
        ERROR, UserFailureData("f", "d", VALUES), ErrorSource.FRAMEWORK_ERROR
    ),
    EventType.STEP_UP_FOR_RETRY: StepRetryData(ERROR, 0.5),
    EventType.STEP_RESTARTED: None,
    EventType.STEP_SKIPPED: None,
    EventType.HOOK_COMPLETED: None,
    EventType.HOOK_SKIPPED: None,
    EventType.HOOK_ERRORED: HookErroredData(ERROR),
    EventType.LOG_MESSAGE: LogMessageData(ERROR),
}
EVENTS = (
    AssetMaterialization(["a/b", "\ud800"], "", VALUES, "p", {"ns/x": "y"}),
    AssetObservation("a", "d", VALUES, "p", {"ns/x": "y"}),
    ExpectationResult(False, "age", "d", VALUES),
    ExpectationResult(True),
)
ENDS = (
    ended(EventType.RUN_SUCCESS),
    entry(EventType.RUN_FAILURE, data=RunFailureData(ERROR, ("a",)), step_key=None),
    entry(EventType.RUN_CANCELED, data=RunFailureData(None), step_key=None),
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
LINES = st.one_of(
    st.builds(
        entry,
        st.sampled_from(EVENTS),
        message=st.none() | TEXT,
        timestamp=st.integers(-(2**50), 2**50).map(lambda micros: micros / 1e6),
        step_key=st.none() | TEXT,
    ),
    st.builds(
        lambda kind, level: entry(kind, data=DATA[kind], level=level),
        st.sampled_from([*DATA]),
        st.integers(0, 2**31),
    ),
    st.builds(
        lambda key, label, value: entry(
            AssetObservation(key, metadata={label: value}), message=label
        ),
        st.lists(TEXT, min_size=1, max_size=2),
        TEXT,
        st.booleans() | st.integers() | st.floats() | TEXT | st.binary(),
    ),
)
RUN_FACTS = (
    "SELECT run_id, job_name, status, start_time, end_time, partition, host, pid,"
    " pid_started FROM runs ORDER BY number"
)


def told(path):
    """Return all that a log knows: its runs, and their entries in their order."""
    connection = sqlite3.connect(path)
    runs = connection.execute(RUN_FACTS).fetchall()
    connection.close()
    log = EventLog(path)
    entries = {run[0]: log.entries(run[0]) for run in runs}
    ids = log.frame[["run_id", "event_type"]].to_numpy().tolist()
    log.close()
    return runs, entries, ids


def write(path, *entries):
    log = EventLog(path)
    for each in entries:
        log.append([each])
    log.close()


@pytest.fixture(name="path")
def _path(tmp_path):
    """A log of two runs whose entries lie among each other, and one under way."""
    path = tmp_path / "events.db"
    lines = [entry(kind, data=DATA[kind], message="m") for kind in DATA]
    events = [entry(event, run_id="r2", message="é\n") for event in EVENTS]
    mixed = [each for pair in zip(lines, events, strict=False) for each in pair]
    write(
        path,
        started(a="b", **{"dagster/partition": "2026"}),
        started("r2"),
        *mixed,
        ENDS[1],
        started("r3"),
        ended(EventType.RUN_SUCCESS, "r2"),
    )
    return path


@pytest.mark.parametrize("place", PLACES)
def test_what_is_exported_and_imported_is_equal(path, tmp_path, place):
    target, copy = str(tmp_path / place), tmp_path / "copy.db"
    export_log(path, target)
    done = import_log(copy, target)

    assert told(copy) == told(path)
    assert (done.runs, done.runs_known) == (3, 0)
    assert done.entries == len(EventLog(path).frame)


@pytest.mark.parametrize("place", PLACES)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(LINES, max_size=6), st.sampled_from(ENDS))
def test_entries_of_any_kind_come_back_equal(tmp_path_factory, place, lines, end):
    folder = tmp_path_factory.mktemp("logs")
    write(folder / "a.db", started(), *lines, end)
    export_log(folder / "a.db", str(folder / place))
    import_log(folder / "b.db", str(folder / place))

    assert told(folder / "b.db") == told(folder / "a.db")


@pytest.mark.parametrize("place", PLACES)
def test_importing_again_changes_nothing(path, tmp_path, place):
    target, copy = str(tmp_path / place), tmp_path / "copy.db"
    export_log(path, target)
    import_log(copy, target)
    before = told(copy)
    done = import_log(copy, target)

    assert told(copy) == before
    assert (done.entries, done.runs, done.runs_known) == (0, 3, 3)


def test_runs_that_are_there_are_left_alone_and_others_come_behind(path, tmp_path):
    other = tmp_path / "other.db"
    write(other, started("r2"), observed(7, "r2"), started("r9"))
    own = EventLog(other).entries("r2")
    export_log(path, str(tmp_path / "out.jsonl"))
    done = import_log(other, str(tmp_path / "out.jsonl"))

    log = EventLog(other)
    assert done.runs_known == 1
    assert log.entries("r2") == own
    assert log.entries("r1") == EventLog(path).entries("r1")
    assert list(log.runs(order="oldest")["run_id"]) == ["r2", "r9", "r1", "r3"]
    assert log.frame["id"].is_monotonic_increasing


def test_a_log_with_imports_is_written_on(path, tmp_path):
    copy = tmp_path / "copy.db"
    export_log(path, str(copy))
    write(copy, started("r5"), observed(5, "r5"), ended(EventType.RUN_SUCCESS, "r5"))

    log = EventLog(copy)
    assert len(log.entries("r5")) == 3
    assert log.entries("r1") == EventLog(path).entries("r1")


def test_the_lines_of_json_are_readable_and_complete(path, tmp_path):
    export_log(path, str(tmp_path / "out.jsonl"))
    content = (tmp_path / "out.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in content.splitlines()]

    frame = EventLog(path).frame
    assert [line["id"] for line in lines] == list(frame["id"])
    assert [line["event_type"] for line in lines] == list(frame["event_type"])
    assert lines[0]["timestamp"] == "1970-01-01T00:00:01.500000Z"
    assert lines[0]["run"]["status"] == "FAILURE"
    assert [line["run_id"] for line in lines if "run" in line] == ["r1", "r2", "r3"]
    assert '"message":"é\\n"' in content


def test_the_columns_of_parquet_are_those_of_the_frame(path, tmp_path):
    export_log(path, str(tmp_path / "out.parquet"))
    found = pd.read_parquet(tmp_path / "out.parquet")
    frame = EventLog(path).frame

    assert list(found)[: len(frame.columns)] == list(frame)
    pd.testing.assert_frame_equal(
        found[list(frame)].astype(frame.dtypes.to_dict()), frame
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"run": "r2"}, {"r2"}),
        ({"op": "clean", "event_type": "STEP_START"}, {"r1"}),
        ({"asset": "a"}, {"r2"}),
        ({"since": "1970-01-01T00:00:02Z"}, set()),
        ({"until": "1970-01-01T00:00:02Z"}, {"r1", "r2", "r3"}),
    ],
    ids=["run", "op and type", "asset", "since", "until"],
)
def test_filters_choose_what_is_exported(path, tmp_path, filters, expected):
    done = export_log(path, str(tmp_path / "out.jsonl"), filters)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()

    assert done.entries == len(lines)
    assert {json.loads(line)["run_id"] for line in lines} == expected


def test_a_part_of_a_run_knows_how_the_run_ended(path, tmp_path):
    export_log(path, str(tmp_path / "out.jsonl"), {"event_type": "ASSET_OBSERVATION"})
    import_log(tmp_path / "copy.db", str(tmp_path / "out.jsonl"))

    runs = EventLog(tmp_path / "copy.db").runs()
    assert list(runs["status"]) == ["SUCCESS"]


def test_what_waits_in_spools_is_exported_too(path, tmp_path):
    log = EventLog(path)
    log.append([observed(1, "r3")])
    assert log.unsaved
    done = export_log(path, str(tmp_path / "out.jsonl"))

    assert done.entries == len(log.frame)


@pytest.mark.parametrize("version", [1, 2])
def test_a_log_of_an_earlier_version_is_exported(tmp_path, version):
    connection = sqlite3.connect(tmp_path / "old.db")
    connection.executescript((LOGS / f"version_{version}.sql").read_text())
    connection.close()
    export_log(tmp_path / "old.db", str(tmp_path / "new.db"))

    assert told(tmp_path / "new.db") == told(tmp_path / "old.db")


def test_standard_output_and_input_carry_json_lines(path, tmp_path, capfdbinary):
    export_log(path, "-")
    sys.stdout.flush()
    content = capfdbinary.readouterr().out
    assert content.count(b"\n") == len(EventLog(path).frame)


def test_json_lines_are_read_from_standard_input(path, tmp_path, monkeypatch):
    export_log(path, str(tmp_path / "out.jsonl"))
    given = io.TextIOWrapper(io.BytesIO((tmp_path / "out.jsonl").read_bytes()))
    monkeypatch.setattr(sys, "stdin", given)
    import_log(tmp_path / "copy.db", "-")

    assert told(tmp_path / "copy.db") == told(path)


# What is wrong is refused, and leaves no trace


LINE = {
    "timestamp": "2026-01-01T00:00:00Z",
    "run_id": "r1",
    "event_type": "RUN_START",
    "level": 10,
    "run": {
        "job": "clean",
        "status": "STARTED",
        "start_time": "2026-01-01T00:00:00Z",
        "host": "h",
        "pid": 1,
        "pid_started": 0.5,
    },
}
BAD_LINES = {
    "no JSON": "{",
    "no object": "[1]",
    "NaN": '{"a": NaN}',
    "unknown name": {**LINE, "colour": 1},
    "no run id": {k: v for k, v in LINE.items() if k != "run_id"},
    "no time": {k: v for k, v in LINE.items() if k != "timestamp"},
    "a time that is none": {**LINE, "timestamp": "yesterday"},
    "a text for a number": {**LINE, "level": "10"},
    "truth for a number": {**LINE, "level": True},
    "an unknown type": {**LINE, "event_type": "LUNCH"},
    "metadata of an unknown kind": {
        **LINE,
        "event_type": "ASSET_OBSERVATION",
        "asset_key": "a",
        "metadata": {"a": ["colour", 1]},
    },
    "a lone surrogate": '{"run_id": "\\ud800", "level": 1}',
    "a body that lacks something": {**LINE, "event_type": "STEP_SUCCESS"},
    "a run that is not told of": {k: v for k, v in LINE.items() if k != "run"},
    "a run without its process": {**LINE, "run": {"job": "clean"}},
    "a number beyond all databases": {**LINE, "level": 2**80},
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=list(BAD_LINES))
def test_a_bad_line_is_told_by_its_number_and_nothing_is_taken(path, tmp_path, bad):
    good = {**LINE, "run_id": "good"}
    lines = [good, bad if isinstance(bad, str) else {**bad}, good]
    content = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (tmp_path / "in.jsonl").write_text("\n".join(content))
    before = told(path)

    with pytest.raises(ForeignLogError, match=r"in\.jsonl, line 2, is no entry"):
        import_log(path, str(tmp_path / "in.jsonl"))

    assert told(path) == before


def test_the_line_that_the_bad_ones_are_made_of_is_good(tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps(LINE) + "\n\n")

    assert import_log(tmp_path / "events.db", str(tmp_path / "in.jsonl")).entries == 1


BAD_TABLES = {
    "columns missing": lambda table: table.drop_columns(["run_host"]),
    "a column of another type": lambda table: table.set_column(
        table.schema.get_field_index("timestamp"), "timestamp", pa.array(["x"] * 3)
    ),
    "an unknown event type": lambda table: table.set_column(
        table.schema.get_field_index("event_type"),
        "event_type",
        pa.array(["RUN_START", "LUNCH", "RUN_SUCCESS"]),
    ),
    "no run id": lambda table: table.set_column(
        table.schema.get_field_index("run_id"), "run_id", pa.array(["a", None, "a"])
    ),
    "metadata that are no JSON": lambda table: table.set_column(
        table.schema.get_field_index("metadata"),
        "metadata",
        pa.array([None, "{", None]),
    ),
}


@pytest.mark.parametrize("spoil", BAD_TABLES.values(), ids=list(BAD_TABLES))
def test_parquet_that_is_no_log_is_refused_and_nothing_is_taken(path, tmp_path, spoil):
    write(
        tmp_path / "new.db",
        started("a"),
        observed(1, "a"),
        ended(EventType.RUN_SUCCESS, "a"),
    )
    export_log(tmp_path / "new.db", str(tmp_path / "good.parquet"))
    table = spoil(pq.read_table(tmp_path / "good.parquet"))
    pq.write_table(table, tmp_path / "bad.parquet")
    before = told(path)

    with pytest.raises(ForeignLogError, match=r"bad\.parquet"):
        import_log(path, str(tmp_path / "bad.parquet"))

    assert told(path) == before


def test_a_row_of_parquet_that_is_no_entry_is_told_by_its_number(tmp_path):
    write(tmp_path / "new.db", started("a"), observed(1, "a"))
    export_log(tmp_path / "new.db", str(tmp_path / "a.parquet"))
    table = pq.read_table(tmp_path / "a.parquet")
    place = table.schema.get_field_index("event_type")
    table = table.set_column(place, "event_type", pa.array(["RUN_START", "LUNCH"]))
    pq.write_table(table, tmp_path / "a.parquet")

    with pytest.raises(ForeignLogError, match=r"row 2, is no entry"):
        import_log(tmp_path / "b.db", str(tmp_path / "a.parquet"))


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_text("no")

    with pytest.raises(ForeignLogError, match="no Parquet file"):
        import_log(tmp_path / "b.db", str(tmp_path / "a.parquet"))
    assert not (tmp_path / "b.db").exists()


@pytest.mark.parametrize("place", ["a.jsonl", "a.parquet", "a.db"])
def test_a_file_that_is_not_there_is_told_and_no_log_is_made(tmp_path, place):
    with pytest.raises(LogUnavailableError, match=r"a\.\w+"):
        import_log(tmp_path / "b.db", str(tmp_path / place))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_log_that_is_not_there_is_not_made_by_exporting_it(tmp_path, place):
    with pytest.raises(LogUnavailableError, match="There is no log"):
        export_log(tmp_path / "events.db", str(tmp_path / place))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["a.csv", "a", "mysql://x/y", "memory:"])
def test_a_place_of_an_unknown_kind_is_refused(path, place):
    with pytest.raises(LogAddressError) as raised:
        export_log(path, place)

    assert raised.value.hint


def test_a_log_is_not_carried_onto_itself(path, monkeypatch):
    monkeypatch.chdir(path.parent)

    for place in ("events.db", f"sqlite:///{path}", str(path)):
        with pytest.raises(LogAddressError, match="this log itself"):
            export_log(path, place)
        with pytest.raises(LogAddressError, match="this log itself"):
            import_log(path, place)


@pytest.mark.parametrize("place", PLACES[:2])
def test_a_file_that_is_there_is_written_over_only_if_asked(path, tmp_path, place):
    (tmp_path / place).write_text("precious")

    with pytest.raises(LogUnavailableError, match="is there already"):
        export_log(path, str(tmp_path / place))
    assert (tmp_path / place).read_text() == "precious"

    export_log(path, str(tmp_path / place), overwrite=True)
    assert import_log(tmp_path / "copy.db", str(tmp_path / place)).runs == 3


@pytest.mark.parametrize("place", PLACES[:2])
def test_a_folder_that_is_not_there_is_told(path, tmp_path, place):
    with pytest.raises(LogUnavailableError, match="no such folder"):
        export_log(path, str(tmp_path / "gone" / place))


def test_a_filter_that_cannot_be_leaves_no_file(path, tmp_path):
    before = sorted(tmp_path.iterdir())

    with pytest.raises(CheckError, match="no event type"):
        export_log(path, str(tmp_path / "a.jsonl"), {"event_type": "LUNCH"})
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("place", PLACES)
def test_who_interrupts_an_export_finds_all_as_it_was(path, tmp_path, place):
    def interrupt(total):
        raise KeyboardInterrupt

    (tmp_path / "sub").mkdir()
    with pytest.raises(KeyboardInterrupt):
        export_log(path, str(tmp_path / "sub" / place), progress=interrupt)

    kept = {each.suffix for each in (tmp_path / "sub").iterdir()}
    assert kept <= {".db"}


def test_chunks_do_not_show_in_what_is_carried(path, tmp_path, monkeypatch):
    for module in ("sqlite_database", "jsonl_file", "parquet_file"):
        monkeypatch.setattr(f"opnb.event_log.care.{module}.CHUNK", 3)
    monkeypatch.setattr("opnb.event_log.care.parquet_file._GROUP", 4)
    export_log(path, str(tmp_path / "a.parquet"))
    import_log(tmp_path / "b.db", str(tmp_path / "a.parquet"))
    export_log(tmp_path / "b.db", str(tmp_path / "c.jsonl"))
    import_log(tmp_path / "d.db", str(tmp_path / "c.jsonl"))

    assert told(tmp_path / "d.db") == told(path)


def test_a_log_is_carried_to_postgresql_and_back(path, tmp_path, postgres_address):
    export_log(path, postgres_address)
    again = export_log(path, postgres_address)
    export_log(postgres_address, str(tmp_path / "a.jsonl"))
    import_log(tmp_path / "b.db", str(tmp_path / "a.jsonl"))

    assert (again.entries, again.runs_known) == (0, 3)
    assert told(tmp_path / "b.db") == told(path)
