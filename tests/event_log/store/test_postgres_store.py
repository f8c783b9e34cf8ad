import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from factories import ended, entry, executed, observed, op_that, started
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres import PASSWORD

from opnb.event_log.process import this_process
from opnb.event_log.store import postgres_tables
from opnb.event_log.store.base import Append, Batch
from opnb.event_log.store.postgres_batch import Mark, encode_batch
from opnb.event_log.store.postgres_store import PostgresStore
from opnb.event_log.store.sqlite_store import SqliteStore
from opnb.event_log.writing.writer import LogWriter
from opnb.model.entry import (
    EventType,
    HookErroredData,
    LogMessageData,
    RunFailureData,
    SerializableErrorInfo,
    StepRetryData,
)
from opnb.model.errors import (
    ForeignLogError,
    InvalidMetadata,
    LogAddressError,
    LogUnavailableError,
    NewerLogError,
)
from opnb.model.events import (
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
)
from opnb.model.metadata import MetadataValue
from opnb.model.serialize import from_row, to_row
from opnb.model.signals import Failure

TEXT = st.text(st.characters(exclude_categories=()))
ENTRIES = (
    "SELECT run_id, job_name, entries.timestamp, event_type, step_key, op, level,"
    " message, asset_key, entries.partition, label, success, metadata, body"
    " FROM entries JOIN runs ON number = run ORDER BY id"
)
WRITER = """
import sys
from factories import observed, started
from opnb.event_log.store.postgres_store import PostgresStore
from opnb.event_log.process import this_process
from opnb.event_log.store.base import Append, Batch
from opnb.model.serialize import to_row

address, run_id = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
store = PostgresStore(address)
for number in range(0, 100, 2):
    entries = [observed(number, run_id), observed(number + 1, run_id)]
    append = Append.of_line(run_id, "clean", [to_row(entry) for entry in entries])
    store.insert(Batch([append], this_process()))
store.close()
"""


def _append(*entries, position=0):
    first = entries[0]
    rows = [to_row(line) for line in entries]
    return Append.of_line(first.run_id, first.job_name, rows, position)


def _batch(*appends, spool=None):
    return Batch(appends, this_process(), spool)


def _insert(store, *entries):
    store.insert(_batch(*(_append(line) for line in entries)))


def _entries(store):
    return [
        from_row(tuple(columns), run_id=run_id, job_name=job_name)
        for run_id, job_name, *columns in store.select(ENTRIES)
    ]


def _numbers(store, run_id="r1"):
    return [
        line.metadata["number"].value
        for line in _entries(store)
        if line.run_id == run_id and line.metadata
    ]


@contextlib.contextmanager
def _opened(address, **options):
    store = PostgresStore(address, **options)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(name="store")
def _store(postgres_address):
    with _opened(postgres_address) as store:
        yield store


@pytest.fixture(name="connection")
def _connection(postgres_address):
    """A connection of the test's own, to the schema of the log."""
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute("SET search_path TO opnb")
        yield connection


def _backend(store):
    return store.select("SELECT pg_backend_pid()")[0][0]


def _until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# --- what is kept ---------------------------------------------------------------------


ERROR = SerializableErrorInfo("m", ("a\n", "b\n"), "ValueError", None)
BAD = Failure("no rows", metadata={"rows": 0})
MADE = [
    entry(AssetMaterialization("a", "d", {"x": MetadataValue.md("**b**")}, "p")),
    entry(AssetObservation(["a", "b/c"], tags={"k": "v"}), message="ä€😀"),
    entry(ExpectationResult(False, "age", "d", {"n": 10**30, "f": float("nan")})),
    entry(EventType.LOG_MESSAGE, level=40, message="m", data=LogMessageData(ERROR)),
    entry(EventType.HOOK_ERRORED, data=HookErroredData(ERROR)),
    entry(EventType.STEP_UP_FOR_RETRY, data=StepRetryData(ERROR, 0.5)),
    ended(EventType.RUN_SUCCESS),
    entry(EventType.RUN_FAILURE, data=RunFailureData(ERROR, ("a", "b"))),
    entry(EventType.RUN_CANCELED, data=RunFailureData(None)),
    *(
        entry(kind)
        for kind in EventType
        if kind.value.startswith("HOOK_") and kind is not EventType.HOOK_ERRORED
    ),
    entry(EventType.STEP_SKIPPED),
    entry(EventType.STEP_RESTARTED),
]


