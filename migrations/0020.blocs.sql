-- Blocs of nations: each has one leader, a nation is in at most two, and whoever is invited has to accept.

CREATE TABLE blocs (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL COLLATE NOCASE CONSTRAINT blocs_name_length CHECK (length(name) BETWEEN 1 AND 50),
    description  TEXT CONSTRAINT blocs_description_length CHECK (length(description) BETWEEN 1 AND 500),
    status       TEXT NOT NULL DEFAULT 'active' CONSTRAINT blocs_status_known CHECK (status IN ('active', 'disbanded')),
    created_at   INTEGER NOT NULL,
    disbanded_at INTEGER,
    version      INTEGER NOT NULL DEFAULT 1,
    updated_at   INTEGER NOT NULL,
    CONSTRAINT blocs_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT blocs_disbanded_has_time CHECK ((status = 'disbanded') = (disbanded_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX bloc_active_name ON blocs (name) WHERE status = 'active';
CREATE INDEX idx_blocs_status ON blocs (status, id DESC);

-- Since when a nation is in a bloc, or invited to it: only an invitation ends by itself.
CREATE TABLE bloc_members (
    bloc_id    INTEGER NOT NULL REFERENCES blocs (id) ON DELETE CASCADE,
    nation_id  INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    rank       TEXT NOT NULL DEFAULT 'member' CONSTRAINT bloc_members_rank_known CHECK (rank IN ('leader', 'member', 'invited')),
    at         INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (bloc_id, nation_id),
    CONSTRAINT bloc_members_invited_expires CHECK ((rank = 'invited') = (expires_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bloc_one_leader ON bloc_members (bloc_id) WHERE rank = 'leader';
CREATE INDEX idx_bloc_members_nation ON bloc_members (nation_id, rank, at, bloc_id);
CREATE INDEX idx_bloc_members_due ON bloc_members (expires_at) WHERE rank = 'invited';

CREATE TRIGGER bloc_max_two_i BEFORE INSERT ON bloc_members
WHEN NEW.rank <> 'invited' AND (
    SELECT count(*) FROM bloc_members WHERE nation_id = NEW.nation_id AND rank <> 'invited'
) >= 2
BEGIN
    SELECT RAISE(ABORT, 'bloc limit');
END;
CREATE TRIGGER bloc_max_two_u BEFORE UPDATE OF rank, nation_id ON bloc_members
WHEN NEW.rank <> 'invited' AND (
    SELECT count(*) FROM bloc_members
    WHERE nation_id = NEW.nation_id AND rank <> 'invited'
        AND (bloc_id, nation_id) IS NOT (OLD.bloc_id, OLD.nation_id)
) >= 2
BEGIN
    SELECT RAISE(ABORT, 'bloc limit');
END;
