"""Loans as tests need them: Texas lends, Dakota borrows; Ada leads the one, Cleo the other."""

from __future__ import annotations

from typing import Any

from modelus_bot.subjects.loans.model import Loan
from modelus_bot.subjects.loans.queries import require_loan
from modelus_bot.subjects.loans.writes.offering import AnswerLoan, OfferLoan
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.turns.model import TurnStep
from modelus_bot.subjects.turns.writes import StepTurn
from tests.subjects.ledger.ledger_cases import BILLION, grant
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, give, president
from tests.subjects.rota import ADA, ADMIN, CLEO, Rota

DAY = 86_400


def led(rota: Rota) -> None:
    """Found both, each with a president, neither with an income; Texas has money."""
    president(rota)
    give(rota, CLEO, "president", DAKOTA)
    for nation in (TEXAS, DAKOTA):
        rota.do(EditNation(nation_id=nation, metric="tax_bp", mode="set", value=0), ADMIN)
    grant(rota, TEXAS, 9 * BILLION)


def offer(rota: Rota, **fields: Any) -> str:
    """Let Texas offer a loan, and return its code."""
    terms = {"principal": 2 * BILLION, "rate_bp": 1200, "term_months": 4, "repayment": "amortizing"} | fields
    return rota.do(OfferLoan(borrower_id=DAKOTA, **terms), ADA).after.loan.code


def lend(rota: Rota, **fields: Any) -> str:
    """Let Dakota accept it, too."""
    code = offer(rota, **fields)
    rota.do(AnswerLoan(code=code, accept=True), CLEO)
    return code


def fixed(rota: Rota, status: str = "pending") -> None:
    """Have a loan whose code is ``LOAN-1``, offered, or running."""
    led(rota)
    code = offer(rota)
    rota.connection.execute("UPDATE loans SET code = 'LOAN-1' WHERE code = ?", (code,))
    if status == "active":
        rota.do(AnswerLoan(code="LOAN-1", accept=True), CLEO)


def running(rota: Rota) -> None:
    """Have one that runs."""
    fixed(rota, "active")


def loan(rota: Rota, code: str) -> Loan:
    """Return a loan as it is now."""
    return rota.call(require_loan, code)


def turn(rota: Rota, count: int = 1) -> list[TurnStep]:
    """Let turns come."""
    steps = []
    for _ in range(count):
        step = rota.do(StepTurn(seconds=DAY, begin=True))
        while step is not None:
            steps.append(step)
            step = rota.do(StepTurn(seconds=DAY)) if not step.over else None
    return steps
