-- What happened in the simulation, as it is told in a channel; each is written in the transaction of the change it tells of.

-- While it waits, matter is what of which row it changed and was what that was: who changes it back withdraws it.
-- channel_id is where it was sent or refused last; packed_at is set while a message that holds it is on its way.
CREATE TABLE events (
    id                INTEGER PRIMARY KEY,
    kind              TEXT NOT NULL CONSTRAINT events_kind_length CHECK (length(kind) BETWEEN 1 AND 40),
    nation_id         INTEGER,
    user_id           INTEGER,
    headline          TEXT NOT NULL CONSTRAINT events_headline_length CHECK (length(headline) BETWEEN 1 AND 200),
    ref_table         TEXT CONSTRAINT events_ref_table_length CHECK (length(ref_table) BETWEEN 1 AND 32),
    ref_id            INTEGER,
    matter            TEXT CONSTRAINT events_matter_length CHECK (length(matter) BETWEEN 1 AND 80),
    was               TEXT CONSTRAINT events_was_length CHECK (length(was) BETWEEN 1 AND 200),
    at                INTEGER NOT NULL,
    channel_id        INTEGER,
    packed_at         INTEGER,
    refusal           TEXT CONSTRAINT events_refusal_length CHECK (length(refusal) BETWEEN 1 AND 200),
    fate              TEXT CONSTRAINT events_fate_known CHECK (fate IN ('posted', 'too_old', 'refused', 'unclear')),
    posted_message_id INTEGER,
    CONSTRAINT events_ref CHECK ((ref_table IS NULL) = (ref_id IS NULL)),
    CONSTRAINT events_packed_for CHECK (packed_at IS NULL OR (channel_id IS NOT NULL AND fate IS NULL)),
    CONSTRAINT events_posted_as CHECK ((fate IS 'posted') = (posted_message_id IS NOT NULL))
) STRICT;
CREATE INDEX idx_events_unposted ON events (id) WHERE fate IS NULL;
CREATE INDEX idx_events_matter ON events (matter, id) WHERE matter IS NOT NULL;
CREATE INDEX idx_events_ref ON events (ref_table, ref_id, id) WHERE ref_table IS NOT NULL;
CREATE INDEX idx_events_channel ON events (channel_id, id) WHERE channel_id IS NOT NULL;
CREATE INDEX idx_events_user ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_events_at ON events (at);
