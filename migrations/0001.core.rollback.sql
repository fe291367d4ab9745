DROP TABLE health_samples;
-- A copy that others build on cannot be dropped before them, so nothing refers to anything any more.
UPDATE backups SET kind = 'full', base_id = NULL WHERE base_id IS NOT NULL;
DROP TABLE backups;
DROP TABLE db_errors;
DROP TABLE job_runs;
DROP TABLE requests;
DROP TABLE audit_logs;
DROP TABLE settings;
DROP TABLE users;
