INSERT INTO users(discord_id, username, role, created_at, updated_at) VALUES
    (101, 'Ann', NULL, 0, 0), (102, 'Bob', NULL, 0, 0), (103, 'Pam', 'project_manager', 0, 0);
INSERT INTO settings(key, value, updated_at) VALUES('colour', '"red"', 0);
INSERT INTO audit_logs(table_name, record_id, operation, changed_at, prev_hash, row_hash)
    VALUES('users', '101', 'INSERT', 0, x'00', x'01');
INSERT INTO requests VALUES('r1', 'SetRole', 0, x'00', '1', 0);
INSERT INTO job_runs(job, run_key, status, started_at) VALUES('handoff', '1', 'delivered', 0);
INSERT INTO db_errors(error_type, severity, message, reference, at)
    VALUES('QUERY_FAILED', 'LOW', 'no such table', 'ABCD', 0);
INSERT INTO backups(id, kind, path, bytes, sha256, base_id, to_at, status, created_at) VALUES
    (1, 'full', 'base', 1, '0000000000000000000000000000000000000000000000000000000000000000', NULL, 1, 'SUCCESS', 1),
    (2, 'wal', 'first', 1, '0000000000000000000000000000000000000000000000000000000000000000', 1, 2, 'SUCCESS', 2),
    (3, 'wal', 'second', 1, '0000000000000000000000000000000000000000000000000000000000000000', 2, 3, 'SUCCESS', 3);
INSERT INTO health_samples(at, mode, queries, errors, db_bytes, wal_bytes) VALUES(1, 'normal', 1, 0, 1, 1);
