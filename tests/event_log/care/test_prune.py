"""Old runs go; what is under way, the newest and the latest of each asset stay."""

from __future__ import annotations

import sqlite3

import pytest
from factories import ended, entry, started
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opnb.event_log.care.check import check_log
from opnb.event_log.care.compact import compact_log
from opnb.event_log.care.database import open_to_change, open_to_read
from opnb.event_log.care.prune import Prune
from opnb.event_log.care.transfer import export_log
from opnb.event_log.log import EventLog
from opnb.model.entry import EventType, StepSuccessData
from opnb.model.errors import LogUnavailableError
from opnb.model.events import AssetMaterialization, AssetObservation

DAY = 86_400
IDS = "SELECT entries.id, run_id FROM entries JOIN runs ON number = run ORDER BY id"


def run_of(number, *events, job="clean", end=EventType.RUN_SUCCESS, run_id=None):
    """Return the entries of a run on one day; without `end` it goes on."""
    run_id = run_id or f"r{number}"
    kinds = [EventType.STEP_START, *events, EventType.STEP_SUCCESS]
    lines = [started(run_id), *(entry(kind, run_id=run_id) for kind in kinds)]
    lines += [] if end is None else [ended(end, run_id)]
    for line in lines:
        line.timestamp, line.job_name = float(number * DAY), job
        if line.event_type is EventType.STEP_SUCCESS:
            line.event_specific_data = _DONE
    return lines


_DONE = StepSuccessData(1.0)


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "events.db"


def write(path, *runs):
    log = EventLog(path)
    for run in runs:
        log.append(run)
    log.close()


def prune(path, day, *, keep_runs=0, remove=True):
    with open_to_change(path) as database:
        found = Prune(database, int(day * DAY * 1e6), keep_runs)
        if remove:
            found.remove()
        return found.counts


def kept(path):
    connection = sqlite3.connect(path)
    rows = connection.execute(IDS).fetchall()
    connection.close()
    return rows


def runs(path):
    log = EventLog(path)
    names = list(log.runs(order="oldest")["run_id"])
    log.close()
    return names


def test_runs_that_ended_before_go_with_their_entries(path):
    write(path, *(run_of(day) for day in range(1, 5)))
    before = kept(path)
    counts = prune(path, 3)

    assert (counts.runs, counts.entries, counts.runs_thinned) == (2, 8, 0)
    assert (counts.all_runs, counts.all_entries) == (4, 16)
    assert kept(path) == before[8:]
    assert runs(path) == ["r3", "r4"]


def test_looking_for_what_is_old_changes_nothing(path):
    write(path, *(run_of(day) for day in range(1, 5)))
    before = kept(path)
    counts = prune(path, 3, remove=False)

    assert counts.runs == 2
    assert kept(path) == before


def test_the_latest_of_each_asset_and_partition_stays(path):
    made, seen = AssetMaterialization, AssetObservation
    write(
        path,
        run_of(1, made("a"), made("a", partition="x"), seen("a"), seen("b")),
        run_of(2, made("a"), made("a", partition="y"), seen("b")),
        run_of(3),
    )
    log = EventLog(path)
    latest = log.asset("a").latest
    log.close()
    counts = prune(path, 3)
    log = EventLog(path)

    assert counts.runs_thinned == 1  # of the second run all stays
    assert log.asset("a").latest == latest
    assert list(log.asset("a").frame["partition"].fillna("")) == ["x", "", "", "y"]
    assert len(log.asset("b")) == 1
    assert runs(path) == ["r1", "r2", "r3"]


def test_of_a_run_with_the_latest_its_beginning_and_end_stay(path):
    log_line = EventType.LOG_MESSAGE
    events = (AssetMaterialization("a"), log_line)
    write(path, run_of(1, *events), run_of(2))
    prune(path, 2)
    log = EventLog(path)

    types = [line.event_type.value for line in log.entries("r1")]
    assert types == [
        "RUN_START",
        "STEP_START",
        "ASSET_MATERIALIZATION",
        "STEP_SUCCESS",
        "RUN_SUCCESS",
    ]
    assert log.summary("r1").status.value == "SUCCESS"


def test_pruning_again_finds_nothing(path):
    write(path, run_of(1, AssetMaterialization("a")), run_of(2), run_of(3))
    prune(path, 3)
    before = kept(path)
    counts = prune(path, 3)

    assert (counts.entries, counts.runs, counts.runs_thinned) == (0, 0, 0)
    assert kept(path) == before


def test_what_is_under_way_stays_however_old(path):
    write(path, run_of(1, end=None), run_of(2), run_of(3))
    prune(path, 3)

    assert runs(path) == ["r1", "r3"]


def test_an_interrupted_run_goes(path):
    write(path, run_of(1, end=None), run_of(2))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE runs SET pid_started = 1.0")
    connection.close()
    prune(path, 2)

    assert runs(path) == ["r2"]


