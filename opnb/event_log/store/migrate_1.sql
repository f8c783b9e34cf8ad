-- From version 1 to 2: runs know where their entries lie, and the index by run goes.
ALTER TABLE runs ADD COLUMN first_entry INTEGER NOT NULL DEFAULT 1;
ALTER TABLE runs ADD COLUMN last_entry INTEGER;
UPDATE runs SET
    first_entry = coalesce((SELECT min(id) FROM entries WHERE run = number), 1),
    last_entry = CASE WHEN status = 'STARTED' THEN NULL
        ELSE (SELECT max(id) FROM entries WHERE run = number) END;
DROP INDEX entries_by_run
