"""What every command group shares: who asks, the server's calendar, and what was meant by a typed name."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from modelus_bot.cogs.suggestions import Choices, choices, suggested
from modelus_bot.database.degradation import Mode
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.disciplines import Discipline, disciplines
from modelus_bot.domain.errors import InvalidInput
from modelus_bot.domain.members import everybody
from modelus_bot.domain.permissions import Viewer, check_manager, check_staff
from modelus_bot.domain.rosters import roster
from modelus_bot.domain.sprints import sprints
from modelus_bot.ui.dates import parse_day, suggest_days
from modelus_bot.ui.embeds import clip
from modelus_bot.ui.people import choice_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CommandGroup", "not_a_bot", "only_one"]


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

    @property
    def changes_wait(self) -> bool:
        """Whether a change would be saved for later, so that its own rules answer only then."""
        return self.bot.db.mode is not Mode.NORMAL

    def now(self) -> int:
        """Return the present minute in UTC seconds: asked again within it, answers come from memory."""
        return int(time.time()) // 60 * 60

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

    async def require_manager(self, interaction: discord.Interaction) -> None:
        """Raise ``NotAllowed`` unless the member is a project manager or an administrator.

        The operation asks again when it is done; this also answers for one that has to wait.
        """
        await self.bot.db.read(check_manager, self.viewer(interaction))

    async def names(self, *present: discord.Member | discord.User) -> dict[int, str]:
        """Return everybody's name by id, those ``present`` by what Discord calls them if not known.

        Asked before a write, so that nothing can fail between the write and saying what was saved.
        """
        return {one.id: one.display_name for one in present} | await self.bot.db.read(everybody)

    async def require_discipline(self, value: str) -> Discipline:
        """Return the discipline that a suggestion's value or a name stands for.

        Raises ``InvalidInput`` with the ones there are.
        """
        wanted = value.strip().casefold()
        known = await self.bot.db.read(disciplines)
        for one in known:
            if wanted in {one.key.casefold(), one.label.casefold(), _choice(one).casefold()}:
                return one
        names = ", ".join(one.label for one in known) or "none yet"
        raise InvalidInput(
            f"“{clip(value, 60)}” is not a discipline. There are: {names}.", rule="discipline.unknown"
        )

    async def sprint_id(self, value: str) -> int:
        """Return the sprint that a suggestion's value, a name or a name with days stands for."""
        wanted = value.strip().casefold()
        found = [
            one.id
            for one in await self.bot.db.read(sprints)
            if wanted in {str(one.id), one.name.casefold(), choice_of(one).casefold()}
        ]
        return only_one(found, value, "a sprint", "sprint.unknown")

    async def member_id(self, value: str, discipline: Discipline | None = None) -> int:
        """Return the roster member that a suggestion's value or a name stands for."""
        wanted = value.strip().casefold()
        found = [
            one.user_id
            for one in await self.bot.db.read(roster, discipline.key if discipline else None)
            if wanted in {str(one.user_id), one.username.casefold()}
        ]
        where = f"on the roster of {discipline.label}" if discipline else "on any roster"
        return only_one(found, value, where, "roster.unknown")

    async def suggest_disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest disciplines by key or name."""
        known = await suggested(self.bot, self.viewer(interaction), disciplines)
        return choices(((_choice(one), one.key) for one in known or ()), typed)

    async def suggest_sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest sprints that have not ended."""
        known = await suggested(self.bot, self.viewer(interaction), sprints, self.today())
        return choices(((choice_of(one), str(one.id)) for one in known or ()), typed)

    async def suggest_roster(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest people on the roster of the discipline chosen so far, or on any."""
        discipline: str | None = getattr(interaction.namespace, "discipline", None)
        known = await suggested(self.bot, self.viewer(interaction), roster, discipline)
        return choices(dict.fromkeys((one.username, str(one.user_id)) for one in known or ()), typed)

    async def suggest_days(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest days near today."""
        return [
            discord.app_commands.Choice(name=label, value=value)
            for label, value in suggest_days(typed, self.today())
        ]


def _choice(discipline: Discipline) -> str:
    return f"{discipline.label} ({discipline.key})"


def not_a_bot(user: discord.Member) -> discord.Member:
    """Return a member who is a person; raises ``InvalidInput`` for a bot."""
    if user.bot:
        raise InvalidInput(f"{user.display_name} is a bot; choose a person.", rule="member.bot")
    return user


def only_one(found: Iterable[int], value: str, what: str, rule: str) -> int:
    """Return the only id that was found; raises ``InvalidInput`` when there is none, or more than one."""
    ids = sorted(set(found))
    if not ids:
        raise InvalidInput(f"“{clip(value, 60)}” is not {what}. Pick one from the list.", rule=rule)
    if len(ids) > 1:
        raise InvalidInput(
            f"“{clip(value, 60)}” can mean {len(ids)} different ones. Pick one from the list.",
            rule="ambiguous",
        )
    return ids[0]
