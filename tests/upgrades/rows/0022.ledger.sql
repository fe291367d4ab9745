INSERT INTO ledger_transactions(id, kind, memo, turn, reverses, by_user, at) VALUES
    (2, 'adjustment', 'A grant', 0, NULL, 101, 100), (3, 'reversal', 'By mistake', 0, 2, 102, 110),
    (4, 'interest', NULL, 7, NULL, NULL, 120);
INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount) VALUES
    (2, 1, 'treasury', NULL, 'world', 900000000000000), (3, NULL, 'world', 1, 'treasury', 900000000000000),
    (4, 3, 'receivable', 1, 'debt', 7), (4, 1, 'debt', NULL, 'world', 7), (4, 3, 'invested', 3, 'receivable', 7);
