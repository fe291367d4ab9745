"""The form that asks for cover: one's own turns, to be chosen; why and for which days, to be typed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.database import DatabaseError
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.covers.buttons.posting import post_beside
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.oncall.model import Duty
from modelus_bot.subjects.oncall.queries import duties
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import bare
from modelus_bot.ui import answering, cards
from modelus_bot.ui.day_ranges import parse_days
from modelus_bot.ui.forms import FORM_PATIENCE, form

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TurnForm", "request_cover", "turns", "turns_in_time", "typed_fields"]

TIMEOUT = Tunable(1.0)
"""Seconds that the turns may take: a form is a first answer, of which Discord takes none after three."""
MOST = 25
"""How many turns a form offers; those further away can be named with the command."""
CHOSEN = re.compile(r"(?P<sprint>\d{1,18}):(?P<discipline>.{1,32})")


class TurnForm(discord.ui.Modal, title="Ask for cover"):
    """Offers turns, and asks why and for which days; a single turn is chosen already."""

    def __init__(self, found: Sequence[Duty]) -> None:
        """Offer the first of the turns that were ``found``."""
        super().__init__(custom_id="cover_turns", timeout=FORM_PATIENCE)
        options = [
            discord.SelectOption(
                label=cards.clip(bare(f"{item.label}, {item.sprint.name}"), 100),
                value=f"{item.sprint.id}:{item.discipline}",
                default=len(found) == 1,
            )
            for item in found[:MOST]
        ]
        turn: discord.ui.Select[Any] = discord.ui.Select(custom_id="turn", options=options)
        about = "Anybody on its roster can take it, and a manager approves."
        self.add_item(discord.ui.Label(text="Which turn?", description=about, component=turn))
        for field in typed_fields():
            self.add_item(field)


def typed_fields() -> Iterator[discord.ui.Label[Any]]:
    """Yield what is typed about a turn, whichever way it was chosen."""
    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="reason", style=discord.TextStyle.paragraph, required=False, max_length=300
    )
    yield discord.ui.Label(text="Reason (whoever decides reads it)", component=reason)
    days: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="days",
        placeholder="Mar 3, or Mar 3-5, or friday to sunday",
        required=False,
        max_length=60,
    )
    yield discord.ui.Label(text="Only these days (the whole turn if empty)", component=days)


@form("cover_turns")
async def _asked(_: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]) -> None:
    """Ask for cover of the turn that was chosen."""
    await answering.defer(interaction)
    chosen = CHOSEN.fullmatch(fields.get("turn", ""))
    if chosen is None:
        raise InvalidInput("No turn was chosen. Press the button again and choose one.", rule="cover.turn")
    await request_cover(interaction.client, interaction, int(chosen["sprint"]), chosen["discipline"], fields)


async def request_cover(
    bot: ModelUsBot,
    interaction: discord.Interaction[Any],
    sprint_id: int,
    discipline: str,
    fields: dict[str, str],
) -> None:
    """Save a request with what was typed, and post it where the button was pressed."""
    reason = fields.get("reason", "").strip() or None
    typed = fields.get("days", "").strip()
    days = parse_days(typed, _calendar(bot).day_of(int(time.time()))) if typed else None
    names = {interaction.user.id: interaction.user.display_name} | await bot.db.read(everybody)
    write = RequestCover(
        sprint_id=sprint_id,
        discipline=discipline,
        reason=reason,
        first_day=days.first if days is not None else None,
        last_day=days.last if days is not None else None,
    )
    change = await bot.db.write(write, bot.context(interaction, reason))
    await post_beside(bot, interaction, change.cover, names)
    await introduce(bot, interaction)


async def turns_in_time(bot: ModelUsBot, user_id: int) -> list[Duty] | None:
    """Return somebody's turns; None where they cannot be had soon enough for a form."""
    try:
        async with asyncio.timeout(TIMEOUT.value):
            return await turns(bot, user_id)
    except (DatabaseError, TimeoutError):
        return None


def _calendar(bot: ModelUsBot) -> Calendar:
    server = bot.settings.server
    return Calendar(server.timezone, server.handoff_minute)


async def turns(bot: ModelUsBot, user_id: int) -> list[Duty]:
    """Return somebody's turns that are not over and are no covers themselves."""
    calendar = _calendar(bot)
    now = int(time.time()) // 60 * 60
    found = await bot.db.read(duties, user_id, now, calendar)
    return [item for item in found if item.source != "override" and now < calendar.handoff(item.sprint.end)]