@pytest.mark.parametrize(
    "lines",
    [
        executed(op_that(yields=[AssetObservation("a"), ExpectationResult(True)])),
        executed(op_that(raises=BAD), tags={"dagster/partition": "p"}),
    ],
    ids=["success", "failure"],
)
def test_a_run_comes_back_equal(store, lines):
    store.insert(_batch(_append(*lines.entries)))

    kept = _entries(store)
    assert [to_row(line) for line in kept] == [to_row(line) for line in lines.entries]
    assert {line.run_id for line in kept} == {lines.run.info.run_id}


@pytest.mark.parametrize("line", MADE, ids=lambda line: line.event_type.value)
def test_an_entry_of_every_type_comes_back_equal(store, line):
    _insert(store, line)

    assert _entries(store) == [line]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(TEXT.filter(bool), min_size=1), TEXT, TEXT)
def test_any_text_comes_back_equal(store, key, description, label):
    store.select("SELECT 1")
    with psycopg.connect(
        store._target.conninfo(seconds=10), autocommit=True
    ) as connection:
        connection.execute("TRUNCATE opnb.entries, opnb.runs")
    event = AssetObservation(key, description, {label: description}, label)
    lines = [
        entry(event, message=label, step_key=description),
        entry(ExpectationResult(True, label, description)),
    ]

    _insert(store, *lines)

    assert _entries(store) == lines


def test_columns_show_an_escape_for_what_no_text_may_hold(store):
    _insert(store, entry(EventType.LOG_MESSAGE, message="a\0b\ud800"))

    assert store.select("SELECT message FROM entries") == [("a\\x00b\\ud800",)]
    query = "SELECT count(*) FROM entries WHERE message = ?"
    assert store.select(query, ["a\0b\ud800"]) == [(1,)]


def test_a_run_of_any_name_is_kept_under_a_readable_one(store):
    tags = {"dagster/partition": "p\0"}
    _insert(
        store, started("r\0\udfff", **tags), ended(EventType.RUN_SUCCESS, "r\0\udfff")
    )

    query = "SELECT run_id, partition, status FROM runs"
    assert store.select(query) == [("r\\x00\\udfff", "p\\x00", "SUCCESS")]


def _story(store):
    """Let a store live through what stores live through."""
    store.insert(_batch(_append(started("a", **{"dagster/partition": "p"}))))
    store.insert(_batch(_append(observed(1, "a")), _append(observed(2, "b"))))
    store.insert(_batch(_append(ended(EventType.RUN_FAILURE, "a"))))
    store.insert(_batch(_append(observed(3, "a")), _append(observed(4, "b"))))
    whole = [started("c"), observed(5, "c"), ended(EventType.RUN_SUCCESS, "c")]
    store.insert(_batch(_append(*whole), _append(ended(EventType.RUN_CANCELED, "b"))))
    store.insert(_batch(_append(started("c"), observed(6, "c"))))
    store.insert(_batch(_append(ended(EventType.RUN_FAILURE, "c"), position=7)))
    store.insert(_batch(_append(observed(7, "d"), position=9), spool="s"))
    late = _append(observed(8, "d"), position=12)
    store.insert(_batch(late, _append(observed(9, "d")), spool="s"))


@pytest.mark.parametrize("table", ["runs", "entries"])
def test_rows_are_those_that_sqlite_has(store, table):
    other = SqliteStore(None)
    for each in (store, other):
        _story(each)

    query = f"SELECT * FROM {table} ORDER BY 1"  # noqa: S608 - a name above
    rows = store.select(query)
    assert len(rows) > 3
    if table == "runs":
        assert rows == other.select(query)
    else:  # a number that a refused batch took is given to no other
        assert [row[1:] for row in rows] == [row[1:] for row in other.select(query)]


def test_the_columns_are_those_of_sqlite(store):
    other = SqliteStore(None)
    query = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = ? AND table_schema = 'opnb' ORDER BY ordinal_position"
    )

    for table in ("runs", "entries", "spools"):
        there = other.select("SELECT name FROM pragma_table_info(?)", [table])
        assert store.select(query, [table]) == there


def test_several_batches_keep_their_order(store):
    for first in (0, 10, 20):
        _insert(store, *(observed(first + number) for number in range(10)))

    assert _numbers(store) == list(range(30))


