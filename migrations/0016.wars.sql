-- Wars: who fought on which side from when to when, what it cost in lives, and what happened on which day.

CREATE TABLE wars (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT wars_name_length CHECK (length(name) BETWEEN 1 AND 100),
    status      TEXT NOT NULL DEFAULT 'active' CONSTRAINT wars_status_known CHECK (status IN ('active', 'ended')),
    started_on  TEXT NOT NULL,
    ended_on    TEXT,
    end_reason  TEXT CONSTRAINT wars_end_reason_length CHECK (length(end_reason) BETWEEN 1 AND 300),
    casualties  INTEGER NOT NULL DEFAULT 0 CONSTRAINT wars_casualties_range CHECK (casualties BETWEEN 0 AND 20000000000),
    description TEXT CONSTRAINT wars_description_length CHECK (length(description) BETWEEN 1 AND 1000),
    created_by  INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT wars_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT wars_ended_has_day CHECK ((status = 'ended') = (ended_on IS NOT NULL)),
    CONSTRAINT wars_order CHECK (ended_on IS NULL OR ended_on >= started_on)
) STRICT;
CREATE UNIQUE INDEX war_active_name ON wars (name) WHERE status = 'active';
CREATE INDEX idx_wars_status ON wars (status, id DESC);

CREATE TABLE war_sides (
    war_id    INTEGER NOT NULL REFERENCES wars (id) ON DELETE CASCADE,
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    side      TEXT NOT NULL CONSTRAINT war_sides_side_known CHECK (side IN ('A', 'B', 'other')),
    joined_on TEXT NOT NULL,
    left_on   TEXT,
    PRIMARY KEY (war_id, nation_id),
    CONSTRAINT war_sides_order CHECK (left_on IS NULL OR left_on >= joined_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_war_sides_nation ON war_sides (nation_id, war_id);

CREATE TABLE war_events (
    id         INTEGER PRIMARY KEY,
    war_id     INTEGER NOT NULL REFERENCES wars (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CONSTRAINT war_events_kind_known CHECK (kind IN ('started', 'joined', 'left', 'update', 'ended')),
    nation_id  INTEGER REFERENCES nations (id) ON DELETE RESTRICT,
    side       TEXT CONSTRAINT war_events_side_known CHECK (side IN ('A', 'B', 'other')),
    casualties INTEGER CONSTRAINT war_events_casualties_range CHECK (casualties BETWEEN 0 AND 20000000000),
    note       TEXT CONSTRAINT war_events_note_length CHECK (length(note) BETWEEN 1 AND 300),
    on_day     TEXT NOT NULL,
    by_user    INTEGER,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX idx_war_events_war ON war_events (war_id, on_day, id);
CREATE INDEX idx_war_events_nation ON war_events (nation_id) WHERE nation_id IS NOT NULL;
CREATE INDEX idx_war_events_author ON war_events (by_user, id) WHERE by_user IS NOT NULL;
