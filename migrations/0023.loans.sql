-- Loans between nations, and the clock of the simulation that makes them due.

CREATE TABLE simulation_clock (
    id        INTEGER PRIMARY KEY CONSTRAINT simulation_clock_one CHECK (id = 1),
    turn      INTEGER NOT NULL DEFAULT 0 CONSTRAINT simulation_clock_turn_range CHECK (turn >= 0),
    phase     TEXT NOT NULL DEFAULT 'idle' CONSTRAINT simulation_clock_phase_known CHECK (phase IN ('idle', 'income', 'loans')),
    cursor    INTEGER NOT NULL DEFAULT 0 CONSTRAINT simulation_clock_cursor_range CHECK (cursor >= 0),
    next_at   INTEGER NOT NULL,
    paused_at INTEGER
) STRICT;

-- The balance grows from what was owed at the anchor turn, so that it is the formula's to the dollar.
CREATE TABLE loans (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL COLLATE NOCASE CONSTRAINT loans_code_length CHECK (length(code) BETWEEN 6 AND 12),
    lender_id   INTEGER NOT NULL REFERENCES nations (id),
    borrower_id INTEGER NOT NULL REFERENCES nations (id),
    principal   INTEGER NOT NULL CONSTRAINT loans_principal_range CHECK (principal BETWEEN 100000000 AND 1000000000000),
    rate_bp     INTEGER NOT NULL CONSTRAINT loans_rate_range CHECK (rate_bp BETWEEN 0 AND 5000),
    term_months INTEGER NOT NULL CONSTRAINT loans_term_range CHECK (term_months BETWEEN 1 AND 360),
    kind        TEXT NOT NULL CONSTRAINT loans_kind_known CHECK (kind IN ('compound', 'amortizing')),
    status      TEXT NOT NULL DEFAULT 'pending' CONSTRAINT loans_status_known CHECK (status IN ('pending', 'active', 'paid', 'defaulted', 'declined', 'cancelled', 'forgiven', 'voided')),
    balance     INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_balance_range CHECK (balance BETWEEN 0 AND 900000000000000),
    interest    INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_interest_range CHECK (interest >= 0),
    anchor      INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_anchor_range CHECK (anchor >= 0),
    anchor_turn INTEGER,
    accrued_turn INTEGER,
    due_turn    INTEGER,
    missed      INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_missed_range CHECK (missed BETWEEN 0 AND 3),
    description TEXT CONSTRAINT loans_description_length CHECK (length(description) BETWEEN 1 AND 200),
    triage_id   INTEGER REFERENCES triage_items (id),
    offered_by  INTEGER,
    decided_by  INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT loans_two_nations CHECK (lender_id <> borrower_id),
    CONSTRAINT loans_interest_owed CHECK (interest <= balance),
    CONSTRAINT loans_over_is_nothing CHECK (status IN ('active', 'defaulted') OR balance = 0),
    CONSTRAINT loans_active_runs CHECK (status <> 'active' OR (anchor_turn IS NOT NULL AND accrued_turn IS NOT NULL AND due_turn IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX loans_code_unique ON loans (code);
CREATE INDEX idx_loans_accrue ON loans (accrued_turn, id) WHERE status = 'active';
CREATE INDEX idx_loans_borrower ON loans (borrower_id, id DESC);
CREATE INDEX idx_loans_lender ON loans (lender_id, id DESC);

ALTER TABLE ledger_transfers ADD COLUMN loan_id INTEGER REFERENCES loans (id);
CREATE INDEX idx_ledger_loan ON ledger_transfers (loan_id, id) WHERE loan_id IS NOT NULL;

CREATE TRIGGER nations_without_open_loans BEFORE UPDATE OF status ON nations
WHEN NEW.status = 'archived' AND OLD.status <> 'archived' AND EXISTS (
    SELECT 1 FROM loans AS l WHERE l.borrower_id = NEW.id AND l.status IN ('pending', 'active', 'defaulted')
    UNION ALL SELECT 1 FROM loans AS l WHERE l.lender_id = NEW.id AND l.status IN ('pending', 'active', 'defaulted'))
BEGIN
    SELECT RAISE(ABORT, 'nation has open loans');
END;
