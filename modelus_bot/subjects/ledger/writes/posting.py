"""The one place where money moves: books and nations' figures change together, with their history."""

from __future__ import annotations

import json
from collections import defaultdict

from modelus_bot.database import Row, Transaction
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.ledger.model import (
    WORLD,
    Account,
    AccountName,
    Entry,
    Posted,
    Transfer,
)
from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.text.escaping import plain

__all__ = ["MONEY", "MOST", "book_figure", "post"]

MONEY: tuple[AccountName, ...] = ("treasury", "debt")
"""The accounts whose balances nations carry as figures."""
MOST = 900_000_000_000_000
_TRANSACTION = """
INSERT INTO ledger_transactions(kind, memo, turn, reverses, by_user, at) VALUES(?, ?, ?, ?, ?, ?)
"""
_TRANSFER = """
INSERT INTO ledger_transfers(
    debit_nation, debit_account, credit_nation, credit_account, amount, loan_id, txn
)
VALUES(?, ?, ?, ?, ?, ?, ?)
"""
_FIGURES = """
SELECT id, name, treasury, debt FROM nations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_MOVE = "UPDATE nations SET treasury = ?, debt = ? WHERE id = ?"
_HISTORY = """
INSERT INTO nation_history(nation_id, metric, old, new, cause, cause_id, turn, changed_by, reason, at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def post(tx: Transaction, entry: Entry) -> Posted:
    """Book a transaction and let its treasuries and debts follow.

    Raises ``InvalidInput`` when a treasury would have less than nothing, or a debt more than can be kept.
    """
    gains = _gains(entry.transfers)
    rows = tx.fetch_all(_FIGURES, (json.dumps(sorted(gains)),))
    after = {row["id"]: _after(row, gains[row["id"]]) for row in rows}
    tx.execute_many(_MOVE, [(treasury, debt, number) for number, (treasury, debt) in after.items()])
    txn = _book(tx, entry)
    moved = tuple(
        (row["id"], name, row[name], new)
        for row in rows
        for name, new in zip(MONEY, after[row["id"]], strict=True)
        if row[name] != new
    )
    context = tx.context
    reason = (entry.memo or context.reason or "")[:300] or None
    tx.execute_many(
        _HISTORY,
        [
            (number, name, old, new, entry.cause, txn, entry.turn, context.actor, reason, context.at)
            for number, name, old, new in moved
        ],
    )
    return Posted(txn, moved)


def book_figure(tx: Transaction, account: Account, gain: int, *, imported: bool) -> None:
    """Book against the world what a nation's treasury or debt was set to; its history is the caller's."""
    if gain == 0:
        return
    rises = (gain > 0) == (account.name == "treasury")
    debit, credit = (account, WORLD) if rises else (WORLD, account)
    transfer = Transfer(debit, credit, abs(gain))
    memo = tx.context.reason or None
    if imported:
        _book(tx, Entry("opening", (transfer,), "import", memo))
    else:
        _book(tx, Entry("adjustment", (transfer,), "admin", memo))


def _book(tx: Transaction, entry: Entry) -> int:
    """Write a transaction with its transfers into the books and the audit log."""
    context = tx.context
    values = (entry.kind, entry.memo, entry.turn, entry.reverses, context.actor, context.at)
    txn = tx.insert(_TRANSACTION, values)
    tx.execute_many(
        _TRANSFER,
        [(*_values(one), txn) for one in entry.transfers],
    )
    named = {number for one in entry.transfers for number in (one.debit.nation_id, one.credit.nation_id)}
    named.discard(None)
    total = sum(one.amount for one in entry.transfers)
    new = {"kind": entry.kind, "turn": entry.turn, "transfers": len(entry.transfers), "total": total}
    if entry.reverses is not None:
        new["reverses"] = entry.reverses
    nation = named.pop() if len(named) == 1 else None
    tx.audit("ledger_transactions", txn, "INSERT", new=new, nation_id=nation)
    return txn


def _values(one: Transfer) -> tuple[int | str | None, ...]:
    debit, credit = one.debit, one.credit
    return debit.nation_id, debit.name, credit.nation_id, credit.name, one.amount, one.loan_id


def _gains(transfers: tuple[Transfer, ...]) -> dict[int, dict[AccountName, int]]:
    """Return what the figures of each nation gain."""
    gains: dict[int, dict[AccountName, int]] = defaultdict(lambda: dict.fromkeys(MONEY, 0))
    for transfer in transfers:
        debit, credit = transfer.debit, transfer.credit
        if debit.nation_id is not None and debit.name in MONEY:
            gains[debit.nation_id][debit.name] += transfer.amount
        if credit.nation_id is not None and credit.name in MONEY:
            gains[credit.nation_id][credit.name] -= transfer.amount
    return gains


def _after(row: Row, gain: dict[AccountName, int]) -> tuple[int, int]:
    """Return a nation's treasury and debt after a transaction."""
    treasury, debt = row["treasury"] + gain["treasury"], row["debt"] - gain["debt"]
    if treasury < 0 and gain["treasury"] < 0:
        raise InvalidInput(
            f"The treasury of {plain(row['name'])} has {exact(row['treasury'])}, and"
            f" {exact(-gain['treasury'])} would have to leave it. Nothing was changed.",
            rule="treasury.short",
        )
    if not 0 <= debt <= MOST:
        raise InvalidInput(
            f"The debt of {plain(row['name'])} would be {exact(debt)}, but it must be between $0 and"
            f" {exact(MOST)}. Nothing was changed.",
            rule="debt.range",
        )
    return treasury, debt
