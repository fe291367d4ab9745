"""What every command group shares: who asks, the server's calendar, and what was meant by a typed name."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from modelus_bot.database import DatabaseError, Mode
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, check_admin, check_manager, check_part, check_staff
from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.sprints.cards import choice_of
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.commands.needs import needed_for
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.dates import parse_day, suggest_days
from modelus_bot.ui.picks import Named, meant

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CommandGroup", "not_a_bot"]


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

    async def require_allowed(self, interaction: discord.Interaction) -> None:
        """Raise ``NotAllowed`` for those for whom the command is not; its suggestions ask the same.

        The operation asks again when it is done; this also answers before any name is looked up.
        """
        command = interaction.command
        check = _CHECKS.get(needed_for(command.qualified_name)) if command is not None else None
        if check is not None:
            await self.bot.db.read(check, self.viewer(interaction))

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
        """Return the discipline that was picked or whose name or key was typed.

        Raises ``InvalidInput`` with the ones there are.
        """
        known = await self.bot.db.read(disciplines)
        names = ", ".join(plain(one.label) for one in known) or "none yet"
        found = [Named(one.key, one.label, one.key, _choice(one)) for one in known]
        rule = "discipline.unknown"
        key = meant("discipline", value, found, "a discipline", rule, f"There are: {names}.")
        return next(one for one in known if one.key == key)

    async def sprint_id(self, value: str) -> int:
        """Return the sprint that was picked, or whose name, alone or with its days, was typed."""
        known = [Named(one.id, one.name, choice_of(one)) for one in await self.bot.db.read(sprints)]
        return meant("sprint", value, known, "a sprint", "sprint.unknown")

    async def member_id(self, value: str, discipline: Discipline | None = None) -> int:
        """Return the roster member who was picked, or whose name was typed."""
        entries = await self.bot.db.read(roster, discipline.key if discipline else None)
        where = f"on the roster of {plain(discipline.label)}" if discipline else "on any roster"
        known = [Named(one.user_id, one.username) for one in entries]
        return meant("member", value, known, where, "roster.unknown")

    async def suggest_disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest disciplines by key or name."""
        known = await suggested(interaction, disciplines)
        return picks("discipline", ((_choice(one), one.key) for one in known or ()), typed)

    async def suggest_sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest sprints that have not ended."""
        known = await suggested(interaction, sprints, self.today())
        return picks("sprint", ((choice_of(one), one.id) for one in known or ()), typed)

    async def suggest_roster(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest people on the roster of the discipline chosen so far, or on any."""
        known = await suggested(interaction, roster, await self._chosen(interaction))
        people = {one.user_id: one.username for one in known or ()}
        return picks("member", ((bare(name), user_id) for user_id, name in people.items()), typed)

    async def _chosen(self, interaction: discord.Interaction) -> str | None:
        """Return the key of the discipline in the form so far; None without one that exists."""
        value = getattr(interaction.namespace, "discipline", None)
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return (await self.require_discipline(value)).key
        except (DatabaseError, Refusal):
            return None

    async def suggest_days(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest days near today."""
        return [
            discord.app_commands.Choice(name=label, value=value)
            for label, value in suggest_days(typed, self.today())
        ]


_CHECKS = {"part": check_part, "staff": check_staff, "manager": check_manager, "admin": check_admin}


def _choice(discipline: Discipline) -> str:
    return f"{bare(discipline.label)} ({discipline.key})"


def not_a_bot(user: discord.Member) -> discord.Member:
    """Return a member who is a person; raises ``InvalidInput`` for a bot."""
    if user.bot:
        raise InvalidInput(f"{plain(user.display_name)} is a bot; choose a person.", rule="member.bot")
    return user
