"""Offering a loan, taking the offer back, and answering it."""

from __future__ import annotations

import random
from typing import Annotated, Any

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.ledger.model import Entry, Transfer, debt, receivable, treasury
from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.subjects.ledger.writes.posting import MOST, post
from modelus_bot.subjects.loans.model import Loan, LoanChange, LoanKind
from modelus_bot.subjects.loans.queries import present_turn, require_loan, require_sheet
from modelus_bot.subjects.loans.rules.schedule import total_of
from modelus_bot.subjects.loans.writes.fields import Code, Principal, Rate, Term
from modelus_bot.subjects.loans.writes.saving import save, tell_leaders
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = ["AnswerLoan", "CancelLoan", "OfferLoan"]

_OFFER = """
INSERT INTO loans(code, lender_id, borrower_id, principal, rate_bp, term_months, kind, description,
    offered_by, created_at, updated_at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TAKEN = "SELECT 1 FROM loans WHERE code = ?"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for others."""


class OfferLoan(Write[LoanChange]):
    """Offer another nation a loan from the nation that the author leads."""

    borrower_id: NationNumber
    principal: Principal
    rate_bp: Rate
    term_months: Term
    repayment: LoanKind
    description: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> LoanChange:
        """Save it under a new code, and tell who leads the other nation."""
        lender = led_nation(tx, self.nation_id, deputy=False)
        borrower = require_nation(tx, self.borrower_id)
        if lender.id == borrower.id:
            raise InvalidInput("A nation does not lend to itself. Choose another one.", rule="loan.self")
        total = total_of(self.repayment, self.principal, self.rate_bp, self.term_months)
        if total > MOST:
            raise InvalidInput(
                f"In the end {exact(total)} would be owed, which is more than the {exact(MOST)} that anybody"
                " can. Choose a lower rate, a shorter term or a smaller amount.",
                rule="loan.total",
            )
        if lender.treasury < self.principal:
            raise InvalidInput(
                f"The treasury of {plain(lender.name)} has {exact(lender.treasury)}, which is less than the"
                f" {exact(self.principal)} to be lent.",
                rule="treasury.short",
            )
        code, at = _code(tx), tx.context.at
        values = (
            code,
            lender.id,
            borrower.id,
            self.principal,
            self.rate_bp,
            self.term_months,
            self.repayment,
        )
        number = tx.insert(_OFFER, (*values, self.description, tx.context.actor, at, at))
        new = {"code": code, "lender_id": lender.id, "borrower_id": borrower.id, "principal": self.principal}
        tx.audit("loans", number, "INSERT", new=new, nation_id=lender.id)
        text = (
            f"{plain(lender.name)} offers {exact(self.principal)}. `/loan answer` with the code {code} shows"
            " what it costs, before you accept or decline."
        )
        tell_leaders(tx, borrower.id, f"A loan is offered: {code}", text, key=f"loan:{code}:offer")
        return LoanChange(None, require_sheet(tx, code))


class AnswerLoan(Write[LoanChange]):
    """Accept or decline a loan that was offered to the nation that the author leads."""

    code: Code
    accept: bool

    def apply(self, tx: Transaction) -> LoanChange:
        """Let the money move, or close the offer; of two answers the one that came first counts."""
        before = require_loan(tx, self.code)
        borrower = led_nation(tx, before.borrower_id, deputy=False)
        require_pending(before)
        decided: dict[str, Any] = {"decided_by": tx.context.actor, "decided_at": tx.context.at}
        word = "accepted" if self.accept else "declined"
        text = f"{plain(borrower.name)} has {word} the loan {before.code}."
        tell_leaders(
            tx, before.lender_id, f"Loan {before.code} is {word}", text, key=f"loan:{before.code}:{word}"
        )
        if not self.accept:
            return save(tx, before, status="declined", **decided)
        require_nation(tx, before.lender_id)
        lender, amount, turn = before.lender_id, before.principal, present_turn(tx)
        transfers = (
            Transfer(treasury(borrower.id), treasury(lender), amount, before.id),
            Transfer(receivable(lender), debt(borrower.id), amount, before.id),
        )
        posted = post(tx, Entry("loan", transfers, "loan", turn=turn))
        return save(
            tx,
            before,
            posted,
            status="active",
            balance=amount,
            anchor=amount,
            anchor_turn=turn,
            accrued_turn=turn,
            due_turn=turn + before.term_months,
            **decided,
        )


class CancelLoan(Write[LoanChange]):
    """Take back an offer that was not answered."""

    code: Code

    def apply(self, tx: Transaction) -> LoanChange:
        """Close it."""
        before = require_loan(tx, self.code)
        led_nation(tx, before.lender_id, deputy=False)
        require_pending(before)
        return save(tx, before, status="cancelled", decided_by=tx.context.actor, decided_at=tx.context.at)


def require_pending(loan: Loan) -> None:
    """Raise ``InvalidInput`` for a loan that was answered, saying what became of it."""
    if loan.status != "pending":
        when = f" since <t:{loan.decided_at}:f>" if loan.decided_at is not None else ""
        raise InvalidInput(
            f"The offer {loan.code} is not open any more: it is {loan.status}{when}.", rule="loan.answered"
        )


def _code(tx: Transaction) -> str:
    """Return a code that no loan has; the same seed gives the same one."""
    dice = random.Random(f"{tx.context.seed}:{tx.context.request_id}:{tx.context.at}")
    while True:
        code = "L-" + "".join(dice.choices(_LETTERS, k=6))
        if tx.fetch_one(_TAKEN, (code,)) is None:
            return code
