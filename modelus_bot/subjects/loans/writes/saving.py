"""The one place that changes a loan's row, with its entry in the audit log, and that tells its nations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.subjects.ledger.model import Posted, Transfer, debt, receivable, treasury
from modelus_bot.subjects.loans.model import Loan, LoanChange
from modelus_bot.subjects.loans.queries import require_sheet
from modelus_bot.subjects.nations.writes import leader_notices

__all__ = ["interest_on", "paying", "save", "save_many", "tell_leaders"]

_SAVE = """
UPDATE loans SET
    status = ?, balance = ?, interest = ?, anchor = ?, anchor_turn = ?, accrued_turn = ?, due_turn = ?,
    missed = ?, triage_id = ?, decided_by = ?, decided_at = ?, version = version + 1, updated_at = ?
WHERE id = ?
"""
_TOLD = ("status", "balance", "missed", "due_turn", "triage_id")


def save(tx: Transaction, before: Loan, posted: Posted | None = None, **changes: Any) -> LoanChange:
    """Save what changed of a loan and say so in the audit log."""
    after = replace(before, **changes)
    save_many(tx, (after,))
    old, new = ({name: getattr(one, name) for name in _TOLD} for one in (before, after))
    told = [name for name in _TOLD if old[name] != new[name]]
    tx.audit(
        "loans",
        before.id,
        "UPDATE",
        old={name: old[name] for name in told},
        new={name: new[name] for name in told},
        nation_id=before.borrower_id,
    )
    return LoanChange(before, require_sheet(tx, before.code), posted)


def save_many(tx: Transaction, loans: Iterable[Loan]) -> None:
    """Save what turns change of loans; the books have an entry of that."""
    tx.execute_many(_SAVE, [(*_values(one), tx.context.at, one.id) for one in loans])


def _values(one: Loan) -> tuple[int | str | None, ...]:
    grown = (one.status, one.balance, one.interest, one.anchor, one.anchor_turn, one.accrued_turn)
    return (*grown, one.due_turn, one.missed, one.triage_id, one.decided_by, one.decided_at)


def paying(loan: Loan, amount: int) -> tuple[Transfer, ...]:
    """Return a payment: money to the lender, and as much less that is owed."""
    borrower, lender = loan.borrower_id, loan.lender_id
    return (
        Transfer(treasury(lender), treasury(borrower), amount, loan.id),
        Transfer(debt(borrower), receivable(lender), amount, loan.id),
    )


def interest_on(loan: Loan, amount: int) -> Transfer:
    """Return interest: more that is owed to the lender."""
    return Transfer(receivable(loan.lender_id), debt(loan.borrower_id), amount, loan.id)


def tell_leaders(
    tx: Transaction, nation_id: int, title: str, text: str, *, key: str, but: int | None = None
) -> None:
    """Tell those who hold an office in a nation, but not who did it."""
    leader_notices.tell_leaders(tx, nation_id, "economy", title, text, key=key, but=but)
