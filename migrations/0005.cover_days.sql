-- A cover of some days of a turn: both days are included, without days it is the whole turn.
-- The table is made anew, since a table's UNIQUE cannot be changed.

CREATE TABLE overrides_before AS SELECT * FROM overrides;
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
    first_day      TEXT CONSTRAINT overrides_first_day_date CHECK (first_day IS date(first_day, '+0 days')),
    last_day       TEXT CONSTRAINT overrides_last_day_date CHECK (last_day IS date(last_day, '+0 days')),
    CONSTRAINT overrides_unique_days UNIQUE (sprint_id,discipline,requested_by,replacement_id,first_day,last_day),
    CONSTRAINT override_no_self_approval CHECK (decided_by IS NULL OR status IN('withdrawn','expired') OR decided_by NOT IN(requested_by,coalesce(replacement_id,0))),
    CONSTRAINT override_distinct CHECK (replacement_id IS NULL OR replacement_id<>original_id),
    CONSTRAINT override_approved_full CHECK (status<>'approved' OR (replacement_id IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CONSTRAINT override_days_both CHECK ((first_day IS NULL)=(last_day IS NULL)),
    CONSTRAINT override_days_order CHECK (last_day>=first_day)
) STRICT;
INSERT INTO overrides(
    id, sprint_id, discipline, requested_by, original_id, replacement_id, status, reason, message_id, attempts,
    decided_by, decided_at, created_at, updated_at
)
SELECT * FROM overrides_before;
DROP TABLE overrides_before;

-- A UNIQUE sees no two NULLs as the same, so the whole turn has an index of its own.
CREATE UNIQUE INDEX override_one_whole ON overrides (sprint_id, discipline, requested_by, replacement_id)
    WHERE first_day IS NULL;
CREATE UNIQUE INDEX override_one_open_call ON overrides (sprint_id, discipline, requested_by)
    WHERE replacement_id IS NULL AND status = 'open' AND first_day IS NULL;
CREATE UNIQUE INDEX override_one_open_call_of_days ON overrides (sprint_id, discipline, requested_by, first_day, last_day)
    WHERE replacement_id IS NULL AND status = 'open';
CREATE INDEX idx_overrides_approved ON overrides (sprint_id, discipline, first_day)
    WHERE status = 'approved';
CREATE INDEX idx_overrides_pending ON overrides (status, created_at)
    WHERE status IN ('open', 'taken');
CREATE TRIGGER cover_overlap_i BEFORE INSERT ON overrides
WHEN NEW.status = 'approved'
AND EXISTS(SELECT 1 FROM overrides o WHERE o.sprint_id=NEW.sprint_id AND o.discipline=NEW.discipline AND o.status='approved' AND o.id IS NOT NEW.id AND (o.first_day IS NULL OR NEW.first_day IS NULL OR (o.first_day<=NEW.last_day AND o.last_day>=NEW.first_day)))
BEGIN
    SELECT RAISE(ABORT, 'cover overlap');
END;
CREATE TRIGGER cover_overlap_u BEFORE UPDATE ON overrides
WHEN NEW.status = 'approved'
AND EXISTS(SELECT 1 FROM overrides o WHERE o.sprint_id=NEW.sprint_id AND o.discipline=NEW.discipline AND o.status='approved' AND o.id<>OLD.id AND (o.first_day IS NULL OR NEW.first_day IS NULL OR (o.first_day<=NEW.last_day AND o.last_day>=NEW.first_day)))
BEGIN
    SELECT RAISE(ABORT, 'cover overlap');
END;
