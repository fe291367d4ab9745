-- What people report to the staff, one row an item, and which discipline gets which category.

CREATE TABLE triage_items (
    id                INTEGER PRIMARY KEY,
    reporter_id       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    title             TEXT NOT NULL CONSTRAINT triage_items_title_length CHECK (length(title) BETWEEN 1 AND 200),
    description       TEXT NOT NULL CONSTRAINT triage_items_description_length CHECK (length(description) BETWEEN 1 AND 4000),
    category          TEXT NOT NULL DEFAULT 'issue' CONSTRAINT triage_items_category_known CHECK (category IN ('issue', 'bug', 'question', 'rules', 'event', 'diplomacy', 'disaster', 'request')),
    priority          TEXT NOT NULL DEFAULT 'medium' CONSTRAINT triage_items_priority_known CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    status            TEXT NOT NULL DEFAULT 'pending' CONSTRAINT triage_items_status_known CHECK (status IN ('pending', 'in_review', 'resolved', 'rejected')),
    discipline        TEXT REFERENCES disciplines (key) ON DELETE RESTRICT,
    assigned_to       INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    -- Whether it is theirs because they are on duty, so that it moves on with the duty.
    by_duty           INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_by_duty_flag CHECK (by_duty IN (0, 1)),
    thread_id         INTEGER,
    thread_state      TEXT NOT NULL DEFAULT 'wanted' CONSTRAINT triage_items_thread_state_known CHECK (thread_state IN ('wanted', 'open', 'refused', 'deleted', 'unset')),
    card_id           INTEGER,
    -- The version that the thread's card shows; what is behind is brought up to date.
    shown_version     INTEGER NOT NULL DEFAULT 0,
    duplicate_of      INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT,
    snoozed_until     INTEGER,
    respond_by        INTEGER,
    escalated         INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_escalated_range CHECK (escalated BETWEEN 0 AND 3),
    first_response_at INTEGER,
    resolution        TEXT CONSTRAINT triage_items_resolution_length CHECK (length(resolution) BETWEEN 1 AND 1000),
    resolved_at       INTEGER,
    rating            INTEGER CONSTRAINT triage_items_rating_range CHECK (rating BETWEEN 1 AND 5),
    ratings           INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_ratings_range CHECK (ratings BETWEEN 0 AND 2),
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    UNIQUE (thread_id),
    CONSTRAINT triage_closed_has_time CHECK ((status IN ('resolved', 'rejected')) = (resolved_at IS NOT NULL)),
    CONSTRAINT triage_no_own_duplicate CHECK (duplicate_of IS NULL OR duplicate_of <> id),
    CONSTRAINT triage_open_thread CHECK ((thread_state = 'open') <= (thread_id IS NOT NULL)),
    CONSTRAINT triage_rated CHECK ((rating IS NULL) = (ratings = 0))
) STRICT;
CREATE INDEX idx_triage_queue ON triage_items (CASE priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, created_at)
    WHERE status IN ('pending', 'in_review');
CREATE INDEX idx_triage_sla ON triage_items (respond_by)
    WHERE first_response_at IS NULL AND status IN ('pending', 'in_review') AND escalated < 3;
CREATE INDEX idx_triage_assigned ON triage_items (assigned_to, status);
CREATE INDEX idx_triage_reporter ON triage_items (reporter_id, created_at DESC);
CREATE INDEX idx_triage_snoozed ON triage_items (snoozed_until)
    WHERE snoozed_until IS NOT NULL;
CREATE INDEX idx_triage_unshown ON triage_items (id)
    WHERE shown_version < version AND thread_state IN ('wanted', 'open');
CREATE INDEX idx_triage_duplicates ON triage_items (duplicate_of)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX idx_triage_by_duty ON triage_items (discipline, assigned_to)
    WHERE by_duty = 1 AND status IN ('pending', 'in_review');

CREATE TABLE triage_routes (
    category   TEXT NOT NULL CONSTRAINT triage_routes_category_known CHECK (category IN ('issue', 'bug', 'question', 'rules', 'event', 'diplomacy', 'disaster', 'request')),
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (category)
) STRICT, WITHOUT ROWID;