def test_many_entries_are_kept_at_once(store):
    store.insert(_batch(_append(*(observed(number) for number in range(5000)))))

    assert _numbers(store) == list(range(5000))


# --- spools ---------------------------------------------------------------------------


def test_a_batch_that_a_reader_took_from_its_spool_adds_nothing(
    postgres_address, store
):
    batch = _batch(
        _append(observed(1), position=10), _append(observed(2), position=20), spool="s"
    )
    with _opened(postgres_address) as reader:
        reader.insert(batch)

    store.insert(batch)

    assert _numbers(store) == [1, 2]
    assert store.merged("s") == 20


def test_what_a_reader_has_not_taken_is_added(store):
    first, second = _append(observed(1), position=10), _append(observed(2), position=20)
    store.insert(_batch(first, spool="s"))

    store.insert(_batch(first, second, spool="s"))

    assert _numbers(store) == [1, 2]
    assert store.merged("s") == 20


def test_what_is_in_no_spool_is_always_added(store):
    store.insert(_batch(_append(observed(1), position=10), spool="s"))

    store.insert(_batch(_append(observed(2)), spool="s"))
    store.insert(_batch(_append(observed(2))))

    assert _numbers(store) == [1, 2, 2]
    assert store.merged("s") == 10


def test_a_spool_that_is_not_known_was_not_taken_in(store):
    assert store.merged("s") == 0


def test_spools_lie_in_a_folder_that_is_that_of_the_database(
    postgres, postgres_address
):
    with _opened(postgres_address) as store, _opened(postgres.address()) as other:
        assert store.spools.is_relative_to(Path(os.environ["XDG_STATE_HOME"]))
        assert store.spools != other.spools
    elsewhere = postgres_address.replace("127.0.0.1", "localhost")
    with _opened(elsewhere) as other:
        assert store.spools != other.spools
    with _opened(f"{postgres_address}?password=open%20sesame") as other:
        assert store.spools == other.spools
    postgres.execute("DROP SCHEMA opnb CASCADE")


# --- many writers ---------------------------------------------------------------------


