-- Version 4 of the log. `run` is the run's number, short where it stands in every row.
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

-- The catalog and the history of checks are read from their indexes alone. That of assets
-- keeps the entries of 2^15 ids together, a bucket: events about many assets in turn are
-- written to as few of its pages in a long log as in a short one. Readers go from bucket to
-- bucket. Wider ones would spare them some steps, and cost each commit more pages.
CREATE INDEX entries_by_asset ON entries (id >> 15, asset_key, event_type, partition)
    WHERE asset_key IS NOT NULL;
CREATE INDEX entries_by_check ON entries (op, label, success)
    WHERE event_type = 'STEP_EXPECTATION_RESULT';

-- How many bytes of each spool have been taken in (event_log/store/spool.py tells of them).
CREATE TABLE spools (
    name   TEXT PRIMARY KEY,
    merged INTEGER NOT NULL
) WITHOUT ROWID;

-- One row: what tells this log from a later one at the same place, and how often
-- entries were removed, so that whoever holds some reads them anew.
CREATE TABLE log (
    identity TEXT NOT NULL,
    removals INTEGER NOT NULL DEFAULT 0
);
INSERT INTO log (identity) VALUES (lower(hex(randomblob(16))))
