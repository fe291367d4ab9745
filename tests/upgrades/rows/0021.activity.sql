INSERT INTO activity VALUES
    (900, 101, '2026-01-05', 12, 1767600000), (900, 102, '2026-01-05', 1, 1767600001), (901, 101, '2026-01-06', 1000000000, 1767700000);
INSERT INTO leaves VALUES (101, '2026-01-08', '2026-01-20', '2026-01-07'), (102, '2026-01-08', '2026-01-08', NULL);
INSERT INTO inactivity_items(office_id, silent_since, item_id, made_at) SELECT
    (SELECT min(id) FROM nation_offices), '2026-01-01', (SELECT min(id) FROM triage_items), 9;
