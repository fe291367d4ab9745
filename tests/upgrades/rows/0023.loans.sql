INSERT INTO simulation_clock VALUES (1, 7, 'loans', 0, 1800000000, 5);
INSERT INTO loans(
    id, code, lender_id, borrower_id, principal, rate_bp, term_months, kind, status, balance, interest, anchor, anchor_turn,
    accrued_turn, due_turn, missed, description, triage_id, offered_by, decided_by, version, created_at, decided_at, updated_at
) VALUES
    (1, 'LOAN-1', 1, 3, 100000000, 5000, 360, 'compound', 'active', 100000007, 7, 100000000, 6, 7, 366, 2, 'Dams', NULL, 101, 102, 3, 1, 2, 3),
    (2, 'L-ABC234', 3, 1, 1000000000000, 0, 1, 'amortizing', 'defaulted', 100, 0, 100, 1, 2, 2, 3, NULL, 1, NULL, NULL, 9, 1, 2, 3),
    (3, 'ABCDEFGHJKLM', 1, 3, 100000000, 1, 1, 'amortizing', 'declined', 0, 0, 0, NULL, NULL, NULL, 0, NULL, NULL, 101, NULL, 2, 1, 2, 3);
INSERT INTO ledger_transactions(id, kind, turn, at) VALUES (9, 'loan', 6, 130), (10, 'interest', 7, 140), (11, 'loan', 1, 150);
INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount, loan_id) VALUES
    (9, 1, 'receivable', 3, 'debt', 100000000, 1), (9, 3, 'debt', NULL, 'world', 100000007, NULL),
    (10, 1, 'receivable', 3, 'debt', 7, 1), (11, 3, 'receivable', 1, 'debt', 100, 2), (11, 1, 'debt', NULL, 'world', 100, NULL);
