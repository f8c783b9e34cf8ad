"""A log that breaks while an op runs: told clearly, and nothing of the op is lost."""

import sqlite3

import pytest

from opnb import LogUnavailableError
from opnb.session import Session, use_session

MANY = (
    "for n in range(50):\n"
    "    yield AssetMaterialization('big', metadata={'text': 'x' * 2000})\n"
    "total = n"
)


@pytest.fixture(name="path")
def _path(tmp_path, run):
    run("from opnb import *")
    session = use_session(Session(tmp_path / "events.db"))
    run("%%op first\nx = 1")
    yield tmp_path / "events.db"
    session.log.close()


def connection():
    from opnb import current_session

    return current_session().log.writer._store._connection


def fill_the_disk():
    pages = connection().execute("PRAGMA page_count").fetchone()[0]
    connection().execute(f"PRAGMA max_page_count = {pages + 2}")


def test_a_full_disk_is_told_and_the_values_stand(run, ns, path):
    fill_the_disk()

    ran = run(f"%%op many\n{MANY}")

    assert isinstance(ran.error, LogUnavailableError)
    assert "entries are not in the log: they wait in its spool" in ran.stdout
    assert "Hint: Free some space" in ran.stdout
    assert "---->" not in ran.stdout
    assert ns["total"] == 49
    assert len(ran.cards) == 1


def test_the_log_is_whole_and_takes_the_rest_when_there_is_space(run, path, ns):
    fill_the_disk()
    run(f"%%op many\n{MANY}")
    connection().execute("PRAGMA max_page_count = 100000")

    ran = run("%%op after\ny = 1")

    assert ran.error is None
    history = run("%op asset big").value
    assert len(history.entries) == 50
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()


def test_a_failing_op_tells_its_own_error_first(run, path):
    fill_the_disk()

    ran = run(f"%%op many\n{MANY}\n1 / 0")

    assert isinstance(ran.error, ZeroDivisionError)
    assert "entries are not in the log: they wait in its spool" in ran.stdout


def test_a_locked_log_is_told_and_works_again(run, ns, path):
    connection().execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    ran = run("%%op locked\nz = 1")
    other.execute("ROLLBACK")
    other.close()
    after = run("%%op after\ny = 1")

    assert isinstance(ran.error, LogUnavailableError)
    assert "Another program holds it" in ran.stdout
    assert ns["z"] == 1
    assert after.error is None
    assert run("%op runs").value["job"].tolist() == ["first", "locked", "after"]
