"""What is in a nation's accounts, what moved it, and the whole journal."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, viewer_query
from modelus_bot.domain.permissions import Viewer, require_admin_viewer, standing_of
from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.ledger.model import (
    Account,
    Balances,
    BookedTransaction,
    JournalBalance,
    JournalTransfer,
    StatementLine,
    Transfer,
)
from modelus_bot.text.escaping import plain

__all__ = ["balances", "journal", "journal_balances", "nation_names", "require_transaction", "statement"]

_NATION = "SELECT id, name, treasury, debt, budget / 12 AS income FROM nations WHERE id = ?"
_HOLDS = "SELECT 1 FROM nation_offices WHERE user_id = ? AND nation_id = ? AND until IS NULL"
_GAINED = """
SELECT coalesce(sum(amount), 0) FROM ledger_transfers WHERE debit_nation = ? AND debit_account = ?
"""
_LOST = """
SELECT coalesce(sum(amount), 0) FROM ledger_transfers WHERE credit_nation = ? AND credit_account = ?
"""
_STATEMENT = """
SELECT s.id, s.txn, x.kind, x.memo, x.turn, s.account, s.amount, n.name, s.other_account, l.code, x.at FROM (
    SELECT id, txn, debit_account AS account, amount, credit_nation AS other, credit_account AS other_account,
        loan_id
    FROM ledger_transfers WHERE debit_nation = :id
    UNION ALL
    SELECT id, txn, credit_account, -amount, debit_nation, debit_account, loan_id
    FROM ledger_transfers WHERE credit_nation = :id
    ORDER BY id DESC, account LIMIT :limit OFFSET :offset
) AS s
JOIN ledger_transactions AS x ON x.id = s.txn LEFT JOIN nations AS n ON n.id = s.other
LEFT JOIN loans AS l ON l.id = s.loan_id
ORDER BY s.id DESC, s.account
"""
_TRANSACTION = """
SELECT x.id, x.kind, x.memo, x.turn, x.reverses, r.id, x.at
FROM ledger_transactions AS x LEFT JOIN ledger_transactions AS r ON r.reverses = x.id
WHERE x.id = ?
"""
_TRANSFERS = """
SELECT debit_nation, debit_account, credit_nation, credit_account, amount, loan_id FROM ledger_transfers
WHERE txn = ? ORDER BY id
"""
_JOURNAL = """
SELECT x.id, x.kind, x.memo, x.at, t.debit_nation, t.debit_account, t.credit_nation, t.credit_account,
    t.amount, t.loan_id
FROM ledger_transfers AS t JOIN ledger_transactions AS x ON x.id = t.txn
ORDER BY t.txn, t.id
"""
_BALANCES = "SELECT id, name, treasury, debt FROM nations ORDER BY id"
_NAMES = "SELECT id, name FROM nations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
EVERYTHING = -1


@viewer_query
def balances(tx: ReadTransaction, viewer: Viewer, nation_id: int) -> Balances:
    """Return what a nation has; raises ``NotAllowed`` for those who neither lead it nor run the bot."""
    row = _own(tx, viewer, nation_id)
    lent, invested = (
        tx.fetch_value(_GAINED, (nation_id, account)) - tx.fetch_value(_LOST, (nation_id, account))
        for account in ("receivable", "invested")
    )
    return Balances(row["id"], row["name"], row["treasury"], row["debt"], lent, invested, row["income"])


@viewer_query
def statement(
    tx: ReadTransaction, viewer: Viewer, nation_id: int, limit: int = EVERYTHING, offset: int = 0
) -> tuple[StatementLine, ...]:
    """Return what moved a nation's accounts, the latest first; raises ``NotAllowed`` as ``balances`` does."""
    _own(tx, viewer, nation_id)
    rows = tx.fetch_all(_STATEMENT, {"id": nation_id, "limit": limit, "offset": offset})
    return tuple(StatementLine(*tuple(row)[1:]) for row in rows)


@viewer_query
def journal(tx: ReadTransaction, viewer: Viewer) -> tuple[JournalTransfer, ...]:
    """Return every transfer, in the order of their transactions; for administrators."""
    require_admin_viewer(tx, viewer)
    return tuple(
        JournalTransfer(row[0], row[1], row[2], row[3], _transfer(row, 4)) for row in tx.fetch_all(_JOURNAL)
    )


@viewer_query
def journal_balances(tx: ReadTransaction, viewer: Viewer) -> tuple[JournalBalance, ...]:
    """Return what each nation has by its own row; for administrators."""
    require_admin_viewer(tx, viewer)
    return tuple(JournalBalance(*row) for row in tx.fetch_all(_BALANCES))


def require_transaction(tx: ReadTransaction, txn: int) -> BookedTransaction:
    """Return a transaction or raise ``NotFound``."""
    row = tx.fetch_one(_TRANSACTION, (txn,))
    if row is None:
        raise NotFound(
            "There is no transaction of this number. `/economy statement` shows the numbers.",
            rule="transaction.unknown",
        )
    transfers = tuple(_transfer(found, 0) for found in tx.fetch_all(_TRANSFERS, (txn,)))
    return BookedTransaction(row[0], row[1], row[2], row[3], row[4], row[5], row[6], transfers)


def nation_names(tx: ReadTransaction, numbers: str) -> tuple[tuple[int, str], ...]:
    """Return the names of nations, whose numbers are given as JSON."""
    return tuple((row[0], row[1]) for row in tx.fetch_all(_NAMES, (numbers,)))


def _own(tx: ReadTransaction, viewer: Viewer, nation_id: int) -> Row:
    row = tx.fetch_one(_NATION, (nation_id,))
    if row is None:
        raise NotFound("There is no such nation any more. Pick one from the list.", rule="nation.unknown")
    if not standing_of(tx, viewer).admin and tx.fetch_one(_HOLDS, (viewer.id, nation_id)) is None:
        raise NotAllowed(
            f"The books of {plain(row['name'])} are for those who hold an office in it.",
            rule="nation.not_own",
        )
    return row


def _transfer(row: Row, first: int) -> Transfer:
    debit_nation, debit_account, credit_nation, credit_account, amount, loan = tuple(row)[first : first + 6]
    debit, credit = Account(debit_nation, debit_account), Account(credit_nation, credit_account)
    return Transfer(debit, credit, amount, loan)
