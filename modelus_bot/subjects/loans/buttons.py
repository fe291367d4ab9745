"""The pages of loans: lists, one loan, and its instalments."""

from __future__ import annotations

import re

from modelus_bot.subjects.loans.cards import list_card, loan_card, schedule_card
from modelus_bot.subjects.loans.model import LoanStatus
from modelus_bot.subjects.loans.queries import loan_sheet, loans
from modelus_bot.subjects.loans.rules.schedule import schedule
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, ListChoice, PageButton, PagedList, menus_of, pages_of

__all__ = ["LIST", "LOAN"]

LIST, LOAN, SCHEDULE = "loan_list", "loan", "loan_schedule"
"""The names of the lists in the ids of their buttons."""
_STATUS: dict[str, LoanStatus] = {
    "pending": "pending",
    "active": "active",
    "paid": "paid",
    "defaulted": "defaulted",
    "declined": "declined",
    "cancelled": "cancelled",
    "forgiven": "forgiven",
    "voided": "voided",
}


@pages_of(LIST)
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of loans; the argument is a nation's number or nothing, a colon, and a status."""
    nation, _, status = listing.argument.partition(":")
    number = int(nation) if re.fullmatch(r"\d{1,18}", nation) else None
    found = await listing.bot.db.read(
        loans, listing.viewer, number, _STATUS.get(status), PAGE + 1, listing.page * PAGE
    )
    shown = found[:PAGE]
    choices = [
        ListChoice(one.code, f"{one.code}: {one.lender} to {one.borrower}", one.status) for one in shown
    ]
    if choices:
        listing.put_below([*menus_of(LOAN, choices, None, "Look at one of them")])
    return list_card(shown), len(found) > PAGE


@pages_of(LOAN)
async def loan_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a loan; a button shows its instalments."""
    sheet = await listing.bot.db.read(loan_sheet, listing.viewer, listing.argument)
    listing.put_below([PageButton(SCHEDULE, sheet.loan.code, 0, "The instalments")])
    return loan_card(sheet), False


@pages_of(SCHEDULE)
async def schedule_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a loan's instalments."""
    sheet = await listing.bot.db.read(loan_sheet, listing.viewer, listing.argument)
    loan = sheet.loan
    rows = schedule(loan.kind, loan.principal, loan.rate_bp, loan.term_months)
    listing.put_below([PageButton(LOAN, loan.code, 0, "The loan")])
    first = listing.page * PAGE
    return schedule_card(sheet, rows[first : first + PAGE]), len(rows) > first + PAGE
