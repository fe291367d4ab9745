-- The inbox: how each notice left the outbox, which message it leaves in, since when quiet hours hold it, and from
-- when it is to be seen at all, where that is later than it was written.
-- The table is made anew, so that its columns stand before its rules.

CREATE TABLE notifications_before AS SELECT * FROM notifications;
DROP TABLE notifications;
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
    way           TEXT CONSTRAINT notifications_way_known CHECK (way IN ('dm', 'inbox', 'off', 'read', 'closed', 'outdated', 'given_up')),
    parcel        INTEGER,
    packed_at     INTEGER,
    held_from     INTEGER,
    due_at        INTEGER,
    CONSTRAINT notifications_read_has_time CHECK ((is_read=1)=(read_at IS NOT NULL))
) STRICT;
INSERT INTO notifications(
    id, user_id, type, title, message, ref_table, ref_id, dedupe_key, is_read, read_at, deliver_after, delivered_at,
    attempts, last_error, created_at
)
SELECT id, user_id, type, title, message, ref_table, ref_id, dedupe_key, is_read, read_at, deliver_after, delivered_at,
    attempts, last_error, created_at
FROM notifications_before;
DROP TABLE notifications_before;
CREATE UNIQUE INDEX notification_dedupe ON notifications (user_id, dedupe_key)
    WHERE dedupe_key IS NOT NULL;
CREATE INDEX idx_notifications_user_unread ON notifications (user_id, is_read, created_at DESC, type, title)
    WHERE is_read = 0;
CREATE INDEX idx_notifications_outbox ON notifications (deliver_after, id)
    WHERE delivered_at IS NULL;
CREATE INDEX idx_notifications_waiting ON notifications (user_id, deliver_after, id)
    WHERE delivered_at IS NULL;
CREATE INDEX idx_notifications_inbox ON notifications (user_id, is_read, created_at DESC, id DESC)
    WHERE way IS NOT 'off';

-- What was given up waited for ten years; its place is the inbox, with the error that kept it there.
UPDATE notifications SET way = 'given_up', delivered_at = max(created_at, deliver_after - 315360000)
WHERE delivered_at IS NULL AND attempts >= 10;
UPDATE notifications SET way = 'dm' WHERE delivered_at IS NOT NULL AND way IS NULL;
UPDATE notifications SET due_at = deliver_after
WHERE delivered_at IS NULL AND attempts = 0 AND deliver_after > created_at;
