-- What Discord still shows of a message as it was: its copy there is behind until it was written anew.

ALTER TABLE chat_messages ADD COLUMN is_behind INTEGER NOT NULL DEFAULT 0
    CONSTRAINT chat_messages_is_behind_flag CHECK (is_behind IN (0, 1));
CREATE INDEX idx_chat_behind ON chat_messages (id)
    WHERE is_behind = 1 AND discord_message_id IS NOT NULL;
CREATE INDEX idx_chat_own ON chat_messages (sender_id, id)
    WHERE message_type = 'text' AND deleted_at IS NULL;
