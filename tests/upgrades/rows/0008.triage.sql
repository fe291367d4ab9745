INSERT INTO triage_items(
    reporter_id, title, description, category, priority, status, discipline, assigned_to, by_duty, thread_id,
    thread_state, card_id, shown_version, respond_by, escalated, first_response_at, resolution, resolved_at,
    rating, ratings, version, created_at, updated_at
) VALUES
    (101, 'Waits', 'Nobody has looked', 'issue', 'medium', 'pending', 'po', 102, 1, NULL, 'wanted', NULL, 0,
        86400, 0, NULL, NULL, NULL, NULL, 0, 1, 0, 0),
    (101, 'Late', 'Still waits', 'bug', 'critical', 'in_review', 'po', 103, 0, 950000000000000001, 'open',
        950000000000000002, 3, 3600, 2, NULL, NULL, NULL, NULL, 0, 4, 0, 9000),
    (102, 'Done', 'Was answered', 'rules', 'low', 'resolved', NULL, 103, 0, NULL, 'refused', NULL, 0, 259200, 0,
        60, 'It is done.', 120, 4, 1, 5, 0, 120);
INSERT INTO triage_items(
    reporter_id, title, description, status, thread_state, duplicate_of, resolution, resolved_at, created_at,
    updated_at
) VALUES (101, 'Again', 'The same', 'resolved', 'unset', 1, 'A duplicate.', 60, 30, 60);
INSERT INTO triage_routes VALUES('bug', 'po', 0);
