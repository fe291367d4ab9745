INSERT INTO wars(
    id, name, status, started_on, ended_on, end_reason, casualties, description, created_by, version, created_at, updated_at
) VALUES
    (1, 'River War', 'active', '2026-01-05', NULL, NULL, 1200, 'About a dam.', 101, 3, 1, 9),
    (2, 'River War', 'ended', '2025-01-05', '2025-02-01', 'A treaty', 20000000000, NULL, NULL, 2, 1, 8);
INSERT INTO war_sides VALUES
    (1, 1, 'A', '2026-01-05', NULL), (1, 2, 'B', '2026-01-05', NULL), (2, 1, 'other', '2025-01-05', '2025-01-09');
INSERT INTO war_events(war_id, kind, nation_id, side, casualties, note, on_day, by_user, at) VALUES
    (1, 'started', NULL, NULL, NULL, NULL, '2026-01-05', 101, 1), (1, 'update', NULL, NULL, 1200, 'A flood', '2026-01-06', 101, 9),
    (2, 'left', 1, 'other', NULL, NULL, '2025-01-09', NULL, 5), (2, 'ended', NULL, NULL, NULL, 'A treaty', '2025-02-01', NULL, 8);
