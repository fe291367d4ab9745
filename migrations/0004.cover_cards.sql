-- Every message that shows a cover request, so that each of them follows the request.

CREATE TABLE cover_cards (
    message_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    cover_id   INTEGER NOT NULL REFERENCES overrides (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CONSTRAINT cover_cards_kind_known CHECK (kind IN ('card', 'notice')),
    shown_at   INTEGER NOT NULL,
    PRIMARY KEY (message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_cover_cards_cover ON cover_cards (cover_id, shown_at);