def _child(*arguments):
    folders = [str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_eight_processes_make_and_write_one_log_at_once(postgres_address):
    runs = [f"r{number}" for number in range(8)]
    children = [_child(postgres_address, run_id) for run_id in runs]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        child.communicate(timeout=60)

    assert [child.returncode for child in children] == [0] * 8
    with _opened(postgres_address) as store:
        assert [_numbers(store, run_id) for run_id in runs] == [list(range(100))] * 8


def test_threads_write_at_once(store):
    def write(first):
        for number in range(first, first + 25):
            _insert(store, observed(number))

    threads = [threading.Thread(target=write, args=(n * 25,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(_numbers(store)) == list(range(100))


@contextlib.contextmanager
def _slow_transaction(postgres_address, store):
    """A batch of another program, which is kept when the block ends."""
    with (
        psycopg.connect(postgres_address) as connection,
    ):
        connection.execute("SET search_path TO opnb")
        text = encode_batch(
            [_append(observed(0, "slow"))],
            this_process(),
            None,
            Mark("slow", 1),
            store.identity,
        )
        connection.execute("SELECT append_batch(%s)", (text,))
        yield
        connection.commit()


def _waits(connection):
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    return connection.execute(query).fetchone() == (1,)


def test_no_entry_becomes_visible_after_one_with_a_larger_id(
    postgres_address, store, connection
):
    with _slow_transaction(postgres_address, store):
        thread = threading.Thread(target=_insert, args=(store, observed(1)))
        thread.start()
        _until(lambda: _waits(connection))
        assert connection.execute("SELECT * FROM entries").fetchall() == []
    thread.join()

    query = "SELECT run_id FROM entries JOIN runs ON number = run ORDER BY id"
    assert store.select(query) == [("slow",), ("r1",)]


def test_a_reader_that_goes_on_from_the_last_id_misses_nothing(postgres_address, store):
    done = threading.Event()
    seen = []

    def read():
        last = 0
        with _opened(postgres_address) as reader:
            while True:
                was_done = done.is_set()
                new = reader.select("SELECT id FROM entries WHERE id > ?", [last])
                seen.extend(number for (number,) in sorted(new))
                last = seen[-1] if seen else 0
                if was_done:
                    return

    def write(run_id):
        with _opened(postgres_address) as writer:
            for number in range(60):
                _insert(writer, *[observed(number, run_id)] * (1 + number % 7))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(run_id,)) for run_id in "abc"]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()

    kept = store.select("SELECT id FROM entries ORDER BY id")
    assert [(number,) for number in seen] == kept


def test_an_impatient_writer_gives_up_where_another_is_at_work(postgres_address, store):
    with _slow_transaction(postgres_address, store):
        store.be_patient(patient=False)
        with pytest.raises(LogUnavailableError, match=r"lock timeout\.\nHint: Another"):
            _insert(store, observed(1))

    store.be_patient(patient=True)
    _insert(store, observed(2))
    assert _numbers(store) == [2]


# --- lost connections -----------------------------------------------------------------


def test_a_connection_that_was_ended_is_made_anew(store, connection):
    _insert(store, observed(1))
    connection.execute("SELECT pg_terminate_backend(%s, 5000)", (_backend(store),))
    _insert(store, observed(2))
    connection.execute("SELECT pg_terminate_backend(%s, 5000)", (_backend(store),))

    assert _numbers(store) == [1, 2]


def test_a_connection_that_is_ended_amid_a_batch_keeps_it_once(
    postgres_address, store, connection
):
    backend = _backend(store)
    with _slow_transaction(postgres_address, store):
        thread = threading.Thread(target=_insert, args=(store, observed(1)))
        thread.start()
        _until(lambda: _waits(connection))
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        _until(lambda: _waits(connection))
    thread.join()

    assert _numbers(store) == [1]


class Line:
    """A line to a server that can be cut: what it answers is then never heard."""

    def __init__(self, port):
        self.is_cut = False
        self.is_down = False
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.is_down:
                    near.close()
                else:
                    threading.Thread(target=self._forward, args=(near,)).start()

    def _forward(self, near):
        far = socket.create_connection(("127.0.0.1", self._server))
        with near, far:
            while True:
                ready, _, _ = select.select([near, far], [], [], 60)
                for one, other in ((near, far), (far, near)):
                    if one in ready:
                        data = one.recv(65536)
                        if not data or (one is far and self.is_cut):
                            self.is_cut = False
                            return
                        other.sendall(data)


@pytest.fixture(name="line")
def _line(postgres):
    line = Line(postgres.port)
    yield line
    line.close()


@pytest.fixture(name="far_store")
def _far_store(postgres, postgres_address, line):
    address = postgres_address.replace(f":{postgres.port}/", f":{line.port}/")
    with _opened(address) as store:
        yield store


def test_a_batch_whose_answer_was_lost_is_kept_once(far_store, line):
    line.is_cut = True
    _insert(far_store, observed(1))
    _insert(far_store, observed(2))

    assert _numbers(far_store) == [1, 2]


@pytest.mark.parametrize("position", [0, 10], ids=["unspooled", "spooled"])
def test_a_batch_in_doubt_is_kept_once_when_it_comes_again(far_store, line, position):
    first = _append(observed(1))
    line.is_cut = line.is_down = True
    with pytest.raises(LogUnavailableError, match="could not be written"):
        far_store.insert(_batch(first))
    line.is_down = False

    first = _append(observed(1), position=position)
    far_store.insert(_batch(first, _append(observed(2)), spool="s"))

    assert _numbers(far_store) == [1, 2]
    assert far_store.merged("s") == position


def test_another_batch_than_the_one_in_doubt_is_kept(far_store, line):
    line.is_cut = line.is_down = True
    with pytest.raises(LogUnavailableError):
        _insert(far_store, observed(1))
    line.is_down = False

    _insert(far_store, observed(2))
    _insert(far_store, observed(1), observed(3))

    assert _numbers(far_store) == [1, 2, 3]


def test_what_comes_after_a_batch_in_doubt_is_kept_as_well(far_store, line):
    writer = LogWriter(far_store)
    line.is_cut = line.is_down = True
    writer.append([observed(1)])
    writer.flush()
    assert writer.unsaved == 1
    line.is_down = False

    writer.append([observed(2)])
    writer.flush()

    assert writer.unsaved == 0
    assert _numbers(far_store) == [1, 2]


def test_two_answers_that_are_lost_one_after_the_other_double_nothing(far_store, line):
    writer, insert = LogWriter(far_store), far_store._insert
    line.is_cut = line.is_down = True
    writer.append([ended(EventType.RUN_SUCCESS)])  # committed at once, in no spool
    line.is_down = False

    # What was in doubt is settled; what comes with it is in doubt then.
    far_store._insert = _cutting(far_store, line)
    writer._next_try = 0
    writer.append([observed(1)])
    far_store._insert, line.is_down = insert, False
    writer._next_try = 0
    writer.append([observed(2)])

    assert writer.unsaved == 0
    assert _numbers(far_store) == [1, 2]


def _cutting(store, line):
    """Insert, and lose the answer of all but the first."""
    insert, calls = store._insert, []

    def cutting(batch, appends, mark):
        calls.append(mark)
        if len(calls) == 1:
            line.is_cut = line.is_down = False
        else:
            line.is_cut = line.is_down = True
        insert(batch, appends, mark)

    return cutting


def test_a_log_waits_for_its_server(postgres, store):
    query = "SELECT count(*) FROM entries"
    _insert(store, observed(1))
    assert store.arrow(query).num_rows == 1
    postgres.stop()
    try:
        for use in (
            lambda: _insert(store, observed(2)),
            lambda: store.select(query),
            lambda: store.arrow(query),
            store.follow,
        ):
            with pytest.raises(
                LogUnavailableError, match="Hint: Is the server running"
            ):
                use()
    finally:
        postgres.start()
    _insert(store, observed(3))

    assert _numbers(store) == [1, 3]
    assert store.arrow(query).to_pylist() == [{"count": 2}]


# --- addresses and errors -------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((":open%20sesame@", ":wrong%20one@"), "password authentication failed"),
        ((":open%20sesame@", "@"), "no password supplied"),
        (("opnb:open%20sesame@", "who:open%20sesame@"), "authentication failed"),
        (("127.0.0.1", "nowhere.invalid"), "nowhere.invalid"),
        (("/logs", "/nologs"), 'database "nologs" does not exist'),
    ],
    ids=["password", "none", "user", "host", "database"],
)
def test_what_is_wrong_with_an_address_is_told_without_the_password(
    postgres_address, change, message, monkeypatch
):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    address = postgres_address.replace(*change)

    with pytest.raises(LogUnavailableError, match="could not be opened") as caught:
        PostgresStore(address)

    caught.match(message)
    told, hint = str(caught.value).split("\n")
    assert hint.startswith("Hint: ")
    assert not any(word in told for word in (PASSWORD, "%20", "sesame", "wrong"))
    assert caught.value.__cause__ is None


