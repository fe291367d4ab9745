"""What one turn does to a loan: interest, the instalment, and what it means not to pay it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from modelus_bot.subjects.loans.model import Loan, LoanStatus, Settlement
from modelus_bot.subjects.loans.rules.schedule import compounded, instalment, month_interest

__all__ = ["MISSES", "anchored", "paid_off", "risk_of", "settle", "settle_all"]

MISSES = 3
"""Instalments in a row that are not paid before a loan is in default."""


def settle(loan: Loan, turn: int, treasury: int, most: int) -> Settlement:
    """Return what a turn does to an active loan whose borrower has ``treasury`` to pay with.

    The debt does not grow beyond ``most``. Nothing is taken from who cannot pay a whole instalment.
    """
    interest, due = _demanded(loan, turn)
    interest = max(0, min(interest, most - loan.balance))
    owed = loan.balance + interest
    due = min(due, owed)
    if due and due > treasury:
        return Settlement(loan, _missed(loan, turn, owed, interest), interest, due, 0)
    status: LoanStatus = "paid" if due == owed else "active"
    after = replace(
        loan,
        balance=owed - due,
        interest=max(0, loan.interest + interest - due),
        accrued_turn=turn,
        missed=0 if due else loan.missed,
        status=status,
    )
    return Settlement(loan, after, interest, due, due)


def _missed(loan: Loan, turn: int, owed: int, interest: int) -> Loan:
    """Return a loan of which an instalment was not paid; the rest is reckoned anew from what is owed."""
    missed = loan.missed + 1
    status: LoanStatus = "defaulted" if missed >= MISSES else "active"
    after = replace(
        loan, balance=owed, interest=loan.interest + interest, accrued_turn=turn, missed=missed, status=status
    )
    return after if loan.kind == "compound" else anchored(after, turn)


def settle_all(
    loans: Iterable[Loan], turn: int, nations: Mapping[int, tuple[int, int]], most: int
) -> tuple[Settlement, ...]:
    """Settle loans one after the other; ``nations`` are treasury and debt by number, before.

    What one brings its lender can pay the next.
    """
    treasuries = {number: figures[0] for number, figures in nations.items()}
    debts = {number: figures[1] for number, figures in nations.items()}
    done = []
    for loan in loans:
        room = most - debts[loan.borrower_id] + loan.balance
        one = settle(loan, turn, treasuries[loan.borrower_id], min(room, most))
        treasuries[loan.borrower_id] -= one.paid
        treasuries[loan.lender_id] += one.paid
        debts[loan.borrower_id] += one.interest - one.paid
        done.append(one)
    return tuple(done)


def paid_off(loan: Loan, amount: int) -> Loan:
    """Return a loan after a payment, interest first."""
    left = loan.balance - amount
    status: LoanStatus = "paid" if left == 0 else loan.status
    return replace(loan, balance=left, interest=max(0, loan.interest - amount), status=status)


def anchored(loan: Loan, turn: int) -> Loan:
    """Return a loan whose remaining instalments are reckoned anew from what is owed now."""
    return replace(loan, anchor=loan.balance, anchor_turn=turn)


def _demanded(loan: Loan, turn: int) -> tuple[int, int]:
    """Return a turn's interest, and what is due with it."""
    begun, due_turn = loan.anchor_turn or 0, loan.due_turn or 0
    passed, months = turn - begun, due_turn - begun
    if loan.kind == "compound":
        grown = compounded(loan.anchor, loan.rate_bp, passed)
        return grown - loan.balance, grown if turn >= due_turn else 0
    if passed >= months:
        interest = (
            month_interest(loan.anchor, loan.rate_bp, months, months)
            if passed == months
            else compounded(loan.balance, loan.rate_bp, 1) - loan.balance
        )
        return interest, loan.balance + interest
    interest = month_interest(loan.anchor, loan.rate_bp, months, passed)
    return interest, instalment(loan.anchor, loan.rate_bp, months)


def risk_of(rate_bp: int, months: int) -> str | None:
    """Return a warning about a loan that is dear for long; None where there is nothing to warn of."""
    if rate_bp >= 3000 and months > 60:
        return "Extreme risk: so much interest for more than five years makes many times the amount."
    if rate_bp >= 2000 and months > 120:
        return "High risk: so much interest for more than ten years makes many times the amount."
    return None
