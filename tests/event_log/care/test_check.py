"""What is wrong with a log is found and told, and nothing is changed by looking."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from factories import ended, entry, observed, started

from opnb.event_log.care.check import check_log
from opnb.event_log.care.database import open_to_read
from opnb.event_log.care.info import log_info
from opnb.event_log.log import EventLog
from opnb.event_log.process import this_process
from opnb.event_log.store.spool import Spool, encode_record
from opnb.model.entry import EventType
from opnb.model.errors import LogUnavailableError
from opnb.model.events import ExpectationResult
from opnb.model.serialize import to_row

LOGS = Path(__file__).parents[1] / "logs"


@pytest.fixture(name="path")
def _path(tmp_path):
    """A log of one run that went well and one under way."""
    path = tmp_path / "events.db"
    log = EventLog(path)
    log.append([started(), observed(1), entry(ExpectationResult(True, "age"))])
    log.append([started("r2")])
    log.append([ended(EventType.RUN_SUCCESS)])
    log.close()
    return path


def found(path):
    with open_to_read(path) as database:
        return list(check_log(database, lambda _: None))


def messages(path):
    return [finding.message for finding in found(path)]


def spoil(path, statement):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def fill_spool(path, *lines, identity=None):
    """Write a spool of this process, as a kernel would that has not committed yet."""
    with open_to_read(path) as database:
        spool = Spool(database.spools)
        identity = identity or database.identity
    for line in lines:
        spool.write(line, identity)
    spool.close()
    return next(path.with_name("events.db-spools").iterdir())


def line_of(*entries):
    return encode_record("r2", "clean", [to_row(each) for each in entries])


def of_a_dead_process(spool):
    """Let a spool say that another process wrote it, which is gone."""
    first, rest = spool.read_bytes().split(b"\n", 1)
    process = this_process()
    first = first.replace(str(process.started).encode(), b"1.0")
    spool.write_bytes(first + b"\n" + rest)


def test_in_a_log_that_is_well_nothing_is_found(path):
    assert found(path) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM runs WHERE run_id = 'r1'", "belong to no run: 4"),
        ("DELETE FROM entries WHERE run = 2", "without any entry: 1"),
        ("UPDATE runs SET last_entry = 2 WHERE number = 1", "are looked for: 1"),
        ("UPDATE runs SET first_entry = 2 WHERE number = 1", "are looked for: 1"),
        ("UPDATE runs SET status = 'FAILURE' WHERE number = 1", "entry says: 1"),
        ("UPDATE runs SET status = 'STARTED' WHERE number = 1", "entry says: 1"),
        ("UPDATE runs SET end_time = NULL WHERE number = 1", "nobody knows when: 1"),
        ("UPDATE entries SET metadata = '{' WHERE id = 2", "the entry 2 of ASSET_OBS"),
        ("UPDATE entries SET event_type = 'LUNCH' WHERE id = 2", "2 of LUNCH: 'LUNCH'"),
        ("DROP INDEX entries_by_asset", None),
    ],
)
def test_what_does_not_agree_is_found(path, statement, told):
    spoil(path, statement)
    findings = found(path)

    assert [finding.is_fault for finding in findings] == [True] * len(findings)
    assert all(finding.hint for finding in findings)
    if told is None:
        assert findings == []
    else:
        assert any(told in finding.message for finding in findings)


def test_a_damaged_file_is_found(path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    assert any("damaged" in message for message in messages(path))


def test_a_file_that_was_cut_short_is_told(path):
    path.write_bytes(path.read_bytes()[:8192])

    with pytest.raises(LogUnavailableError, match="malformed") as raised:
        found(path)
    assert "recover" in raised.value.hint


def test_what_waits_for_a_process_that_lives_is_told_and_is_no_fault(path):
    fill_spool(path, line_of(observed(2, "r2"), observed(3, "r2")))
    (finding,) = found(path)

    assert "2 entries wait" in finding.message
    assert "may still run" in finding.message
    assert not finding.is_fault


def test_what_a_dead_process_left_is_found(path):
    of_a_dead_process(fill_spool(path, line_of(observed(2, "r2"))))
    (finding,) = found(path)

    assert "has ended" in finding.message
    assert finding.is_fault


def test_a_spool_of_another_log_is_found(path):
    fill_spool(path, line_of(observed(2, "r2")), identity="another")
    (finding,) = found(path)

    assert "another log" in finding.message


def test_lines_that_are_none_are_counted(path):
    fill_spool(path, line_of(observed(2, "r2")), b"\0\0\n", b"[1\n")

    assert any("has lines that are none: 2" in message for message in messages(path))


@pytest.mark.parametrize("content", [b"", b"no", b"1\n", b'[1,"log"]\n', b"[9,1]\n"])
def test_a_spool_that_cannot_be_read_is_found(path, content):
    fill_spool(path, line_of(observed(2, "r2"))).write_bytes(content)
    (message,) = messages(path)

    assert "cannot be read" in message


def test_looking_changes_nothing(path):
    spool = fill_spool(path, line_of(observed(2, "r2")))
    of_a_dead_process(spool)
    files = [path, spool]
    before = [file.read_bytes() for file in files]
    names = sorted(each.name for each in path.parent.iterdir())
    found(path)
    with open_to_read(path) as database:
        log_info(database)

    assert [file.read_bytes() for file in files] == before
    assert sorted(each.name for each in path.parent.iterdir()) == names


def test_looking_leaves_what_a_killed_kernel_left_in_the_journal(path, tmp_path):
    log = EventLog(path)
    log.append([observed(2, "r2"), ended(EventType.RUN_SUCCESS, "r2")])
    copies = [tmp_path / "copy.db", tmp_path / "copy.db-wal"]
    for copy, name in zip(copies, ("events.db", "events.db-wal"), strict=True):
        copy.write_bytes((tmp_path / name).read_bytes())
    before = [copy.read_bytes() for copy in copies]

    assert before[1]
    assert found(copies[0]) == []
    assert [copy.read_bytes() for copy in copies] == before


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_log_is_looked_at_and_left_old(tmp_path, version):
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript((LOGS / f"version_{version}.sql").read_text())
    connection.close()
    before = path.read_bytes()
    (finding,) = found(path)

    assert f"version {version}" in finding.message
    assert not finding.is_fault
    assert path.read_bytes() == before


def test_a_log_that_is_not_there_is_told_and_not_made(tmp_path):
    with pytest.raises(LogUnavailableError, match="There is no log"):
        found(tmp_path / "events.db")

    assert list(tmp_path.iterdir()) == []


def test_a_look_sees_one_moment_while_others_write(path):
    log = EventLog(path)
    with open_to_read(path) as database:
        log.append([ended(EventType.RUN_FAILURE, "r2")])
        assert not log.unsaved
        assert log_info(database).runs_by_status == {"STARTED": 1, "SUCCESS": 1}
    with open_to_read(path) as database:
        assert log_info(database).runs_by_status == {"FAILURE": 1, "SUCCESS": 1}


def test_info_counts_what_there_is(path):
    of_a_dead_process(fill_spool(path, line_of(observed(2, "r2"))))
    with open_to_read(path) as database:
        info = log_info(database)

    assert (info.runs, info.entries, info.assets, info.checks) == (2, 5, 1, 1)
    assert info.waiting == 1
    assert info.settings["journal_mode"] == "WAL"
    assert info.size_bytes == path.stat().st_size
    assert info.first_entry.isoformat() == "1970-01-01T00:00:01.500000+00:00"
    assert info.as_json()["last_entry"] == "1970-01-01T00:00:01.500000+00:00"


def test_info_tells_runs_of_dead_processes_as_interrupted(path):
    spoil(path, "UPDATE runs SET pid_started = 1.0")
    with open_to_read(path) as database:
        assert log_info(database).runs_by_status == {"INTERRUPTED": 1, "SUCCESS": 1}


def test_info_of_an_empty_log(tmp_path):
    EventLog(tmp_path / "events.db").close()
    with open_to_read(tmp_path / "events.db") as database:
        info = log_info(database)

    assert (info.runs, info.entries, info.first_entry) == (0, 0, None)
    assert found(tmp_path / "events.db") == []


def test_a_log_in_postgresql_is_looked_at_and_none_is_made(postgres, postgres_address):
    with pytest.raises(LogUnavailableError, match="There is no log"):
        found(postgres_address)
    name = postgres_address.rpartition("/")[2]
    schemas = postgres.execute("SELECT nspname FROM pg_namespace", name)

    assert ("opnb",) not in schemas
