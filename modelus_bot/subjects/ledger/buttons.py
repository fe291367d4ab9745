"""The pages of a nation's statement."""

from __future__ import annotations

import re

from modelus_bot.subjects.ledger.cards import statement_card
from modelus_bot.subjects.ledger.queries import balances, statement
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of

__all__ = ["STATEMENT"]

STATEMENT = "ledger_statement"
"""The name of the list in the ids of its buttons."""


@pages_of(STATEMENT)
async def statement_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what moved a nation's accounts; the argument is its number."""
    number = int(listing.argument) if re.fullmatch(r"\d{1,18}", listing.argument) else 0
    found = await listing.bot.db.read(balances, listing.viewer, number)
    lines = await listing.bot.db.read(statement, listing.viewer, number, PAGE + 1, listing.page * PAGE)
    return statement_card(found.nation, lines[:PAGE]), len(lines) > PAGE
