"""What every command group shares: who asks, the server's calendar, and what was meant by a typed name."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from modelus_bot.database import Mode
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, check_admin, check_manager, check_part, check_staff
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain
from modelus_bot.ui.commands.needs import needed_for
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.dates import parse_day, suggest_days

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

    async def suggest_days(self, _: discord.Interaction, typed: str) -> Choices:
        """Suggest days near today."""
        return [
            discord.app_commands.Choice(name=label, value=value)
            for label, value in suggest_days(typed, self.today())
        ]


_CHECKS = {"part": check_part, "staff": check_staff, "manager": check_manager, "admin": check_admin}


def not_a_bot(user: discord.Member) -> discord.Member:
    """Return a member who is a person; raises ``InvalidInput`` for a bot."""
    if user.bot:
        raise InvalidInput(f"{plain(user.display_name)} is a bot; choose a person.", rule="member.bot")
    return user
