DROP TRIGGER nations_without_open_loans;
DROP INDEX idx_ledger_loan;
DROP TRIGGER ledger_transfers_fixed;
ALTER TABLE ledger_transfers DROP COLUMN loan_id;
CREATE TRIGGER ledger_transfers_fixed BEFORE UPDATE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
DROP TABLE loans;
DROP TABLE simulation_clock;
