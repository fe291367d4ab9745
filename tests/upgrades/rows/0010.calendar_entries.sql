INSERT INTO calendar_entries VALUES
    ('4f0c9f1e-8a2b-5d3c-9e4f-0123456789ab', 2, 'po', 102, 1773666000, 1774875600, '0123456789abcdef', 2, 0, 1, 9),
    ('5f0c9f1e-8a2b-5d3c-9e4f-0123456789ab', 2, 'po', 101, 1773666000, 1774875600, 'fedcba9876543210', 1, 1, 1, 5);