def test_a_server_that_is_not_there_is_told(postgres_address, postgres):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    address = postgres_address.replace(f":{postgres.port}/", f":{port}/")

    with pytest.raises(LogUnavailableError, match=r"refused.*\nHint: Is the server"):
        PostgresStore(address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:sesame%zz@host/db",
        "postgresql://ann:sesame@host/db?unknown=1",
        "postgresql://ann:open@sesame@host/db",
        "postgresql://ann:open/sesame@host/db",
        "postgresql://ann@host/db?password=sesame&unknown=1",
    ],
    ids=["percent", "option", "at", "slash", "parameter"],
)
def test_an_address_that_cannot_be_read_is_refused(address):
    with pytest.raises(LogAddressError) as caught:
        PostgresStore(address)

    assert "sesame" not in str(caught.value)
    assert "open" not in str(caught.value)


def test_a_store_shows_no_password(store):
    assert repr(store).startswith("PostgresStore('postgresql://opnb@127.0.0.1:")


def test_the_short_scheme_means_the_same(postgres_address, store):
    _insert(store, observed(1))
    with _opened(postgres_address.replace("postgresql://", " Postgres://")) as other:
        assert _numbers(other) == [1]


def test_an_address_may_name_the_schema(postgres_address, connection):
    address = f"{postgres_address}?options=-csearch_path%3DTeam"
    with _opened(address) as first, _opened(postgres_address) as second:
        _insert(first, observed(1))
        _insert(second, observed(2))

        assert _numbers(first) == [1]
        assert first.arrow("SELECT * FROM entries").num_rows == 1
    query = 'SELECT count(*) FROM "Team".entries'
    assert connection.execute(query).fetchone() == (1,)


