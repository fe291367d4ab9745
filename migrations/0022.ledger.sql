-- Money: every transfer takes an amount from one account and gives it to another, so that each transaction
-- sums to zero by its shape. What nations have now is opened with transfers from the world.

CREATE TABLE ledger_transactions (
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CONSTRAINT ledger_transactions_kind_known CHECK (kind IN ('opening', 'adjustment', 'income', 'interest', 'loan', 'payment', 'writeoff', 'invest', 'disaster', 'law', 'reversal')),
    memo     TEXT CONSTRAINT ledger_transactions_memo_length CHECK (length(memo) BETWEEN 1 AND 300),
    turn     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_transactions_turn_range CHECK (turn >= 0),
    reverses INTEGER REFERENCES ledger_transactions (id),
    by_user  INTEGER,
    at       INTEGER NOT NULL,
    CONSTRAINT ledger_transactions_reversal CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX ledger_reversed_once ON ledger_transactions (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX idx_ledger_transactions_author ON ledger_transactions (by_user, id) WHERE by_user IS NOT NULL;

-- The account that is debited has more afterwards, the one that is credited less; of the world there is one.
CREATE TABLE ledger_transfers (
    id             INTEGER PRIMARY KEY,
    txn            INTEGER NOT NULL REFERENCES ledger_transactions (id),
    debit_nation   INTEGER REFERENCES nations (id),
    debit_account  TEXT NOT NULL CONSTRAINT ledger_transfers_debit_known CHECK (debit_account IN ('treasury', 'debt', 'receivable', 'invested', 'world')),
    credit_nation  INTEGER REFERENCES nations (id),
    credit_account TEXT NOT NULL CONSTRAINT ledger_transfers_credit_known CHECK (credit_account IN ('treasury', 'debt', 'receivable', 'invested', 'world')),
    amount         INTEGER NOT NULL CONSTRAINT ledger_transfers_amount_range CHECK (amount BETWEEN 1 AND 4611686018427387904),
    CONSTRAINT ledger_transfers_debit_whose CHECK ((debit_account = 'world') = (debit_nation IS NULL)),
    CONSTRAINT ledger_transfers_credit_whose CHECK ((credit_account = 'world') = (credit_nation IS NULL)),
    CONSTRAINT ledger_transfers_two_accounts CHECK (debit_account <> credit_account OR debit_nation IS NOT credit_nation)
) STRICT;
CREATE INDEX idx_ledger_txn ON ledger_transfers (txn, id);
CREATE INDEX idx_ledger_debit ON ledger_transfers (debit_nation, id) WHERE debit_nation IS NOT NULL;
CREATE INDEX idx_ledger_credit ON ledger_transfers (credit_nation, id) WHERE credit_nation IS NOT NULL;

-- A row of it is one account's side of a transfer.
CREATE VIEW ledger AS
SELECT id, txn, debit_nation AS nation_id, debit_account AS account, amount FROM ledger_transfers
UNION ALL
SELECT id, txn, credit_nation, credit_account, -amount FROM ledger_transfers;

-- Where the figures of nations are not what the books say; what is written into it is booked.
CREATE VIEW ledger_differences AS
SELECT nation_id, account, sum(amount) AS amount FROM (
    SELECT id AS nation_id, 'treasury' AS account, treasury AS amount FROM nations
    UNION ALL SELECT id, 'debt', -debt FROM nations
    UNION ALL SELECT nation_id, account, -amount FROM ledger WHERE account IN ('treasury', 'debt')
) GROUP BY nation_id, account HAVING sum(amount) <> 0;
CREATE TRIGGER ledger_differences_booked INSTEAD OF INSERT ON ledger_differences
BEGIN
    INSERT INTO ledger_transactions(kind, memo, at) VALUES ('adjustment', 'Changed outside of the bot', unixepoch());
    INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount)
    SELECT (SELECT max(id) FROM ledger_transactions), NEW.nation_id, NEW.account, NULL, 'world', NEW.amount WHERE NEW.amount > 0
    UNION ALL
    SELECT (SELECT max(id) FROM ledger_transactions), NULL, 'world', NEW.nation_id, NEW.account, -NEW.amount WHERE NEW.amount < 0;
END;

-- What was booked stays; only what somebody wrote beside it can be blanked, and what is broken set aside.
CREATE TRIGGER ledger_transactions_fixed BEFORE UPDATE OF id, kind, turn, reverses, by_user, at ON ledger_transactions
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transactions_kept BEFORE DELETE ON ledger_transactions
WHEN NOT EXISTS (SELECT 1 FROM quarantined_rows AS q WHERE q.table_name = 'ledger_transactions' AND q.record_id = CAST(OLD.id AS TEXT))
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transfers_fixed BEFORE UPDATE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transfers_kept BEFORE DELETE ON ledger_transfers
WHEN NOT EXISTS (SELECT 1 FROM quarantined_rows AS q WHERE q.table_name = 'ledger_transfers' AND q.record_id = CAST(OLD.id AS TEXT))
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER treasury_not_overdrawn BEFORE UPDATE OF treasury ON nations
WHEN NEW.treasury < 0 AND NEW.treasury < OLD.treasury
BEGIN
    SELECT RAISE(ABORT, 'treasury overdrawn');
END;

INSERT INTO ledger_transactions(id, kind, memo, at)
SELECT 1, 'opening', 'What nations had when the books were opened', max(updated_at) FROM nations
WHERE treasury <> 0 OR debt <> 0 HAVING count(*) > 0;
INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount)
SELECT 1, id, 'treasury', NULL, 'world', treasury FROM nations WHERE treasury > 0 ORDER BY id;
INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount)
SELECT 1, NULL, 'world', id, 'treasury', -treasury FROM nations WHERE treasury < 0 ORDER BY id;
INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount)
SELECT 1, NULL, 'world', id, 'debt', debt FROM nations WHERE debt > 0 ORDER BY id;
