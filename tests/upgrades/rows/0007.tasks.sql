INSERT INTO tasks(
    title, status, assigned_role, discipline, assigned_user_id, start_date, end_date, estimate_h, progress, priority,
    is_delayed, risk, epic, story, completed_at, created_by, created_at, updated_at, description
) VALUES
    ('Write the law', 'todo', NULL, 'po', 101, '2026-03-03', '2026-03-10', 8, 0, 2, 0, 'medium', 'Senate', 'Rules', NULL, 103, 0, 0, 'All of it.'),
    ('Draw the map', 'in_progress', 'designer', NULL, NULL, '2026-03-03', '2026-03-06', NULL, 40, 1, 1, 'high', NULL, NULL, NULL, 103, 0, 0, ''),
    ('Count the votes', 'done', NULL, NULL, 102, '2026-03-01', '2026-03-04', 3, 100, 0, 0, 'low', NULL, NULL, 5, 101, 0, 5, ''),
    ('Hold a party', 'cancelled', 'admin', NULL, NULL, '2026-03-01', '2026-03-04', NULL, 0, 3, 0, 'low', NULL, NULL, NULL, 103, 0, 5, '');