@pytest.mark.parametrize(
    "foreign",
    [
        "CREATE TABLE opnb.entries (a INTEGER)",
        "CREATE TABLE opnb.log (line TEXT)",
        "CREATE TABLE opnb.log (version INTEGER, identity TEXT)",
    ],
    ids=["entries", "log", "empty"],
)
def test_tables_of_another_program_are_left_alone(
    postgres_address, connection, foreign
):
    connection.execute("CREATE SCHEMA opnb")
    connection.execute(foreign)

    with pytest.raises(ForeignLogError, match=r"another program .*they are left as"):
        PostgresStore(postgres_address)

    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'opnb'"
    assert connection.execute(query).fetchone() == (1,)


def test_a_schema_with_other_tables_takes_a_log(postgres_address, connection):
    connection.execute("CREATE TABLE public.orders (a INTEGER)")
    with _opened(f"{postgres_address}?options=-csearch_path%3Dpublic") as store:
        _insert(store, observed(1))

        assert _numbers(store) == [1]


def test_a_log_of_a_newer_version_is_left_alone(postgres_address, store, connection):
    connection.execute("UPDATE log SET version = 99")

    with pytest.raises(NewerLogError, match=r"newer opnb \(version 99"):
        PostgresStore(postgres_address)


def test_a_log_of_an_older_version_is_brought_forward(
    postgres_address, store, monkeypatch, tmp_path
):
    _insert(store, observed(1))
    script = tmp_path / "next.sql"
    script.write_text(
        "ALTER TABLE runs ADD COLUMN more TEXT; UPDATE log SET version = 2;"
    )
    scripts = (*postgres_tables._SCRIPTS, str(script))
    monkeypatch.setattr(postgres_tables, "_SCRIPTS", scripts)

    for _ in range(2):
        with _opened(postgres_address) as newer:
            assert newer.select("SELECT more FROM runs") == [(None,)]
            assert newer.identity == store.identity
            assert _numbers(newer) == [1]


def test_a_database_that_takes_not_all_texts_is_refused(postgres):
    postgres.execute(
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    )

    with pytest.raises(LogUnavailableError, match="keeps texts as LATIN1"):
        PostgresStore(postgres.address("latin"))
    postgres.execute("DROP DATABASE latin")


def test_who_may_only_read_reads(postgres, postgres_address, store):
    _insert(store, observed(1))
    name = postgres_address.rpartition("/")[2]
    for statement in (
        f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'",
        "GRANT USAGE ON SCHEMA opnb TO guest",
        "GRANT SELECT ON ALL TABLES IN SCHEMA opnb TO guest",
    ):
        postgres.execute(statement, name)

    try:
        with _opened(postgres_address.replace("//opnb:", "//guest:")) as guest:
            assert _numbers(guest) == [1]
            with pytest.raises(
                LogUnavailableError, match=r"denied.*\nHint: Let its owner"
            ):
                _insert(guest, observed(2))
    finally:
        postgres.execute("DROP OWNED BY guest", name)
        postgres.execute("DROP ROLE guest")


@pytest.mark.parametrize(
    "line",
    [
        entry(EventType.LOG_MESSAGE, level=10**30),
        entry(EventType.LOG_MESSAGE, level=2**63),
        entry(AssetObservation(["".join(chr(33 + n * n % 5003) for n in range(9000))])),
    ],
    ids=["level", "large-level", "asset"],
)
def test_an_entry_that_no_column_takes_is_refused(store, line):
    with pytest.raises(InvalidMetadata, match="An entry cannot be kept") as caught:
        _insert(store, observed(1), line)

    assert caught.value.hint is not None
    _insert(store, observed(2))
    assert _numbers(store) == [2]


def test_a_closed_store_tells_so(store):
    store.close()

    with pytest.raises(LogUnavailableError, match="it is closed"):
        _insert(store, observed(1))


def test_a_store_that_is_forgotten_lets_go_of_its_connection(
    postgres_address, connection
):
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'opnb'"
    store = PostgresStore(postgres_address)
    store.arrow("SELECT 1")
    assert connection.execute(query).fetchone() == (2,)

    del store

    _until(lambda: connection.execute(query).fetchone() == (0,))


def test_without_the_driver_the_way_to_it_is_told():
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from opnb.model.errors import LogUnavailableError\n"
        "try: import opnb.event_log.store.postgres_store\n"
        "except LogUnavailableError as error: print(error.hint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == 'pip install "opnb[postgres]"\n'


# --- another log in its place ---------------------------------------------------------


def test_a_log_that_was_dropped_is_made_anew(store, connection):
    _insert(store, observed(1))
    before = store.identity
    connection.execute("DROP SCHEMA opnb CASCADE")

    _insert(store, observed(2))

    assert _numbers(store) == [2]
    assert store.generation == 1
    assert store.identity != before


