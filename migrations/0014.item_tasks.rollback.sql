DROP INDEX task_of_item;
ALTER TABLE tasks DROP COLUMN triage_id;
