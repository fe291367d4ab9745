-- An older version would read a cover of some days as one of the whole turn, so these are kept aside.
INSERT INTO quarantined_rows(table_name, record_id, row, reason, found_at)
SELECT 'overrides', CAST(id AS TEXT), json_object(
    'id', id, 'sprint_id', sprint_id, 'discipline', discipline, 'requested_by', requested_by,
    'original_id', original_id, 'replacement_id', replacement_id, 'status', status, 'reason', reason,
    'message_id', message_id, 'attempts', attempts, 'decided_by', decided_by, 'decided_at', decided_at,
    'created_at', created_at, 'updated_at', updated_at, 'first_day', first_day, 'last_day', last_day
), 'is a cover of some days, which an older version does not know', CAST(strftime('%s', 'now') AS INTEGER)
FROM overrides WHERE first_day IS NOT NULL;
DELETE FROM cover_cards WHERE cover_id IN (SELECT id FROM overrides WHERE first_day IS NOT NULL);

CREATE TABLE overrides_before AS SELECT * FROM overrides WHERE first_day IS NULL;
DROP TABLE overrides;
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
INSERT INTO overrides
SELECT id, sprint_id, discipline, requested_by, original_id, replacement_id, status, reason, message_id, attempts,
    decided_by, decided_at, created_at, updated_at
FROM overrides_before;
DROP TABLE overrides_before;
CREATE UNIQUE INDEX override_one_approved ON overrides (sprint_id, discipline)
    WHERE status = 'approved';
CREATE UNIQUE INDEX override_one_open_call ON overrides (sprint_id, discipline, requested_by)
    WHERE replacement_id IS NULL AND status = 'open';
CREATE INDEX idx_overrides_pending ON overrides (status, created_at)
    WHERE status IN ('open', 'taken');
