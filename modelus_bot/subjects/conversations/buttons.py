"""The pages of what was found; their buttons know the request that looked for it."""

from __future__ import annotations

from modelus_bot.subjects.conversations.cards import found_card
from modelus_bot.subjects.conversations.queries import kept_search, search
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of

__all__ = ["FOUND", "found_page"]

FOUND = "found"
"""The name of the list in the ids of its buttons."""


@pages_of(FOUND)
async def found_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what was found; the argument is the request that looked for it."""
    db, viewer = listing.bot.db, listing.viewer
    wanted = await db.read(kept_search, listing.argument)
    if wanted is None or wanted.asked_by != viewer.id:
        return cards.warning("This search is gone", "Please use `/conversation search` again."), False
    found = await db.read(search, viewer, wanted, PAGE + 1, listing.page * PAGE)
    names = await db.read(everybody)
    home = listing.bot.home.id if listing.bot.home is not None else None
    card = found_card(found[:PAGE], wanted, names, home, first=listing.page == 0)
    return card, len(found) > PAGE
