-- Version 2 of the log. `run` is the run's number, short where it stands in every row.
-- A run's entries lie between its first and its last one, others' among them. A run
-- under way has no last one yet. So entries need no index by run, which each would pay.
-- Times are microseconds since 1970 in UTC. For metadata and body see model/serialize.py.
CREATE TABLE runs (
    number      INTEGER PRIMARY KEY,
    run_id      TEXT NOT NULL UNIQUE,
    job_name    TEXT NOT NULL,
    status      TEXT NOT NULL,
    start_time  INTEGER NOT NULL,
    end_time    INTEGER,
    partition   TEXT,
    host        TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    pid_started REAL NOT NULL,
    first_entry INTEGER NOT NULL,
    last_entry  INTEGER
);

CREATE TABLE entries (
    id         INTEGER PRIMARY KEY,
    run        INTEGER NOT NULL REFERENCES runs (number),
    timestamp  INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    step_key   TEXT,
    op         TEXT,
    level      INTEGER NOT NULL,
    message    TEXT,
    asset_key  TEXT,
    partition  TEXT,
    label      TEXT,
    success    INTEGER,
    metadata   TEXT,
    body       TEXT
);

CREATE INDEX entries_by_asset ON entries (asset_key) WHERE asset_key IS NOT NULL;
