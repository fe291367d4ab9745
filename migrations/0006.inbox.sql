-- The inbox: how each notice left the outbox, which message it leaves in, since when quiet hours hold it, and from
-- when it is to be seen at all, where that is later than it was written.

ALTER TABLE notifications ADD COLUMN way TEXT CONSTRAINT notifications_way_known CHECK (way IN ('dm', 'inbox', 'off', 'read', 'closed', 'outdated', 'given_up'));
ALTER TABLE notifications ADD COLUMN parcel INTEGER;
ALTER TABLE notifications ADD COLUMN packed_at INTEGER;
ALTER TABLE notifications ADD COLUMN held_from INTEGER;
ALTER TABLE notifications ADD COLUMN due_at INTEGER;

-- What was given up waited for ten years; its place is the inbox, with the error that kept it there.
UPDATE notifications SET way = 'given_up', delivered_at = max(created_at, deliver_after - 315360000)
WHERE delivered_at IS NULL AND attempts >= 10;
UPDATE notifications SET way = 'dm' WHERE delivered_at IS NOT NULL AND way IS NULL;

UPDATE notifications SET due_at = deliver_after
WHERE delivered_at IS NULL AND attempts = 0 AND deliver_after > created_at;

CREATE INDEX idx_notifications_waiting ON notifications (user_id, deliver_after, id)
    WHERE delivered_at IS NULL;
CREATE INDEX idx_notifications_inbox ON notifications (user_id, is_read, created_at DESC, id DESC)
    WHERE way IS NOT 'off';
