-- Staff on duty: disciplines, rosters, sprints, who is on duty, covers, and the notices people get.

CREATE TABLE disciplines (
    key       TEXT NOT NULL CONSTRAINT disciplines_key_length CHECK (length(key) BETWEEN 1 AND 32),
    label     TEXT NOT NULL CONSTRAINT disciplines_label_length CHECK (length(label) BETWEEN 1 AND 60),
    role_id   INTEGER,
    scheduler TEXT NOT NULL DEFAULT 'carry' CONSTRAINT disciplines_scheduler_known CHECK (scheduler IN ('carry', 'modulo')),
    is_active INTEGER NOT NULL DEFAULT 1 CONSTRAINT disciplines_is_active_flag CHECK (is_active IN (0, 1)),
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_disciplines (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    position   INTEGER NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CONSTRAINT user_disciplines_is_active_flag CHECK (is_active IN (0, 1)),
    away_from  TEXT CONSTRAINT user_disciplines_away_from_date CHECK (away_from IS date(away_from, '+0 days')),
    away_to    TEXT CONSTRAINT user_disciplines_away_to_date CHECK (away_to IS date(away_to, '+0 days')),
    updated_at INTEGER NOT NULL,
    CONSTRAINT users_discord_discipline_unique UNIQUE (user_id,discipline),
    CONSTRAINT user_disciplines_away_order CHECK (away_to IS NULL OR away_to>=away_from)
) STRICT;
CREATE UNIQUE INDEX idx_roster_order ON user_disciplines (discipline, position)
    WHERE is_active = 1;

CREATE TABLE sprints (
    id           INTEGER PRIMARY KEY,
    sprint_index INTEGER CONSTRAINT sprints_sprint_index_range CHECK (sprint_index >= 0),
    name         TEXT NOT NULL CONSTRAINT sprints_name_length CHECK (length(name) BETWEEN 1 AND 60),
    start_date   TEXT NOT NULL CONSTRAINT sprints_start_date_date CHECK (start_date IS date(start_date, '+0 days')),
    end_date     TEXT NOT NULL CONSTRAINT sprints_end_date_date CHECK (end_date IS date(end_date, '+0 days')),
    updated_at   INTEGER NOT NULL,
    CONSTRAINT sprint_date_order CHECK (end_date>start_date)
) STRICT;
CREATE UNIQUE INDEX idx_sprints_active_unique ON sprints (sprint_index)
    WHERE sprint_index IS NOT NULL;
CREATE INDEX idx_sprints_dates ON sprints (start_date, end_date, sprint_index, name)
    WHERE sprint_index IS NOT NULL;
CREATE TRIGGER sprint_overlap_i BEFORE INSERT ON sprints
WHEN NEW.sprint_index IS NOT NULL
AND EXISTS(SELECT 1 FROM sprints s WHERE s.sprint_index<>NEW.sprint_index AND s.start_date<NEW.end_date AND s.end_date>NEW.start_date)
BEGIN
    SELECT RAISE(ABORT, 'sprint overlap');
END;
CREATE TRIGGER sprint_overlap_u BEFORE UPDATE ON sprints
WHEN NEW.sprint_index IS NOT NULL
AND EXISTS(SELECT 1 FROM sprints s WHERE s.id<>NEW.id AND s.sprint_index IS NOT NULL AND s.start_date<NEW.end_date AND s.end_date>NEW.start_date)
BEGIN
    SELECT RAISE(ABORT, 'sprint overlap');
END;

CREATE TABLE assignments (
    sprint_id  INTEGER NOT NULL REFERENCES sprints (id) ON DELETE CASCADE,
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id    INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    source     TEXT NOT NULL CONSTRAINT assignments_source_known CHECK (source IN ('rotation', 'manual', 'import')),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (sprint_id,discipline)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_assignments_user ON assignments (user_id, sprint_id);

CREATE TABLE current_state (
    id         INTEGER PRIMARY KEY,
    sprint_id  INTEGER REFERENCES sprints (id) ON DELETE RESTRICT,
    version    INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    CONSTRAINT unique_current_state CHECK (id=1)
) STRICT;

CREATE TABLE current_holders (
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id    INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    source     TEXT NOT NULL CONSTRAINT current_holders_source_known CHECK (source IN ('rotation', 'override', 'manual', 'none')),
    since      INTEGER NOT NULL,
    PRIMARY KEY (discipline)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
    id             INTEGER PRIMARY KEY,
    sprint_id      INTEGER NOT NULL REFERENCES sprints (id) ON DELETE RESTRICT,
    discipline     TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    requested_by   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    original_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    replacement_id INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    status         TEXT NOT NULL DEFAULT 'open' CONSTRAINT overrides_status_known CHECK (status IN ('open', 'taken', 'approved', 'declined', 'withdrawn', 'expired', 'revoked')),
    reason         TEXT CONSTRAINT overrides_reason_length CHECK (length(reason) BETWEEN 1 AND 300),
    message_id     INTEGER,
    attempts       INTEGER NOT NULL DEFAULT 1,
    decided_by     INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    decided_at     INTEGER,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    CONSTRAINT overrides_unique_request UNIQUE (sprint_id,discipline,requested_by,replacement_id),
    CONSTRAINT override_no_self_approval CHECK (decided_by IS NULL OR status IN('withdrawn','expired') OR decided_by NOT IN(requested_by,coalesce(replacement_id,0))),
    CONSTRAINT override_distinct CHECK (replacement_id IS NULL OR replacement_id<>original_id),
    CONSTRAINT override_approved_full CHECK (status<>'approved' OR (replacement_id IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX override_one_approved ON overrides (sprint_id, discipline)
    WHERE status = 'approved';
CREATE UNIQUE INDEX override_one_open_call ON overrides (sprint_id, discipline, requested_by)
    WHERE replacement_id IS NULL AND status = 'open';
CREATE INDEX idx_overrides_pending ON overrides (status, created_at)
    WHERE status IN ('open', 'taken');

CREATE TABLE notifications (
    id            INTEGER PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    type          TEXT NOT NULL CONSTRAINT valid_notification_type CHECK (type IN ('task_assigned', 'task_delayed', 'task_completed', 'issue_reported', 'system', 'oncall', 'cover', 'nation', 'economy', 'disaster', 'diplomacy')),
    title         TEXT NOT NULL CONSTRAINT notifications_title_length CHECK (length(title) BETWEEN 1 AND 200),
    message       TEXT NOT NULL CONSTRAINT notifications_message_length CHECK (length(message) BETWEEN 1 AND 2000),
    ref_table     TEXT CONSTRAINT notifications_ref_table_length CHECK (length(ref_table) BETWEEN 1 AND 32),
    ref_id        INTEGER,
    dedupe_key    TEXT CONSTRAINT notifications_dedupe_key_length CHECK (length(dedupe_key) BETWEEN 1 AND 100),
    is_read       INTEGER NOT NULL DEFAULT 0 CONSTRAINT notifications_is_read_flag CHECK (is_read IN (0, 1)),
    read_at       INTEGER,
    deliver_after INTEGER NOT NULL,
    delivered_at  INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT CONSTRAINT notifications_last_error_length CHECK (length(last_error) BETWEEN 1 AND 200),
    created_at    INTEGER NOT NULL,
    CONSTRAINT notifications_read_has_time CHECK ((is_read=1)=(read_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX notification_dedupe ON notifications (user_id, dedupe_key)
    WHERE dedupe_key IS NOT NULL;
CREATE INDEX idx_notifications_user_unread ON notifications (user_id, is_read, created_at DESC, type, title)
    WHERE is_read = 0;
CREATE INDEX idx_notifications_outbox ON notifications (deliver_after, id)
    WHERE delivered_at IS NULL;

CREATE TABLE notification_prefs (
    user_id  INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type     TEXT NOT NULL CONSTRAINT notification_prefs_type_length CHECK (length(type) BETWEEN 1 AND 32),
    delivery TEXT NOT NULL CONSTRAINT notification_prefs_delivery_known CHECK (delivery IN ('dm', 'inbox', 'off')),
    PRIMARY KEY (user_id,type)
) STRICT, WITHOUT ROWID;

-- The rota as one table, the way it is often asked for.
CREATE VIEW triage_users AS
SELECT u.discord_id, u.username AS name, d.discipline, d.is_active AND u.is_active AS active
FROM user_disciplines AS d
JOIN users AS u ON u.discord_id = d.user_id;
