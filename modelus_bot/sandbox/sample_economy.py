"""Sample money: two nations that are led lend to each other, and some turns have come."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.database import Context, DatabaseManager
from modelus_bot.subjects.loans.model import LoanKind
from modelus_bot.subjects.loans.writes.offering import AnswerLoan, OfferLoan
from modelus_bot.subjects.nations.queries.lookup import named_nations
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.turns.writes import StepTurn

__all__ = ["add_sample_economy"]

DAY = 86_400
BILLION = 10**9
TURNS = 3


async def add_sample_economy(db: DatabaseManager, context: Context) -> None:
    """Give the nations that are led something to spend, and let one owe the other."""
    found = [await db.read(offices_of, item.nation_id) for item in await db.read(named_nations, "")]
    led = [offices[0] for offices in found if offices and offices[0].office == "president"]
    if len(led) < 2:
        return
    begun = replace(context, at=context.at - (TURNS - 1) * DAY)
    for office in led[:2]:
        grant = EditNation(nation_id=office.nation_id, metric="treasury", mode="add", value=40 * BILLION)
        await db.write(grant, replace(begun, reason="What the old books had"))
    lender, borrower = led[:2]
    terms: tuple[tuple[int, int, int, LoanKind], ...] = (
        (12, 650, 24, "amortizing"),
        (5, 900, 36, "compound"),
    )
    for billions, rate, months, repayment in terms:
        offer = OfferLoan(
            borrower_id=borrower.nation_id,
            principal=billions * BILLION,
            rate_bp=rate,
            term_months=months,
            repayment=repayment,
            description="For new bridges",
        )
        sheet = (await db.write(offer, replace(begun, actor=lender.user_id))).after
        answer = AnswerLoan(code=sheet.loan.code, accept=True)
        await db.write(answer, replace(begun, actor=borrower.user_id))
    for number in range(TURNS):
        at = replace(begun, at=begun.at + number * DAY)
        step = await db.write(StepTurn(seconds=DAY, begin=True), at)
        while step is not None and not step.over:
            step = await db.write(StepTurn(seconds=DAY), at)
    dear = OfferLoan(
        borrower_id=borrower.nation_id,
        principal=3 * BILLION,
        rate_bp=3500,
        term_months=120,
        repayment="amortizing",
        description="Take it or leave it",
    )
    await db.write(dear, replace(context, actor=lender.user_id))
