-- What was said about an item, or between two people, through the bot.

CREATE TABLE chat_messages (
    id                 INTEGER PRIMARY KEY,
    sender_id          INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    recipient_id       INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    triage_id          INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT,
    channel            TEXT NOT NULL DEFAULT 'general' CONSTRAINT chat_messages_channel_length CHECK (length(channel) BETWEEN 1 AND 50),
    message            TEXT NOT NULL CONSTRAINT chat_messages_message_length CHECK (length(message) BETWEEN 1 AND 4000),
    message_type       TEXT NOT NULL DEFAULT 'text' CONSTRAINT chat_messages_message_type_known CHECK (message_type IN ('text', 'system', 'file')),
    is_internal        INTEGER NOT NULL DEFAULT 0 CONSTRAINT chat_messages_is_internal_flag CHECK (is_internal IN (0, 1)),
    discord_message_id INTEGER,
    is_edited          INTEGER NOT NULL DEFAULT 0 CONSTRAINT chat_messages_is_edited_flag CHECK (is_edited IN (0, 1)),
    edited_at          INTEGER,
    deleted_at         INTEGER,
    created_at         INTEGER NOT NULL,
    pair_lo            INTEGER GENERATED ALWAYS AS (min(sender_id, coalesce(recipient_id, sender_id))) VIRTUAL,
    pair_hi            INTEGER GENERATED ALWAYS AS (max(sender_id, coalesce(recipient_id, sender_id))) VIRTUAL,
    CONSTRAINT chat_edited_has_time CHECK ((is_edited = 1) = (edited_at IS NOT NULL))
) STRICT;
-- Only what is shown: a lookup of what is not must never be tempted by it.
CREATE UNIQUE INDEX chat_message_shown_once ON chat_messages (discord_message_id)
    WHERE discord_message_id IS NOT NULL;
CREATE INDEX idx_chat_conversation ON chat_messages (pair_lo, pair_hi, created_at)
    WHERE recipient_id IS NOT NULL;
CREATE INDEX idx_chat_channel ON chat_messages (channel, created_at)
    WHERE recipient_id IS NULL;
CREATE INDEX idx_chat_triage ON chat_messages (triage_id, created_at)
    WHERE triage_id IS NOT NULL;
CREATE INDEX idx_chat_unposted ON chat_messages (triage_id, id)
    WHERE triage_id IS NOT NULL AND discord_message_id IS NULL AND deleted_at IS NULL;
