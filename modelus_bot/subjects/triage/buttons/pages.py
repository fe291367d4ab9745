"""The pages of lists: the queue, what a member reported, what was said about an item."""

from __future__ import annotations

import time

from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.cards.items import line_of, message_line
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import (
    conversation,
    items_by_reporter,
    items_of,
    queue,
    snoozed_items,
)
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of

__all__ = ["OWN", "QUEUE", "TALK", "own_page", "queue_page", "talk_page"]

QUEUE, OWN, TALK = "triage_queue", "triage_own", "triage_talk"
"""The names of the lists in the ids of their buttons."""
SAID = 5
"""Messages of a page."""
EMPTY = {
    "open": "Nothing waits. New reports show up here.",
    "mine": "Nothing is yours. `/triage queue` without “whose” lists what waits.",
    "snoozed": "Nothing sleeps.",
}
TITLES = {"open": "Reports, most urgent first", "mine": "Your items", "snoozed": "Items that sleep"}


@pages_of(QUEUE)
async def queue_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of the queue; the argument is the part of it and the discipline, if one was chosen."""
    shelf, _, discipline = listing.argument.partition(":")
    now = int(time.time()) // 60 * 60
    first, count = listing.page * PAGE, PAGE + 1
    read = listing.bot.db.read
    if shelf == "mine":
        found = await read(items_of, listing.viewer, listing.viewer.id, count, first)
    elif shelf == "snoozed":
        found = await read(snoozed_items, listing.viewer, now, count, first)
    else:
        found = await read(queue, listing.viewer, discipline or None, now, count, first)
    return await _page(listing, found, TITLES[shelf], EMPTY[shelf], now)


@pages_of(OWN)
async def own_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what the member reported."""
    found = await listing.bot.db.read(items_by_reporter, listing.viewer, PAGE + 1, listing.page * PAGE)
    empty = "You have reported nothing. `/triage report` does."
    return await _page(listing, found, "What you reported", empty, int(time.time()))


@pages_of(TALK)
async def talk_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what was said about an item; the argument is its number."""
    number = int(listing.argument)
    said = await listing.bot.db.read(conversation, listing.viewer, number, SAID + 1, listing.page * SAID)
    names = await listing.bot.db.read(everybody)
    lines = [message_line(message, names) for message in said[:SAID]]
    text = cards.lines(lines, empty="Nobody has said anything yet.")
    return cards.info(f"What was said about item {number}", text), len(said) > SAID


async def _page(
    listing: PagedList, found: tuple[TriageItem, ...], title: str, empty: str, now: int
) -> tuple[Card, bool]:
    names = await listing.bot.db.read(everybody)
    lines = [line_of(item, names, now) for item in found[:PAGE]]
    return cards.info(title, cards.lines(lines, empty=empty)), len(found) > PAGE
