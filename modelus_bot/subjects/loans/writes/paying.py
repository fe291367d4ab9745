"""Paying before it is due, and what administrators do with loans."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Reason
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.ledger.model import Entry, Transfer, debt, receivable, treasury
from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.subjects.ledger.writes.posting import post
from modelus_bot.subjects.loans.model import OPEN, Loan, LoanChange
from modelus_bot.subjects.loans.queries import present_turn, require_loan
from modelus_bot.subjects.loans.rules.settling import anchored, paid_off
from modelus_bot.subjects.loans.writes.fields import Amount, Code
from modelus_bot.subjects.loans.writes.saving import paying, save, tell_leaders
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = ["DefaultLoan", "ForgiveLoan", "PayLoan", "VoidLoan"]

_CASH = """
SELECT coalesce(sum(CASE WHEN debit_nation = :lender THEN amount ELSE -amount END), 0) FROM ledger_transfers
WHERE loan_id = :loan AND debit_account = 'treasury' AND credit_account = 'treasury'
"""


class PayLoan(Write[LoanChange]):
    """Pay some or all of a loan of the nation that the author leads, interest first."""

    code: Code
    amount: Amount

    def apply(self, tx: Transaction) -> LoanChange:
        """Let the money move; what is left is divided anew among the instalments that are left."""
        before = _open(tx, self.code)
        led_nation(tx, before.borrower_id, deputy=False)
        if self.amount > before.balance:
            raise InvalidInput(
                f"{exact(before.balance)} are owed of the loan {before.code}. Pay that or less.",
                rule="loan.too_much",
            )
        turn = present_turn(tx)
        posted = post(tx, Entry("payment", paying(before, self.amount), "loan", turn=turn))
        after = paid_off(before, self.amount)
        if after.status == "active":
            after = anchored(after, before.accrued_turn or turn)
        text = f"{exact(self.amount)} were paid, {exact(after.balance)} are left."
        key = f"loan:{before.code}:paid:{posted.txn}"
        tell_leaders(tx, before.lender_id, f"Loan {before.code}: a payment", text, key=key)
        return save(
            tx,
            before,
            posted,
            balance=after.balance,
            interest=after.interest,
            status=after.status,
            anchor=after.anchor,
            anchor_turn=after.anchor_turn,
        )


class ForgiveLoan(Write[LoanChange]):
    """Let nothing be owed of a loan any more."""

    code: Code
    reason: Reason

    def apply(self, tx: Transaction) -> LoanChange:
        """Write the balance off on both sides."""
        require_admin(tx)
        before = _open(tx, self.code)
        return _ended(tx, before, "forgiven", self.reason, ())


class VoidLoan(Write[LoanChange]):
    """Let a loan be as if it had never been: what was paid out and back goes the other way."""

    code: Code
    reason: Reason

    def apply(self, tx: Transaction) -> LoanChange:
        """Book it; refused where the money is not there any more."""
        require_admin(tx)
        before = require_loan(tx, self.code)
        if before.status not in (*OPEN, "paid"):
            raise InvalidInput(
                f"No money moved for the loan {before.code} that could go back: it is {before.status}.",
                rule="loan.not_open",
            )
        lender, borrower = treasury(before.lender_id), treasury(before.borrower_id)
        gained = tx.fetch_value(_CASH, {"lender": before.lender_id, "loan": before.id})
        back = (
            (Transfer(lender, borrower, -gained, before.id),)
            if gained < 0
            else (Transfer(borrower, lender, gained, before.id),)
            if gained > 0
            else ()
        )
        return _ended(tx, before, "voided", self.reason, back)


class DefaultLoan(Write[LoanChange]):
    """Say that a loan is in default: no interest and no instalments, but what is owed stays owed."""

    code: Code
    reason: Reason

    def apply(self, tx: Transaction) -> LoanChange:
        """Mark it."""
        require_admin(tx)
        before = require_loan(tx, self.code)
        if before.status != "active":
            raise InvalidInput(f"The loan {before.code} is {before.status}.", rule="loan.not_open")
        _tell_both(tx, before, "defaulted", self.reason)
        return save(tx, before, status="defaulted")


def _ended(
    tx: Transaction, before: Loan, status: str, reason: str, transfers: tuple[Transfer, ...]
) -> LoanChange:
    """End a loan by what moves and by writing off what is owed."""
    if before.balance:
        written = Transfer(debt(before.borrower_id), receivable(before.lender_id), before.balance, before.id)
        transfers = (*transfers, written)
    posted = post(tx, Entry("writeoff", transfers, "loan", reason, present_turn(tx))) if transfers else None
    _tell_both(tx, before, status, reason)
    return save(tx, before, posted, status=status, balance=0, interest=0, missed=0)


def _tell_both(tx: Transaction, loan: Loan, status: str, reason: str) -> None:
    text = f"An administrator decided it. Reason: {plain(reason)}"
    for nation in (loan.lender_id, loan.borrower_id):
        tell_leaders(tx, nation, f"Loan {loan.code} is {status}", text, key=f"loan:{loan.code}:{status}")


def _open(tx: Transaction, code: str) -> Loan:
    """Return a loan of which something is owed; raises ``InvalidInput`` for others."""
    found = require_loan(tx, code)
    if found.status not in OPEN:
        raise InvalidInput(
            f"Nothing is owed of the loan {found.code}: it is {found.status}.", rule="loan.not_open"
        )
    return found
