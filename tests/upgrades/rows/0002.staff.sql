INSERT INTO disciplines(key, label) VALUES('po', 'Product owner');
INSERT INTO user_disciplines(user_id, discipline, position, updated_at) VALUES
    (101, 'po', 1, 0), (102, 'po', 2, 0);
INSERT INTO sprints(id, sprint_index, name, start_date, end_date, updated_at) VALUES
    (1, 0, 'First', '2026-03-02', '2026-03-16', 0), (2, 1, 'Second', '2026-03-16', '2026-03-30', 0);
INSERT INTO assignments VALUES(1, 'po', 101, 'rotation', 0), (2, 'po', 102, 'manual', 0);
INSERT INTO current_state(id, sprint_id, updated_at) VALUES(1, 1, 0);
INSERT INTO current_holders VALUES('po', 102, 'override', 0);
INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, status, decided_by, decided_at,
    created_at, updated_at
) VALUES(1, 'po', 101, 101, 102, 'approved', 103, 1, 0, 0);
INSERT INTO notifications(user_id, type, title, message, deliver_after, created_at)
    VALUES(101, 'cover', 'Cover', 'It is approved.', 0, 0);
INSERT INTO notification_prefs VALUES(101, 'cover', 'dm');
