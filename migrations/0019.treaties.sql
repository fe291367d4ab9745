-- Treaties between two nations: proposed by one, in force once the other accepts, ended by either.

-- The lower number is always nation_a, so that a pair is one pair whichever side proposed.
CREATE TABLE treaties (
    id          INTEGER PRIMARY KEY,
    nation_a    INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    nation_b    INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    kind        TEXT NOT NULL DEFAULT 'alliance' CONSTRAINT treaties_kind_known CHECK (kind IN ('alliance', 'trade', 'non_aggression', 'defense')),
    status      TEXT NOT NULL DEFAULT 'pending' CONSTRAINT treaties_status_known CHECK (status IN ('pending', 'active', 'declined', 'withdrawn', 'expired', 'ended')),
    proposed_by INTEGER NOT NULL,
    terms       TEXT CONSTRAINT treaties_terms_length CHECK (length(terms) BETWEEN 1 AND 500),
    proposer_id INTEGER,
    proposed_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    decided_by  INTEGER,
    decided_at  INTEGER,
    ended_by    INTEGER,
    ended_at    INTEGER,
    end_reason  TEXT CONSTRAINT treaties_end_reason_length CHECK (length(end_reason) BETWEEN 1 AND 300),
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT treaties_pair CHECK (nation_a < nation_b),
    CONSTRAINT treaties_proposed_by_party CHECK (proposed_by IN (nation_a, nation_b)),
    CONSTRAINT treaties_expire_later CHECK (expires_at > proposed_at),
    CONSTRAINT treaties_decided_has_time CHECK ((status = 'pending') = (decided_at IS NULL)),
    CONSTRAINT treaties_ended_has_time CHECK ((status = 'ended') = (ended_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX treaty_open_pair ON treaties (nation_a, nation_b, kind) WHERE status IN ('pending', 'active');
CREATE INDEX idx_treaties_a ON treaties (nation_a, status, id DESC);
CREATE INDEX idx_treaties_b ON treaties (nation_b, status, id DESC);
CREATE INDEX idx_treaties_status ON treaties (status, id DESC);
CREATE INDEX idx_treaties_due ON treaties (expires_at) WHERE status = 'pending';
