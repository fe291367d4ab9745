-- Laws of nations: what each is now, every text it had, and the tags that they are filed under.

-- A law is numbered within its nation when it is first public and in force: others cannot count what is closed to them.
CREATE TABLE laws (
    id          INTEGER PRIMARY KEY,
    nation_id   INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    number      INTEGER CONSTRAINT laws_number_range CHECK (number >= 1),
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT laws_name_length CHECK (length(name) BETWEEN 1 AND 100),
    is_public   INTEGER NOT NULL DEFAULT 1 CONSTRAINT laws_is_public_flag CHECK (is_public IN (0, 1)),
    status      TEXT NOT NULL CONSTRAINT laws_status_known CHECK (status IN ('draft', 'enacted', 'repealed')),
    author_id   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    revision    INTEGER NOT NULL DEFAULT 1 CONSTRAINT laws_revision_range CHECK (revision >= 1),
    enacted_at  INTEGER,
    repealed_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT laws_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT laws_enacted_has_time CHECK (status <> 'enacted' OR enacted_at IS NOT NULL),
    CONSTRAINT laws_repealed_has_time CHECK ((status = 'repealed') = (repealed_at IS NOT NULL)),
    CONSTRAINT laws_open_has_number CHECK (is_public = 0 OR enacted_at IS NULL OR number IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX law_name_live ON laws (nation_id, name) WHERE status <> 'repealed';
CREATE UNIQUE INDEX law_one_number ON laws (nation_id, number) WHERE number IS NOT NULL;
CREATE INDEX idx_laws_nation ON laws (nation_id, id DESC);
CREATE INDEX idx_laws_name ON laws (name, id);
CREATE INDEX idx_laws_status ON laws (status, id DESC);
CREATE INDEX idx_laws_author ON laws (author_id, id);

-- published: it was in force for everybody to read at some time; other texts stay the nation's own.
CREATE TABLE law_revisions (
    id        INTEGER PRIMARY KEY,
    law_id    INTEGER NOT NULL REFERENCES laws (id) ON DELETE CASCADE,
    revision  INTEGER NOT NULL CONSTRAINT law_revisions_revision_range CHECK (revision >= 1),
    body      TEXT NOT NULL CONSTRAINT law_revisions_body_length CHECK (length(body) BETWEEN 1 AND 4000),
    by_user   INTEGER,
    note      TEXT CONSTRAINT law_revisions_note_length CHECK (length(note) BETWEEN 1 AND 300),
    published INTEGER NOT NULL DEFAULT 0 CONSTRAINT law_revisions_published_flag CHECK (published IN (0, 1)),
    at        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX law_one_revision ON law_revisions (law_id, revision);
CREATE INDEX idx_law_revisions_author ON law_revisions (by_user, id) WHERE by_user IS NOT NULL;

CREATE TABLE tags (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT tags_name_length CHECK (length(name) BETWEEN 1 AND 50),
    description TEXT CONSTRAINT tags_description_length CHECK (length(description) BETWEEN 1 AND 200),
    created_by  INTEGER,
    created_at  INTEGER NOT NULL,
    CONSTRAINT tags_name_trimmed CHECK (name = trim(name))
) STRICT;
CREATE UNIQUE INDEX tag_one_name ON tags (name);
CREATE INDEX idx_tags_author ON tags (created_by, id) WHERE created_by IS NOT NULL;

CREATE TABLE law_tags (
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    law_id INTEGER NOT NULL REFERENCES laws (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, law_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_law_tags_law ON law_tags (law_id);
