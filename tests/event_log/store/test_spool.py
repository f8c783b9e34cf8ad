"""Spools: what a process appends, line by line, until the database has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from opnb.event_log.process import this_process
from opnb.event_log.store.base import Append
from opnb.event_log.store.spool import Spool, SpoolReader, encode_record, find_spools

ROW = (1, "STEP_START", "clean", "clean", 10, "é\n", *[None] * 6)
RECORDS = [encode_record("r1", "clean", [ROW] * size) for size in (1, 3, 2)]


@pytest.fixture(name="spool")
def _spool(tmp_path):
    return Spool(tmp_path / "spools")


def _lines(spool, start=0):
    return SpoolReader(spool.path).read(start)


def test_a_line_is_in_the_file_when_write_returns(spool):
    for record in RECORDS:
        position = spool.write(record, "log")

        last = _lines(spool)[-1]
        assert position == spool.path.stat().st_size
        assert last == Append.of_line("r1", "clean", last.rows, position)
        assert set(last.rows) == {ROW}


def test_reading_goes_on_from_a_position(spool):
    positions = [spool.write(record, "log") for record in RECORDS]

    assert [line.ends[-1] for line in _lines(spool, positions[0])] == positions[1:]
    assert _lines(spool, positions[-1]) == []


def test_a_spool_tells_whose_it_is(spool):
    spool.write(RECORDS[0], "this log")

    reader = SpoolReader(spool.path)
    assert reader.log == "this log"
    assert reader.process == this_process()


def test_before_the_first_line_there_is_no_file(spool, tmp_path):
    assert spool.name is None
    assert find_spools(tmp_path / "spools") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [1, 20, -2, -1])
def test_a_last_line_that_is_not_whole_is_left_alone(spool, kept):
    whole = spool.write(RECORDS[0], "log")
    spool.write(RECORDS[1], "log")
    content = spool.path.read_bytes()
    end = whole + kept if kept > 0 else len(content) + kept
    spool.path.write_bytes(content[:end])

    assert [line.ends[-1] for line in _lines(spool)] == [whole]


@pytest.mark.parametrize("noise", [b"\0" * 9, b"[1, 2", b"\xff\xfe", b"{}"])
def test_a_line_that_was_torn_takes_no_other_with_it(spool, noise):
    first = spool.write(RECORDS[0], "log")
    last = spool.write(noise + b"\n", "log")
    last = spool.write(RECORDS[1], "log")

    assert [line.ends[-1] for line in _lines(spool)] == [first, last]


def test_a_spool_that_is_removed_leaves_nothing_and_a_new_one_is_begun(spool):
    spool.write(RECORDS[0], "log")
    folder = spool.path.parent
    spool.remove()

    assert not folder.exists()
    spool.write(RECORDS[1], "log")
    assert len(_lines(spool)) == 1


def test_two_spools_share_a_folder(spool, tmp_path):
    other = Spool(tmp_path / "spools")
    for each in (spool, other):
        each.write(RECORDS[0], "log")
    other.remove()

    assert find_spools(tmp_path / "spools") == [spool.path]


@pytest.mark.parametrize("first", [b"", b"\n", b"[9,1,2,3,4]\n", b"SQLite format 3\0"])
def test_what_is_no_spool_is_told(tmp_path, first):
    path = tmp_path / "a.jsonl"
    path.write_bytes(first)

    with pytest.raises(ValueError, match=r"."):
        SpoolReader(path)


FULL = """
import resource, signal, sys
from pathlib import Path
from opnb.event_log.store.spool import Spool, SpoolReader, encode_record

spool = Spool(Path(sys.argv[1]))
row = (1, "STEP_START", "clean", "clean", 10, "x" * 300, *[None] * 6)
record = encode_record("r1", "clean", [row])
spool.write(record, "log")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
room = spool.position + len(record) // 2
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
for _ in range(2):
    try:
        spool.write(record, "log")
    except OSError:
        print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 10**6, resource.RLIM_INFINITY))
spool.write(record, "log")
print(len(SpoolReader(spool.path).read(0)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_line_for_which_there_is_no_room_leaves_no_trace(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "spools")],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )

    assert told.stdout.split() == ["refused", "refused", "2"]
