INSERT INTO nations(
    id, name, prefix, gdp, population, stability_bp, tax_bp, debt, treasury, ground, naval, air, government,
    description, flag_channel_id, flag_message_id, status, leave_until, version, created_at, updated_at
) VALUES
    (1, 'Texas', 'Republic of', 2400000000000, 30000000, 6200, 2150, 0, 500, 71, 40, 66, 'Federal Republic',
     'Big.', 950000000000000010, 950000000000000011, 'active', NULL, 7, 1, 99),
    (2, 'Cascadia', NULL, 900000000000000, 20000000000, 10000, 10000, 900000000000000, -5, 0, 100, 0, 'Democracy',
     NULL, NULL, NULL, 'leave', 1800000000, 2, 2, 98),
    (3, 'Dakota', NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'Anarchist Territory', NULL, NULL, NULL, 'archived', NULL, 3, 3, 97);
INSERT INTO nation_names VALUES
    ('Lone Star', 1, 'former', 101, 50), ('Tejas', 1, 'alias', NULL, 51), ('Lone Star', 3, 'former', NULL, 52);
INSERT INTO nation_offices(nation_id, user_id, office, since, until) VALUES
    (1, 101, 'president', 10, NULL), (1, 102, 'vice_president', 10, 40), (2, 103, 'president', 11, NULL);
INSERT INTO nation_cities(nation_id, name, is_capital, position) VALUES
    (1, 'Austin', 1, 0), (1, 'Houston', 0, 1), (2, 'Seattle', 1, 0);
INSERT INTO nation_history(nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at) VALUES
    (1, 'tax_bp', 2000, 2150, 'tax', NULL, 0, 101, NULL, 60),
    (1, 'gdp', NULL, 2400000000000, 'import', NULL, 0, NULL, 'From before', 5),
    (1, 'ground', 50, 71, 'admin', NULL, 3, 102, 'Manoeuvres', 61),
    (1, 'air', 60, 66, 'undo', 3, 3, 102, NULL, 62);
INSERT INTO cooldowns VALUES (1, 'tax', 1800000000), (2, 'name', 5);
