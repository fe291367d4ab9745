DROP TABLE health_samples;
DROP TABLE backups;
DROP TABLE db_errors;
DROP TABLE job_runs;
DROP TABLE requests;
DROP TABLE audit_logs;
DROP TABLE settings;
DROP TABLE users;
