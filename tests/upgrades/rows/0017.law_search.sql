INSERT INTO laws(
    id, nation_id, number, name, is_public, status, author_id, revision, enacted_at, version, created_at, updated_at
) VALUES
    (5, 2, 2, 'Trade Act', 1, 'enacted', 103, 1, 90, 1, 90, 90),
    (6, 2, NULL, 'Nobody finds this', 0, 'enacted', 103, 1, 91, 1, 91, 91);
INSERT INTO law_revisions(law_id, revision, body, by_user, note, published, at) VALUES
    (5, 1, '§ Zoë may trade.', 103, NULL, 1, 90),
    (6, 1, 'Nor this.', 103, NULL, 0, 91);
INSERT INTO law_tags VALUES (2, 5), (2, 6);
