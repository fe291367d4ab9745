-- Calendar entries as they were last handed out, so that a file imported again updates them.

CREATE TABLE calendar_entries (
    uid          TEXT NOT NULL CONSTRAINT calendar_entries_uid_length CHECK (length(uid) BETWEEN 1 AND 64),
    sprint_id    INTEGER NOT NULL REFERENCES sprints (id) ON DELETE CASCADE,
    discipline   TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id      INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    digest       TEXT NOT NULL CONSTRAINT calendar_entries_digest_length CHECK (length(digest) = 16),
    sequence     INTEGER NOT NULL DEFAULT 0 CONSTRAINT calendar_entries_sequence_range CHECK (sequence >= 0),
    is_cancelled INTEGER NOT NULL DEFAULT 0 CONSTRAINT calendar_entries_is_cancelled_flag CHECK (is_cancelled IN (0, 1)),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (uid),
    CONSTRAINT calendar_entries_order CHECK (ends_at > starts_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_calendar_entries_ends ON calendar_entries (ends_at);
CREATE INDEX idx_calendar_entries_sprint ON calendar_entries (sprint_id);
