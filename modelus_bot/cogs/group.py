"""What every command group shares: who asks, the server's calendar, people's names, autocomplete."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands
from loguru import logger

from modelus_bot.database.errors import DatabaseError
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.disciplines import disciplines
from modelus_bot.domain.errors import InvalidInput, Refusal
from modelus_bot.domain.members import everybody
from modelus_bot.domain.permissions import Viewer, check_staff
from modelus_bot.domain.rosters import roster
from modelus_bot.domain.sprints import sprints
from modelus_bot.ui.dates import parse_day, suggest_days
from modelus_bot.ui.embeds import clip
from modelus_bot.ui.people import label_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Choices", "CommandGroup", "choices", "no_suggestions"]

Choices = list[app_commands.Choice[str]]
SHOWN = 25
"""How many suggestions Discord shows."""


class CommandGroup(commands.Cog):
    """A cog with this project's manners; each command defers first and then touches the database."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        self.bot = bot

    @property
    def calendar(self) -> Calendar:
        """The server's calendar."""
        server = self.bot.settings.server
        return Calendar(server.timezone, server.handoff_minute)

    def now(self) -> int:
        """Return the present instant in UTC seconds."""
        return int(time.time())

    def today(self) -> date:
        """Return today in the server's calendar."""
        return self.calendar.day_of(self.now())

    def day(self, text: str) -> date:
        """Return the day that somebody typed; raises ``InvalidInput`` with the ways to write one."""
        return parse_day(text, self.today())

    def viewer(self, interaction: discord.Interaction) -> Viewer:
        """Return who looks."""
        context = self.bot.context(interaction)
        return Viewer(interaction.user.id, context.discord_admin)

    async def require_staff(self, interaction: discord.Interaction) -> None:
        """Raise ``NotAllowed`` unless the member is staff."""
        await self.bot.db.read(check_staff, self.viewer(interaction))

    async def names(self) -> dict[int, str]:
        """Return everybody's name by id."""
        return await self.bot.db.read(everybody)

    async def sprint_id(self, value: str) -> int:
        """Return the sprint that a suggestion's value, a number or a name stands for."""
        if value.isdecimal():
            return int(value)
        for one in await self.bot.db.read(sprints):
            if value.casefold() in {one.name.casefold(), label_of(one).casefold()}:
                return one.id
        raise InvalidInput(
            f"“{clip(value, 60)}” is not a sprint. Pick one from the list.", rule="sprint.unknown"
        )

    async def member_id(self, value: str, discipline: str | None = None) -> int:
        """Return the roster member that a suggestion's value or a name stands for."""
        found = [
            one.user_id
            for one in await self.bot.db.read(roster, discipline)
            if value == str(one.user_id) or value.casefold() == one.username.casefold()
        ]
        if not found:
            raise InvalidInput(
                f"“{clip(value, 60)}” is not on that roster. Pick somebody from the list.",
                rule="roster.unknown",
            )
        return found[0]

    async def suggest_disciplines(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest disciplines by key or name."""
        try:
            known = await self.bot.db.read(disciplines)
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        return choices(((f"{one.label} ({one.key})", one.key) for one in known), typed)

    async def suggest_sprints(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest sprints that have not ended."""
        try:
            known = await self.bot.db.read(sprints, self.today())
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        return choices(((label_of(one), str(one.id)) for one in known), typed)

    async def suggest_roster(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest people on the roster of the discipline chosen so far, or on any."""
        discipline = getattr(interaction.namespace, "discipline", None)
        try:
            known = await self.bot.db.read(roster, discipline)
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        people = dict.fromkeys((one.username, str(one.user_id)) for one in known)
        return choices(people, typed)

    async def suggest_days(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest days near today."""
        return [
            app_commands.Choice(name=label, value=value) for label, value in suggest_days(typed, self.today())
        ]


def choices(pairs: Iterable[tuple[str, str]], typed: str) -> Choices:
    """Return the pairs of label and value whose label contains what was typed."""
    wanted = typed.casefold().strip()
    return [
        app_commands.Choice(name=clip(label, 100), value=value)
        for label, value in pairs
        if wanted in label.casefold() or wanted == value.casefold()
    ][:SHOWN]


def no_suggestions(error: Exception) -> Choices:
    """Suggest nothing when the database cannot be asked; typing goes on."""
    logger.bind(error=str(error)).debug("no_suggestions")
    return []
