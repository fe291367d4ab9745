UPDATE tasks SET triage_id = 2 WHERE id = (SELECT min(id) FROM tasks);
