"""Reads a log in a process of its own, one way, and tells how long it takes.

python -m bench.read_once WAY LOG
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable

import pandas as pd
from bench import ops
from bench.measure import Work

from opnb.event_log.reading.frame import ENTRY_COLUMNS
from opnb.session import Session

NEW = 1_000
_COLUMNS = ", ".join(f"{sql} AS {name}" for name, (sql, _) in ENTRY_COLUMNS.items())
_QUERY = (
    f"SELECT {_COLUMNS} FROM entries JOIN runs ON runs.number = entries.run"  # noqa: S608 - ours
    " ORDER BY entries.id"
)


def _fetchall(path: str) -> pd.DataFrame:
    connection = sqlite3.connect(path)
    rows = connection.execute(_QUERY).fetchall()
    columns = zip(*rows, strict=True)
    return pd.DataFrame(dict(zip(ENTRY_COLUMNS, map(list, columns), strict=True)))


def _read_sql(path: str) -> pd.DataFrame:
    return pd.read_sql_query(_QUERY, sqlite3.connect(path))


def _adbc(path: str) -> pd.DataFrame:
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(path) as connection, connection.cursor() as cursor:
        # Larger batches than its own 1,024 are faster.
        options = {"adbc.sqlite.query.batch_rows": "65536"}
        cursor.adbc_statement.set_options(**options)
        cursor.execute(_QUERY)
        return cursor.fetch_arrow_table().to_pandas()


_WAYS: dict[str, Callable[[str], pd.DataFrame]] = {
    "fetchall": _fetchall,
    "read_sql_query": _read_sql,
    "ADBC": _adbc,
}


def _read_raw(way: str, path: str) -> dict[str, float]:
    if way == "ADBC":
        import adbc_driver_sqlite.dbapi  # noqa: F401 - importing is not reading
    _load_arrow()
    started = time.perf_counter()
    frame = _WAYS[way](path)
    return {"first": time.perf_counter() - started, "rows": len(frame)}


def _load_arrow() -> None:
    pd.Series(["a"], dtype="string[pyarrow]")


def _read_opnb(path: str) -> dict[str, float]:
    """Read a log, read it again, and once more after new events."""
    from opnb.event_log.log import EventLog

    _load_arrow()
    started = time.perf_counter()
    log = EventLog(path)
    frame = log.frame
    told = {"first": time.perf_counter() - started, "rows": len(frame)}
    told["again"] = statistics.median(
        Work(lambda: log.frame).seconds() for _ in range(5)
    )
    writer, op = Session(path), ops.observing(NEW)
    new = []
    for _ in range(5):
        writer.execute_op(op)
        new.append(Work(lambda: log.frame).seconds())
    told["new"] = statistics.median(new)
    assert len(log.frame) > len(frame) + 5 * NEW
    return told


def _read_assets(path: str) -> dict[str, float]:
    """Read the latest event and the history of assets, another one each time."""
    from opnb.event_log.log import EventLog

    log = EventLog(path)
    keys = [ops.asset(10 * number + 1) for number in range(21)]
    latest = [Work(lambda key=key: log.asset(key).latest).seconds() for key in keys]
    history = [Work(lambda key=key: log.asset(key).frame).seconds() for key in keys]
    return {
        "events": len(log.asset(keys[0]).frame),
        "latest": statistics.median(latest[1:]),
        "history": statistics.median(history[1:]),
    }


def main() -> None:
    """Read, and print the figures."""
    way, path = sys.argv[1:]
    if way == "opnb":
        told = _read_opnb(path)
    elif way == "assets":
        told = _read_assets(path)
    else:
        told = _read_raw(way, path)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
