INSERT INTO laws(
    id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, repealed_at, version, created_at,
    updated_at
) VALUES
    (1, 1, 1, 'Water Act', 1, 'enacted', 101, 2, 50, NULL, 3, 40, 60),
    (2, 1, NULL, 'Militia Plan', 0, 'enacted', 102, 1, 51, NULL, 1, 51, 51),
    (3, 1, NULL, 'Water Act II', 1, 'draft', 101, 1, NULL, NULL, 1, 52, 52),
    (4, 2, 1, 'Old Act', 1, 'repealed', 103, 1, 10, 20, 2, 10, 20);
INSERT INTO law_revisions(law_id, revision, body, by_user, note, published, at) VALUES
    (1, 1, '§ Water is free.', 101, NULL, 1, 50),
    (1, 2, '§ Water is free.' || char(10) || '§ Dams are not; see Cascadia 1 §1.', 101, 'Dams', 1, 60),
    (2, 1, 'Everybody trains on Mondays.', 102, NULL, 0, 51),
    (3, 1, '§ Water is dear.', 101, NULL, 0, 52),
    (4, 1, 'Nothing.', NULL, NULL, 1, 10);
INSERT INTO tags(id, name, description, created_by, created_at) VALUES
    (1, 'water', 'Rivers, lakes and dams', 101, 30), (2, 'defence', NULL, NULL, 31);
INSERT INTO law_tags VALUES (1, 1), (1, 3), (2, 2);
