BEGIN TRANSACTION;
CREATE TABLE "_yoyo_log" (
            "id" VARCHAR(36),
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "operation" VARCHAR(10),
            "username" VARCHAR(255),
            "hostname" VARCHAR(255),
            "comment" VARCHAR(255),
            "created_at_utc" TIMESTAMP,
            PRIMARY KEY ("id")
        );
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('bf569be113b4879ae24bd92b49d2b9dee707a7f814aa2aa78f86fdd2543ef629','0001.core','2026-01-01 00:00:00');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-01-01 00:00:00');
CREATE TABLE audit_logs (
    id         INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL CONSTRAINT audit_logs_table_name_length CHECK (length(table_name) BETWEEN 1 AND 64),
    record_id  TEXT NOT NULL CONSTRAINT audit_logs_record_id_length CHECK (length(record_id) BETWEEN 1 AND 64),
    operation  TEXT NOT NULL CONSTRAINT audit_logs_operation_known CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'COMMAND', 'RETRY', 'REPLAY', 'RESTORE', 'UNDO')),
    nation_id  INTEGER,
    old_values TEXT CONSTRAINT audit_logs_old_values_json CHECK (old_values IS NULL OR json_valid(old_values)),
    new_values TEXT CONSTRAINT audit_logs_new_values_json CHECK (new_values IS NULL OR json_valid(new_values)),
    changed_by INTEGER,
    reason     TEXT CONSTRAINT audit_logs_reason_length CHECK (length(reason) BETWEEN 0 AND 300),
    request_id TEXT CONSTRAINT audit_logs_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64),
    attempt    INTEGER NOT NULL DEFAULT 1,
    changed_at INTEGER NOT NULL,
    prev_hash  BLOB NOT NULL,
    row_hash   BLOB NOT NULL
) STRICT;
INSERT INTO "audit_logs" VALUES(1,'users','101','INSERT',NULL,NULL,NULL,NULL,NULL,NULL,1,0,X'00',X'01');
CREATE TABLE backups (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CONSTRAINT backups_kind_known CHECK (kind IN ('full', 'wal', 'pre_migration', 'pre_restore')),
    path        TEXT NOT NULL CONSTRAINT backups_path_length CHECK (length(path) BETWEEN 1 AND 300),
    bytes       INTEGER NOT NULL CONSTRAINT backups_bytes_range CHECK (bytes >= 0),
    sha256      TEXT NOT NULL CONSTRAINT backups_sha256_length CHECK (length(sha256) BETWEEN 64 AND 64),
    base_id     INTEGER REFERENCES backups (id) ON DELETE RESTRICT,
    from_at     INTEGER,
    to_at       INTEGER NOT NULL,
    verified_at INTEGER,
    drill_at    INTEGER,
    status      TEXT NOT NULL CONSTRAINT backups_status_known CHECK (status IN ('SUCCESS', 'FAILED', 'IN_PROGRESS', 'PRUNED')),
    created_at  INTEGER NOT NULL,
    CONSTRAINT backups_path_unique UNIQUE (path),
    CONSTRAINT backups_wal_has_base CHECK ((kind='wal')=(base_id IS NOT NULL))
) STRICT;
INSERT INTO "backups" VALUES(1,'full','base',1,'0000000000000000000000000000000000000000000000000000000000000000',NULL,NULL,1,NULL,NULL,'SUCCESS',1);
INSERT INTO "backups" VALUES(2,'wal','first',1,'0000000000000000000000000000000000000000000000000000000000000000',1,NULL,2,NULL,NULL,'SUCCESS',2);
INSERT INTO "backups" VALUES(3,'wal','second',1,'0000000000000000000000000000000000000000000000000000000000000000',2,NULL,3,NULL,NULL,'SUCCESS',3);
CREATE TABLE db_errors (
    id          INTEGER PRIMARY KEY,
    error_type  TEXT NOT NULL CONSTRAINT db_errors_error_type_known CHECK (error_type IN ('CONNECTION_LOST', 'QUERY_FAILED', 'SCHEMA_MISMATCH', 'TRANSACTION_FAILED', 'CORRUPTION_DETECTED', 'BACKUP_FAILED', 'MIGRATION_FAILED')),
    severity    TEXT NOT NULL CONSTRAINT db_errors_severity_known CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    sqlite_code TEXT CONSTRAINT db_errors_sqlite_code_length CHECK (length(sqlite_code) BETWEEN 1 AND 40),
    message     TEXT NOT NULL CONSTRAINT db_errors_message_length CHECK (length(message) BETWEEN 1 AND 500),
    operation   TEXT CONSTRAINT db_errors_operation_length CHECK (length(operation) BETWEEN 1 AND 64),
    reference   TEXT NOT NULL CONSTRAINT db_errors_reference_length CHECK (length(reference) BETWEEN 1 AND 16),
    retry_count INTEGER NOT NULL DEFAULT 0,
    resolved_at INTEGER,
    at          INTEGER NOT NULL
) STRICT;
INSERT INTO "db_errors" VALUES(1,'QUERY_FAILED','LOW',NULL,'no such table',NULL,'ABCD',0,NULL,0);
CREATE TABLE health_samples (
    at             INTEGER PRIMARY KEY,
    mode           TEXT NOT NULL CONSTRAINT health_samples_mode_known CHECK (mode IN ('normal', 'read_only', 'degraded')),
    queries        INTEGER NOT NULL,
    errors         INTEGER NOT NULL,
    p50_us         INTEGER,
    p99_us         INTEGER,
    db_bytes       INTEGER NOT NULL,
    wal_bytes      INTEGER NOT NULL,
    last_backup_at INTEGER
) STRICT;
INSERT INTO "health_samples" VALUES(1,'normal',1,0,NULL,NULL,1,1,NULL);
CREATE TABLE job_runs (
    job         TEXT NOT NULL CONSTRAINT job_runs_job_length CHECK (length(job) BETWEEN 1 AND 64),
    run_key     TEXT NOT NULL CONSTRAINT job_runs_run_key_length CHECK (length(run_key) BETWEEN 1 AND 64),
    status      TEXT NOT NULL CONSTRAINT job_runs_status_known CHECK (status IN ('running', 'delivered', 'skipped', 'deferred', 'error')),
    attempts    INTEGER NOT NULL DEFAULT 1,
    details     TEXT CONSTRAINT job_runs_details_json CHECK (details IS NULL OR json_valid(details)),
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (job,run_key)
) STRICT, WITHOUT ROWID;
INSERT INTO "job_runs" VALUES('handoff','1','delivered',1,NULL,0,NULL);
CREATE TABLE requests (
    request_id   TEXT NOT NULL CONSTRAINT requests_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64),
    command      TEXT NOT NULL CONSTRAINT requests_command_length CHECK (length(command) BETWEEN 1 AND 64),
    actor        INTEGER NOT NULL,
    payload_hash BLOB NOT NULL,
    outcome      TEXT CONSTRAINT requests_outcome_json CHECK (outcome IS NULL OR json_valid(outcome)),
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (request_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "requests" VALUES('r1','SetRole',0,X'00','1',0);
CREATE TABLE settings (
    key        TEXT NOT NULL CONSTRAINT settings_key_length CHECK (length(key) BETWEEN 1 AND 64),
    value      TEXT NOT NULL CONSTRAINT settings_value_json CHECK (json_valid(value)),
    version    INTEGER NOT NULL DEFAULT 1,
    updated_by INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;
INSERT INTO "settings" VALUES('colour','"red"',1,NULL,0);
CREATE TABLE users (
    discord_id INTEGER PRIMARY KEY,
    username   TEXT NOT NULL CONSTRAINT users_username_length CHECK (length(username) BETWEEN 1 AND 100),
    role       TEXT CONSTRAINT valid_role CHECK (role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')),
    timezone   TEXT NOT NULL DEFAULT 'America/New_York' CONSTRAINT users_timezone_length CHECK (length(timezone) BETWEEN 1 AND 64),
    quiet_from INTEGER CONSTRAINT users_quiet_from_range CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to   INTEGER CONSTRAINT users_quiet_to_range CHECK (quiet_to BETWEEN 0 AND 1439),
    is_active  INTEGER NOT NULL DEFAULT 1 CONSTRAINT users_is_active_flag CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT users_quiet_both CHECK ((quiet_from IS NULL)=(quiet_to IS NULL))
) STRICT;
INSERT INTO "users" VALUES(101,'Ann',NULL,'America/New_York',NULL,NULL,1,0,0);
INSERT INTO "users" VALUES(102,'Bob',NULL,'America/New_York',NULL,NULL,1,0,0);
INSERT INTO "users" VALUES(103,'Pam','project_manager','America/New_York',NULL,NULL,1,0,0);
CREATE TABLE yoyo_lock (locked INT DEFAULT 1, ctime TIMESTAMP, pid INT NOT NULL, PRIMARY KEY (locked));
CREATE INDEX idx_users_role ON users (role)
    WHERE role IS NOT NULL;
CREATE INDEX idx_users_active ON users (discord_id)
    WHERE is_active = 1;
CREATE INDEX idx_audit_record ON audit_logs (table_name, record_id, id DESC);
CREATE INDEX idx_audit_nation ON audit_logs (nation_id, id DESC)
    WHERE nation_id IS NOT NULL;
CREATE INDEX idx_audit_actor ON audit_logs (changed_by, id DESC);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit log is append-only');
END;
CREATE INDEX idx_errors_open ON db_errors (at DESC)
    WHERE resolved_at IS NULL;
COMMIT;
