-- Work of the staff: who has which task, until when, how far it is, and how much it is at risk.
-- The description stands last, so that lists do not read past it.

CREATE TABLE tasks (
    id               INTEGER PRIMARY KEY,
    title            TEXT NOT NULL CONSTRAINT tasks_title_length CHECK (length(title) BETWEEN 1 AND 200),
    status           TEXT NOT NULL DEFAULT 'todo' CONSTRAINT valid_status CHECK (status IN ('todo', 'in_progress', 'done', 'cancelled')),
    assigned_role    TEXT CONSTRAINT tasks_assigned_role_known CHECK (assigned_role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')),
    discipline       TEXT REFERENCES disciplines (key) ON DELETE RESTRICT,
    assigned_user_id INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    start_date       TEXT NOT NULL CONSTRAINT tasks_start_date_date CHECK (start_date IS date(start_date, '+0 days')),
    end_date         TEXT NOT NULL CONSTRAINT tasks_end_date_date CHECK (end_date IS date(end_date, '+0 days')),
    estimate_h       INTEGER CONSTRAINT tasks_estimate_range CHECK (estimate_h BETWEEN 1 AND 400),
    progress         INTEGER NOT NULL DEFAULT 0 CONSTRAINT tasks_progress_range CHECK (progress BETWEEN 0 AND 100),
    priority         INTEGER NOT NULL DEFAULT 1 CONSTRAINT tasks_priority_range CHECK (priority BETWEEN 0 AND 3),
    is_delayed       INTEGER NOT NULL DEFAULT 0 CONSTRAINT tasks_is_delayed_flag CHECK (is_delayed IN (0, 1)),
    risk             TEXT NOT NULL DEFAULT 'low' CONSTRAINT tasks_risk_known CHECK (risk IN ('low', 'medium', 'high')),
    epic             TEXT CONSTRAINT tasks_epic_length CHECK (length(epic) BETWEEN 1 AND 50),
    story            TEXT CONSTRAINT tasks_story_length CHECK (length(story) BETWEEN 1 AND 50),
    version          INTEGER NOT NULL DEFAULT 1,
    completed_at     INTEGER,
    created_by       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    description      TEXT NOT NULL DEFAULT '' CONSTRAINT tasks_description_length CHECK (length(description) <= 4000),
    CONSTRAINT tasks_date_order CHECK (end_date>start_date),
    CONSTRAINT tasks_done_has_time CHECK ((status='done')=(completed_at IS NOT NULL))
) STRICT;
CREATE INDEX idx_tasks_user_status ON tasks (assigned_user_id, status, priority DESC, start_date);
CREATE INDEX idx_tasks_role_status ON tasks (assigned_role, status);
CREATE INDEX idx_tasks_delayed ON tasks (is_delayed, end_date, status, title, assigned_user_id)
    WHERE is_delayed = 1;
CREATE INDEX idx_tasks_due ON tasks (end_date)
    WHERE status IN ('todo', 'in_progress');
CREATE INDEX idx_tasks_epic ON tasks (epic)
    WHERE epic IS NOT NULL;

-- The board: a column in its order, and what tells whether a card is on it. It is partial so that only
-- statements that speak of the board use it, also before the first ANALYZE.
CREATE INDEX idx_tasks_board ON tasks (status, priority DESC, start_date, id, assigned_user_id, assigned_role, created_by, discipline, epic)
    WHERE status <> 'cancelled';
CREATE INDEX idx_tasks_done ON tasks (completed_at)
    WHERE status = 'done';
