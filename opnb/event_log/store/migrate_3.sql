-- From version 3 to 4: the index of assets goes from one bucket of ids to the next.
DROP INDEX IF EXISTS entries_by_asset;
CREATE INDEX entries_by_asset ON entries (id >> 15, asset_key, event_type, partition)
    WHERE asset_key IS NOT NULL
