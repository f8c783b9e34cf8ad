-- From version 2 to 3: spools, an identity, and indexes that tell all by themselves.
DROP INDEX entries_by_asset;
CREATE INDEX entries_by_asset ON entries (asset_key, event_type, partition)
    WHERE asset_key IS NOT NULL;
CREATE INDEX entries_by_check ON entries (op, label, success)
    WHERE event_type = 'STEP_EXPECTATION_RESULT';
CREATE TABLE spools (
    name   TEXT PRIMARY KEY,
    merged INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE log (
    identity TEXT NOT NULL,
    removals INTEGER NOT NULL DEFAULT 0
);
INSERT INTO log (identity) VALUES (lower(hex(randomblob(16))))
