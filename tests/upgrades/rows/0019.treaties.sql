INSERT INTO treaties(
    id, nation_a, nation_b, kind, status, proposed_by, terms, proposer_id, proposed_at, expires_at, decided_by,
    decided_at, ended_by, ended_at, end_reason, version
) VALUES
    (1, 1, 2, 'alliance', 'active', 2, 'We *stand* together.', 101, 10, 1209610, 102, 20, NULL, NULL, NULL, 2),
    (2, 1, 2, 'trade', 'pending', 1, NULL, NULL, 11, 1800000000, NULL, NULL, NULL, NULL, NULL, 1),
    (3, 1, 2, 'defense', 'ended', 1, NULL, 101, 5, 1209605, 103, 6, 101, 7, 'A dam', 3),
    (4, 1, 3, 'alliance', 'declined', 1, NULL, 101, 5, 1209605, 103, 6, NULL, NULL, NULL, 2),
    (5, 2, 3, 'non_aggression', 'expired', 3, NULL, NULL, 5, 1209605, NULL, 1209605, NULL, NULL, NULL, 2);
