DROP INDEX idx_chat_own;
DROP INDEX idx_chat_behind;
ALTER TABLE chat_messages DROP COLUMN is_behind;
