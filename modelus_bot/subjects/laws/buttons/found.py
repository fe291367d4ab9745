"""The pages of laws that were found; what was looked for stands in the argument, so they never expire."""

from __future__ import annotations

import re

from modelus_bot.subjects.laws.buttons.pages import GONE, READ, narrowing
from modelus_bot.subjects.laws.cards.found import found_card, hit_label, where_words
from modelus_bot.subjects.laws.model import LawHit
from modelus_bot.subjects.laws.queries.search import laws_with
from modelus_bot.text.searching import words_of
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, ListChoice, PagedList, menus_of, pages_of

__all__ = ["FOUND", "SEARCH_LIMIT", "found_argument"]

FOUND = "law_found"
"""The name of the list in the ids of its buttons."""
SEARCH_LIMIT = 60
"""Characters of what is looked for: it has to fit in the id of a button, which Discord limits."""
_ARGUMENT = re.compile(r"(\d{0,18}):(\d{0,18}):(.*)", re.ASCII | re.DOTALL)


def found_argument(text: str, nation_id: int | None, tag_id: int | None) -> str:
    """Return what names a search; of the text its words alone, in no more room than a button has."""
    words = " ".join(words_of(text))
    while len(words.encode("utf-16-le", "replace")) > 2 * SEARCH_LIMIT:
        words = words[:-1]
    return f"{nation_id or ''}:{tag_id or ''}:{words.strip()}"


@pages_of(FOUND)
async def found_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of laws that were found; a menu opens one of them at the section that was found."""
    match = _ARGUMENT.fullmatch(listing.argument)
    if match is None:
        return GONE, False
    place, tag_id = (int(part) if part else None for part in match.groups()[:2])
    db, first = listing.bot.db, listing.page * PAGE
    found = await db.read(laws_with, listing.viewer, match[3], place, tag_id, PAGE + 1, first)
    shown = found[:PAGE]
    if shown:
        choices = [ListChoice(_opened(hit), hit_label(hit), hit.name.nation) for hit in shown]
        listing.put_below([*menus_of(READ, choices, None, "Read one of them")])
    where = where_words(await narrowing(db, place, tag_id))
    return found_card(shown, match[3], where, first=first == 0), len(found) > PAGE


def _opened(hit: LawHit) -> str:
    """Return what names the page of a law on which the section is that was found."""
    return f"{hit.name.key}§{hit.section}" if hit.section else hit.name.key
