"""The pages of wars: lists, one war, and its time line."""

from __future__ import annotations

import re
import time

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.wars.cards import timeline_card, war_card, wars_card
from modelus_bot.subjects.wars.model import WarStatus
from modelus_bot.subjects.wars.queries import war_events, war_sheet, wars
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, ListChoice, PageButton, PagedList, menus_of, pages_of

__all__ = ["LIST", "WAR"]

LIST, WAR, TIMELINE = "war_list", "war", "war_timeline"
"""The names of the lists in the ids of their buttons."""
_STATUS: dict[str, WarStatus] = {"active": "active", "ended": "ended"}


@pages_of(LIST)
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of wars; the argument is their status, or nothing."""
    status = _STATUS.get(listing.argument)
    found = await listing.bot.db.read(wars, status, PAGE + 1, listing.page * PAGE)
    shown = found[:PAGE]
    choices = [ListChoice(str(one.war.id), one.war.name, one.war.status) for one in shown]
    if choices:
        listing.put_below([*menus_of(WAR, choices, None, "Look at one of them")])
    server = listing.bot.settings.server
    today = Calendar(server.timezone, server.handoff_minute).day_of(int(time.time()))
    return wars_card(shown, today), len(found) > PAGE


@pages_of(WAR)
async def war_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a war; a button shows what happened in it."""
    number = _number(listing)
    sheet = await listing.bot.db.read(war_sheet, number)
    listing.put_below([PageButton(TIMELINE, str(number), 0, "Day by day")])
    server = listing.bot.settings.server
    today = Calendar(server.timezone, server.handoff_minute).day_of(int(time.time()))
    return war_card(sheet, today), False


@pages_of(TIMELINE)
async def timeline_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of what happened in a war."""
    number = _number(listing)
    sheet = await listing.bot.db.read(war_sheet, number)
    found = await listing.bot.db.read(war_events, number, PAGE + 1, listing.page * PAGE)
    listing.put_below([PageButton(WAR, str(number), 0, "The war")])
    return timeline_card(sheet, found[:PAGE]), len(found) > PAGE


def _number(listing: PagedList) -> int:
    return int(listing.argument) if re.fullmatch(r"\d{1,18}", listing.argument) else 0
