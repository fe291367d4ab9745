-- A task that was made from a report; there is one at a time.

ALTER TABLE tasks ADD COLUMN triage_id INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT;
CREATE UNIQUE INDEX task_of_item ON tasks (triage_id)
    WHERE triage_id IS NOT NULL AND status <> 'cancelled';
