PRAGMA application_id = 1869639266;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
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
INSERT INTO "entries" VALUES(1,1,1796052313600888,'RUN_START',NULL,NULL,10,'Started execution of run for ''load''.',NULL,NULL,NULL,NULL,NULL,'{"tags":{"team":"sales"}}');
INSERT INTO "entries" VALUES(2,1,1796052313603020,'STEP_START','load','load',10,'Started execution of step ''load''.',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES(3,1,1796052313603971,'LOG_MESSAGE','load','load',20,'reading',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES(4,1,1796052313604190,'ASSET_MATERIALIZATION','load','load',10,'Materialized value orders.','orders','2026-01-01',NULL,NULL,'{"rows":["int",3]}',NULL);
INSERT INTO "entries" VALUES(5,1,1796052313604254,'STEP_EXPECTATION_RESULT','load','load',10,'Expectation has rows passed',NULL,NULL,'has rows',1,NULL,NULL);
INSERT INTO "entries" VALUES(6,1,1796052313604343,'STEP_OUTPUT','load','load',10,'Yielded output ''result'' of type ''Any'' from step ''load''. (Type check passed).',NULL,NULL,'result',1,NULL,'{"type_check":["Any",null,null],"value":["int",[]]}');
INSERT INTO "entries" VALUES(7,1,1796052313604432,'STEP_SUCCESS','load','load',10,'Finished execution of step ''load''.',NULL,NULL,NULL,NULL,NULL,'{"duration_ms":1.385}');
INSERT INTO "entries" VALUES(8,1,1796052313604462,'RUN_SUCCESS',NULL,NULL,10,'Finished execution of run for ''load''.',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES(9,2,1796052313612332,'RUN_START',NULL,NULL,10,'Started execution of run for ''fail''.',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES(10,2,1796052313612357,'STEP_START','fail','fail',10,'Started execution of step ''fail''.',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES(11,2,1796052313612396,'STEP_INPUT','fail','fail',10,'Got input ''n'' of type ''Int''. (Type check passed).',NULL,NULL,'n',1,NULL,'{"type_check":["Int",null,null],"value":["int",[]]}');
INSERT INTO "entries" VALUES(12,2,1796052313613430,'STEP_FAILURE','fail','fail',40,'Execution of step ''fail'' failed.',NULL,NULL,'intentional-failure',NULL,'{"n":["int",1]}','{"error":["no rows",[],"Failure",null],"error_source":"FRAMEWORK_ERROR","description":"no rows"}');
INSERT INTO "entries" VALUES(13,2,1796052313613752,'RUN_FAILURE',NULL,NULL,40,'Execution of run for ''fail'' failed. Steps failed: [''fail''].',NULL,NULL,NULL,NULL,NULL,'{"error":["no rows",[],"Failure",null],"failed_steps":["fail"]}');
CREATE TABLE log (
    identity TEXT NOT NULL,
    removals INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "log" VALUES('7bee308c6bb040b5772d07578acd6481',0);
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
INSERT INTO "runs" VALUES(1,'run-1','load','SUCCESS',1796052313600888,1796052313604462,NULL,'a',1,0.0,1,8);
INSERT INTO "runs" VALUES(2,'run-2','fail','FAILURE',1796052313612332,1796052313613752,NULL,'a',1,0.0,9,13);
CREATE TABLE spools (
    name   TEXT PRIMARY KEY,
    merged INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "spools" VALUES('1-2684768903ceab8d.jsonl',2322);
CREATE INDEX entries_by_asset ON entries (asset_key, event_type, partition)
    WHERE asset_key IS NOT NULL;
CREATE INDEX entries_by_check ON entries (op, label, success)
    WHERE event_type = 'STEP_EXPECTATION_RESULT';
COMMIT;
