DROP INDEX idx_notifications_inbox;
DROP INDEX idx_notifications_waiting;
UPDATE notifications SET delivered_at = NULL WHERE way = 'given_up';
ALTER TABLE notifications DROP COLUMN due_at;
ALTER TABLE notifications DROP COLUMN held_from;
ALTER TABLE notifications DROP COLUMN packed_at;
ALTER TABLE notifications DROP COLUMN parcel;
ALTER TABLE notifications DROP COLUMN way;
