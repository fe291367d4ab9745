"""The pages of what happened."""

from __future__ import annotations

from modelus_bot.subjects.feed.cards import recent_card
from modelus_bot.subjects.feed.queries import recent_events
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of

__all__ = ["RECENT"]

RECENT = "feed"
"""The name of the list in the ids of its buttons."""


@pages_of(RECENT)
async def recent_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what happened as far as the viewer may know of it, and whether another follows."""
    db = listing.bot.db
    found = await db.read(recent_events, listing.viewer, PAGE + 1, listing.page * PAGE)
    names = await db.read(everybody) if any(event.user_id is not None for event in found) else {}
    return recent_card(found[:PAGE], names), len(found) > PAGE