def test_the_run_with_the_newest_entry_stays_so_that_ids_go_on_growing(path):
    write(path, run_of(1), run_of(2))
    last = kept(path)[-1][0]
    log = EventLog(path)
    tail = log.tail()
    prune(path, 9)
    log.append(run_of(9, run_id="new"))

    assert runs(path) == ["r2", "new"]
    assert min(id_ for id_, run_id in kept(path) if run_id == "new") > last
    assert set(tail.read()["run_id"]) == {"new"}
    log.close()


def test_a_run_that_logged_on_after_its_end_is_as_old_as_that(path):
    late = entry(EventType.LOG_MESSAGE, timestamp=5.0 * DAY)
    write(path, run_of(1), run_of(2), [late], run_of(3, run_id="r1"), run_of(6))
    prune(path, 4)

    assert runs(path) == ["r1", "r6"]


def test_the_last_runs_of_each_job_can_be_kept(path):
    a = [run_of(day, job="a") for day in (1, 2, 3)]
    b = [run_of(4, job="b", run_id="only")]
    write(path, *a, *b, run_of(9))
    prune(path, 9, keep_runs=1)

    assert runs(path) == ["r3", "only", "r9"]


def test_what_comes_while_a_person_thinks_stays(path):
    write(path, run_of(1, AssetObservation("a")), run_of(2, AssetObservation("a")))
    log = EventLog(path)
    with open_to_change(path) as database:
        found = Prune(database, int(9 * DAY * 1e6))
        log.append(run_of(3, AssetObservation("a"), run_id="new"))
        late = entry(EventType.LOG_MESSAGE, run_id="r1", timestamp=9.0 * DAY)
        log.append([late])
        log.flush()
        found.remove()

    assert runs(path) == ["r1", "r2", "new"]
    assert len(log.entries("r1")) == 1
    assert len(log.entries("new")) == 5
    log.close()


def test_who_writes_meanwhile_keeps_the_log_as_it_was(path, monkeypatch):
    monkeypatch.setattr("opnb.event_log.care.sqlite_database._BUSY_SECONDS", 0.05)
    write(path, run_of(1), run_of(2))
    before = kept(path)
    with open_to_change(path) as database:
        found = Prune(database, int(2 * DAY * 1e6))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailableError, match="locked") as raised:
            found.remove()
        other.execute("ROLLBACK")
        other.close()

    assert raised.value.hint.startswith("Another program writes")
    assert kept(path) == before


ASSETS = st.builds(
    lambda kind, key, part: kind(key, partition=part),
    st.sampled_from([AssetMaterialization, AssetObservation]),
    st.sampled_from("ab"),
    st.sampled_from([None, "x", "y"]),
)
LATEST = (
    "SELECT asset_key, event_type, partition, max(id) FROM entries"
    " WHERE asset_key IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 4"
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.lists(ASSETS, max_size=3), min_size=1, max_size=5),
    st.integers(0, 6),
    st.integers(0, 2),
)
def test_whatever_is_pruned_all_is_well_and_the_latest_are_there(
    tmp_path_factory, events, day, keep_runs
):
    path = tmp_path_factory.mktemp("logs") / "events.db"
    write(path, *(run_of(number, *each) for number, each in enumerate(events)))
    connection = sqlite3.connect(path)
    before, latest = kept(path), connection.execute(LATEST).fetchall()
    counts = prune(path, day, keep_runs=keep_runs)
    after = kept(path)

    assert connection.execute(LATEST).fetchall() == latest
    assert set(after) <= set(before)
    assert len(before) - len(after) == counts.entries
    recent = {f"r{n}" for n in range(len(events)) if n >= day}
    assert [row for row in after if row[1] in recent] == [
        row for row in before if row[1] in recent
    ]
    connection.close()
    with open_to_read(path) as database:
        assert list(check_log(database, lambda _: None)) == []


def test_what_was_pruned_gives_its_room_back(path):
    write(path, *(run_of(1, *[AssetObservation("a")] * 2000) for _ in range(1)))
    write(path, run_of(2, AssetObservation("a")))
    prune(path, 2)
    done = compact_log(path)

    assert done.after < done.before / 2
    assert path.stat().st_size == done.after


def test_a_log_in_postgresql_is_pruned_alike(path, tmp_path, postgres_address):
    made, seen = AssetMaterialization, AssetObservation
    write(
        path,
        run_of(1, made("a"), seen("b"), seen("b")),
        run_of(2, seen("b"), end=None),
        run_of(3, job="other"),
        run_of(4),
    )
    export_log(path, postgres_address)
    for address in (path, postgres_address):
        prune(address, 4, keep_runs=1)
    export_log(postgres_address, str(tmp_path / "copy.db"))

    assert [run for _, run in kept(tmp_path / "copy.db")] == [r for _, r in kept(path)]
    with open_to_read(postgres_address) as database:
        assert list(check_log(database, lambda _: None)) == []
    compact_log(postgres_address)
