INSERT INTO blocs(id, name, description, status, created_at, disbanded_at, version, updated_at) VALUES
    (1, 'Gulf Pact', 'The *sea*.', 'active', 5, NULL, 4, 9),
    (2, 'Gulf pact', NULL, 'disbanded', 1, 4, 3, 4),
    (3, 'Second', NULL, 'active', 6, NULL, 1, 6);
INSERT INTO bloc_members VALUES
    (1, 1, 'leader', 5, NULL), (1, 2, 'invited', 9, 1800000000), (3, 2, 'leader', 6, NULL);
