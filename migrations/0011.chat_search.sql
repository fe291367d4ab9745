-- Finding again what was said about reports: an index of its words, which holds no text of its own.
-- What lies between two people alone is not in it, nor what was taken back. Whether a message is in it is said by
-- its own row alone, here and in the triggers alike.

CREATE VIEW chat_texts AS
SELECT m.id, m.message, m.triage_id, m.sender_id, t.reporter_id, coalesce(t.title, '') AS title,
    m.is_internal, m.message_type,
    m.created_at, m.edited_at, m.discord_message_id,
    CASE t.thread_state WHEN 'open' THEN t.thread_id END AS thread_id
FROM chat_messages AS m LEFT JOIN triage_items AS t ON t.id = m.triage_id
WHERE m.triage_id IS NOT NULL AND m.deleted_at IS NULL;

CREATE VIRTUAL TABLE chat_search USING fts5(
    message, triage_id UNINDEXED, sender_id UNINDEXED, reporter_id UNINDEXED, title UNINDEXED,
    is_internal UNINDEXED, message_type UNINDEXED, created_at UNINDEXED, edited_at UNINDEXED,
    discord_message_id UNINDEXED, thread_id UNINDEXED,
    content = 'chat_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
INSERT INTO chat_search(chat_search) VALUES('rebuild');

CREATE TRIGGER chat_search_i AFTER INSERT ON chat_messages
WHEN new.triage_id IS NOT NULL AND new.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(rowid, message) VALUES(new.id, new.message);
END;
CREATE TRIGGER chat_search_d AFTER DELETE ON chat_messages
WHEN old.triage_id IS NOT NULL AND old.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(chat_search, rowid, message) VALUES('delete', old.id, old.message);
END;
CREATE TRIGGER chat_search_u_out BEFORE UPDATE OF id, triage_id, message, deleted_at ON chat_messages
WHEN old.triage_id IS NOT NULL AND old.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(chat_search, rowid, message) VALUES('delete', old.id, old.message);
END;
CREATE TRIGGER chat_search_u_in AFTER UPDATE OF id, triage_id, message, deleted_at ON chat_messages
WHEN new.triage_id IS NOT NULL AND new.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(rowid, message) VALUES(new.id, new.message);
END;