@pytest.mark.parametrize("by", ["insert", "follow"])
def test_a_log_that_took_the_place_is_told_from_the_first(
    postgres_address, store, connection, by
):
    _insert(store, observed(1))
    connection.execute("DROP SCHEMA opnb CASCADE")
    with _opened(postgres_address) as other:
        if by == "insert":
            _insert(store, observed(2))
        else:
            store.follow()

        assert store.generation == 1
        assert store.identity == other.identity
        assert _numbers(other) == [2] * (by == "insert")


def test_a_log_that_stays_is_followed_without_a_word(store):
    before = store.identity
    store.follow()

    assert (store.identity, store.generation) == (before, 0)


# --- reading --------------------------------------------------------------------------


def test_a_query_may_hold_question_marks_and_percents(store):
    query = "SELECT '?', 'a%', 7 % 4, \"?\" FROM (SELECT ? AS \"?\") AS x -- ? %"

    assert store.select(query, ["y"]) == [("?", "a%", 3, "y")]
    assert store.arrow(query, ["y"]).num_columns == 4


def test_sums_are_numbers_as_in_sqlite(store):
    _insert(store, *(entry(ExpectationResult(n > 0)) for n in range(4)))
    query = (
        "SELECT sum(success), avg(success), sum(success) / 2.0, -sum(id) FROM entries"
    )

    found = store.select(query)
    assert found == [(3, 0.75, 1.5, -10)]
    assert [type(value) for value in found[0]] == [int, float, float, int]


def test_truth_is_a_number_in_a_parameter(store):
    _insert(store, *(entry(ExpectationResult(n > 0)) for n in range(4)))

    assert store.select("SELECT count(*) FROM entries WHERE success = ?", [True]) == [
        (3,)
    ]


def test_texts_sort_by_their_characters(store):
    keys = ["b", "B", "a_b", "aB", "ä", "Z"]
    _insert(store, *(entry(AssetObservation(key)) for key in keys))

    found = store.select("SELECT asset_key FROM entries ORDER BY asset_key")
    assert [key for (key,) in found] == sorted(keys)


def test_arrow_reads_what_select_reads(store):
    quotes = 'it\'s \\ "x" %s ?'
    _insert(store, *(observed(n) for n in range(50)), entry(EventType.LOG_MESSAGE))
    _insert(store, entry(EventType.LOG_MESSAGE, message=quotes))
    query = (
        "SELECT id, message, metadata, success FROM entries WHERE id > ? ORDER BY id"
    )

    table = store.arrow(query, [10])

    assert [tuple(row.values()) for row in table.to_pylist()] == store.select(
        query, [10]
    )
    assert [str(kind) for kind in table.schema.types] == [
        "int64",
        *["string"] * 2,
        "int64",
    ]
    only = store.arrow("SELECT id FROM entries WHERE message = ?", [quotes])
    assert only.num_rows == 1


def test_an_empty_answer_has_its_columns(store):
    table = store.arrow("SELECT id, message FROM entries WHERE id > ?", [0])

    assert (table.num_rows, table.column_names) == (0, ["id", "message"])


def test_a_query_that_is_none_is_told(store):
    for read in (store.select, store.arrow):
        with pytest.raises(LogUnavailableError, match="could not be read"):
            read("SELECT nothing FROM entries")
    assert store.select("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("durability", "setting"), [("normal", "off"), ("full", "on")], ids=str
)
def test_a_commit_waits_for_the_disk_where_that_is_wished(
    postgres_address, durability, setting
):
    with _opened(postgres_address, durability=durability) as store:
        assert store.select("SHOW synchronous_commit") == [(setting,)]


# --- forks ----------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_parent_and_child_of_a_fork_write_on(store):
    _insert(store, observed(1))
    assert store.arrow("SELECT 1").num_rows == 1
    store.leave_before_fork()
    child = os.fork()
    store.return_after_fork()
    if child == 0:
        for number in (2, 3):
            _insert(store, observed(number, "child"))
        os._exit(0)
    for number in (2, 3):
        _insert(store, observed(number))
    assert os.waitpid(child, 0)[1] == 0

    assert _numbers(store) == [1, 2, 3]
    assert _numbers(store, "child") == [2, 3]
    assert store.arrow("SELECT * FROM entries").num_rows == 5
