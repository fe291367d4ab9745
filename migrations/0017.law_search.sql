-- Finding laws by their words: an index of those alone that everybody may read and that are in force, by their
-- published texts.
-- What a law has in it is said by law_texts, here and in the triggers alike: a law that is not in the view is not in the
-- index either, so a change takes out what the view had before it and puts in what it has after it.

-- place: where a law is filed, as words that cannot be typed, since they begin with a character of private use: n2 is
-- its nation, t1 a tag.
CREATE VIEW law_texts AS
SELECT l.id, l.name, r.body,
    coalesce((SELECT group_concat(filed.name, ', ') FROM (
        SELECT t.name FROM law_tags AS f JOIN tags AS t ON t.id = f.tag_id WHERE f.law_id = l.id ORDER BY t.id
    ) AS filed), '') AS tags,
    char(57344) || 'n' || l.nation_id || coalesce((SELECT group_concat(' ' || char(57344) || 't' || filed.id, '') FROM (
        SELECT t.id FROM law_tags AS f JOIN tags AS t ON t.id = f.tag_id WHERE f.law_id = l.id ORDER BY t.id
    ) AS filed), '') AS place,
    l.revision, l.nation_id, n.name AS nation, l.number
FROM laws AS l
JOIN law_revisions AS r ON r.law_id = l.id AND r.revision = l.revision
LEFT JOIN nations AS n ON n.id = l.nation_id
WHERE l.is_public = 1 AND l.status = 'enacted' AND l.enacted_at IS NOT NULL AND r.published = 1;

CREATE VIRTUAL TABLE law_search USING fts5(
    name, body, tags, place, nation_id UNINDEXED, nation UNINDEXED, number UNINDEXED,
    content = 'law_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
INSERT INTO law_search(law_search) VALUES('rebuild');

CREATE TRIGGER law_search_laws_i AFTER INSERT ON laws
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.id;
END;
CREATE TRIGGER law_search_laws_d BEFORE DELETE ON laws
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.id;
END;
CREATE TRIGGER law_search_laws_u_out BEFORE UPDATE OF id, nation_id, name, is_public, status, enacted_at, revision
ON laws
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.id;
END;
CREATE TRIGGER law_search_laws_u_in AFTER UPDATE OF id, nation_id, name, is_public, status, enacted_at, revision
ON laws
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.id;
END;

CREATE TRIGGER law_search_texts_i AFTER INSERT ON law_revisions
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.law_id AND revision = new.revision;
END;
CREATE TRIGGER law_search_texts_d BEFORE DELETE ON law_revisions
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.law_id AND revision = old.revision;
END;
CREATE TRIGGER law_search_texts_u_out BEFORE UPDATE OF law_id, revision, body, published ON law_revisions
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_texts_u_in AFTER UPDATE OF law_id, revision, body, published ON law_revisions
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;

CREATE TRIGGER law_search_filed_i_out BEFORE INSERT ON law_tags
WHEN EXISTS (SELECT 1 FROM tags WHERE id = new.tag_id)
    AND NOT EXISTS (SELECT 1 FROM law_tags WHERE tag_id = new.tag_id AND law_id = new.law_id)
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = new.law_id;
END;
CREATE TRIGGER law_search_filed_i_in AFTER INSERT ON law_tags
WHEN EXISTS (SELECT 1 FROM tags WHERE id = new.tag_id)
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.law_id;
END;
CREATE TRIGGER law_search_filed_d_out BEFORE DELETE ON law_tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.law_id;
END;
CREATE TRIGGER law_search_filed_d_in AFTER DELETE ON law_tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = old.law_id;
END;
CREATE TRIGGER law_search_filed_u_out BEFORE UPDATE ON law_tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_filed_u_in AFTER UPDATE ON law_tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;

-- Before a tag is gone, while what was said with its name can still be said.
CREATE TRIGGER law_search_tags_d BEFORE DELETE ON tags
BEGIN
    DELETE FROM law_tags WHERE tag_id = old.id;
END;
CREATE TRIGGER law_search_tags_u_out BEFORE UPDATE OF id, name ON tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts
    WHERE id IN (SELECT law_id FROM law_tags WHERE tag_id IN (old.id, new.id));
END;
CREATE TRIGGER law_search_tags_u_in AFTER UPDATE OF id, name ON tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts
    WHERE id IN (SELECT law_id FROM law_tags WHERE tag_id IN (old.id, new.id));
END;
