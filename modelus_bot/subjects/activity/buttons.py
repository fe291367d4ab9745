"""The pages of activity: who writes the most, one member, and who is in office and silent."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.activity.cards import inactive_card, member_card, top_card
from modelus_bot.subjects.activity.queries.counts import member_activity, top_members
from modelus_bot.subjects.activity.queries.offices import office_standings
from modelus_bot.subjects.activity.rules.silence import Limits
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["INACTIVE", "LONGEST", "MEMBER", "PICTURE", "PICTURED", "TOP", "calendar_of", "limits_of"]

TOP, MEMBER, INACTIVE = "activity_top", "activity_member", "activity_inactive"
"""The names of the lists in the ids of their buttons."""
LONGEST = 365
"""Days that are looked back at most."""
PICTURE, PICTURED = "activity.png", "p"
"""The picture's file, and what ends the argument of a card that shows it."""
_OFFICES: Mapping[str, OfficeName] = {"president": "president", "vice_president": "vice_president"}
_GONE = cards.warning("This list is gone", "Please use the command again.")


def calendar_of(bot: ModelUsBot) -> Calendar:
    """Return the server's calendar."""
    server = bot.settings.server
    return Calendar(server.timezone, server.handoff_minute)


def limits_of(bot: ModelUsBot, days: int | None = None) -> Limits:
    """Return the days of the settings, or ``days`` for every office."""
    chosen = bot.settings.activity
    if days is not None:
        return {"president": days, "vice_president": days}
    return {"president": chosen.president_days, "vice_president": chosen.vice_president_days}


@pages_of(TOP)
async def top_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of who wrote the most; the argument is ``days:channel``."""
    found = re.fullmatch(r"(\d{1,3}):(\d{0,19})", listing.argument)
    if found is None or not 1 <= int(found[1]) <= LONGEST:
        return _GONE, False
    days, channel = int(found[1]), int(found[2]) if found[2] else None
    first = calendar_of(listing.bot).day_of(int(time.time())) - timedelta(days=days - 1)
    skip = listing.page * PAGE
    entries = await listing.bot.db.read(top_members, listing.viewer, first, channel, PAGE + 1, skip)
    names = await listing.bot.db.read(everybody)
    return top_card(entries[:PAGE], names, days, channel, skip), len(entries) > PAGE


@pages_of(MEMBER)
async def member_page(listing: PagedList) -> tuple[Card, bool]:
    """Return one member's numbers; the argument is ``days:member``, and ``:p`` with a picture."""
    found = re.fullmatch(r"(\d{1,3}):(\d{1,19})(:p)?", listing.argument)
    if found is None or not 1 <= int(found[1]) <= LONGEST:
        return _GONE, False
    days, calendar = int(found[1]), calendar_of(listing.bot)
    first = calendar.day_of(int(time.time())) - timedelta(days=days - 1)
    activity = await listing.bot.db.read(member_activity, listing.viewer, int(found[2]), first)
    names = await listing.bot.db.read(everybody)
    card = member_card(activity, names, days, calendar)
    return (replace(card, picture=f"attachment://{PICTURE}") if found[3] else card), False


@pages_of(INACTIVE)
async def inactive_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of those in office who are silent; the argument is ``office:days:new items``."""
    found = re.fullmatch(r"([a-z_]*):(\d{0,3}):(\d{1,4})", listing.argument)
    if found is None:
        return _GONE, False
    bot, calendar = listing.bot, calendar_of(listing.bot)
    days = int(found[2]) if found[2] else None
    today = calendar.day_of(int(time.time()))
    office = _OFFICES.get(found[1])
    everyone = await bot.db.read(
        office_standings, listing.viewer, limits_of(bot, days), today, calendar, office
    )
    silent = [one for one in everyone if one.standing != "heard" and one.silent_days >= (days or 0)]
    names = await bot.db.read(everybody)
    skip = listing.page * PAGE
    made = int(found[3]) if listing.page == 0 else 0
    shown = silent[skip : skip + PAGE]
    return inactive_card(shown, names, calendar, made=made, judged=days is None), len(silent) > skip + PAGE
