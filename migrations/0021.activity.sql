-- How many messages somebody wrote where on which day, never what; who is away for how long; and which items of
-- triage were made because somebody in office fell silent.

CREATE TABLE activity (
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    day        TEXT NOT NULL CONSTRAINT activity_day_date CHECK (day IS date(day, '+0 days')),
    messages   INTEGER NOT NULL CONSTRAINT activity_messages_range CHECK (messages BETWEEN 1 AND 1000000000),
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_activity_user ON activity (user_id, day, messages, last_at);
CREATE INDEX idx_activity_day ON activity (day, user_id, messages, last_at);

CREATE TABLE leaves (
    user_id  INTEGER PRIMARY KEY REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    from_day TEXT NOT NULL CONSTRAINT leaves_from_day_date CHECK (from_day IS date(from_day, '+0 days')),
    to_day   TEXT NOT NULL CONSTRAINT leaves_to_day_date CHECK (to_day IS date(to_day, '+0 days')),
    -- The day on which they said so themselves; somebody who says it for them has not heard them.
    said_on  TEXT CONSTRAINT leaves_said_on_date CHECK (said_on IS date(said_on, '+0 days')),
    CONSTRAINT leaves_order CHECK (to_day >= from_day)
) STRICT;

-- One for each time that somebody fell silent in one term of office.
CREATE TABLE inactivity_items (
    id           INTEGER PRIMARY KEY,
    office_id    INTEGER NOT NULL REFERENCES nation_offices (id) ON DELETE CASCADE,
    silent_since TEXT NOT NULL CONSTRAINT inactivity_items_since_date CHECK (silent_since IS date(silent_since, '+0 days')),
    item_id      INTEGER NOT NULL REFERENCES triage_items (id) ON DELETE CASCADE,
    made_at      INTEGER NOT NULL,
    UNIQUE (office_id, silent_since)
) STRICT;
CREATE INDEX idx_inactivity_items_item ON inactivity_items (item_id);
