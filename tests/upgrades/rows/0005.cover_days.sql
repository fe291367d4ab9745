INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, status, decided_by, decided_at,
    created_at, updated_at, first_day, last_day
) VALUES
    (2, 'po', 102, 102, 101, 'approved', 103, 1, 0, 0, '2026-03-18', '2026-03-20'),
    (2, 'po', 102, 102, 101, 'open', NULL, NULL, 0, 0, '2026-03-23', '2026-03-23'),
    (2, 'po', 102, 102, NULL, 'open', NULL, NULL, 0, 0, '2026-03-24', '2026-03-25'),
    (2, 'po', 102, 102, 101, 'revoked', NULL, 1, 0, 0, NULL, NULL);
INSERT INTO cover_cards VALUES(900000000000000002, 800000000000000001, 2, 'card', 0);
