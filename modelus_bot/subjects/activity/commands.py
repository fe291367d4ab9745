"""/activity: who writes how much, who is in office but silent, and from when to when one is away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.subjects.activity.buttons import (
    INACTIVE,
    LONGEST,
    MEMBER,
    PICTURE,
    PICTURED,
    TOP,
    limits_of,
)
from modelus_bot.subjects.activity.cards import days_task, days_words, leave_card
from modelus_bot.subjects.activity.queries.counts import member_activity
from modelus_bot.subjects.activity.writes.leaves import TakeLeave
from modelus_bot.subjects.activity.writes.reporting import ReportInactive
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.ui import answering
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import send_page, send_page_pictured
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ActivityCommands"]

Back = app_commands.Range[int, 1, LONGEST]
Ranked = app_commands.Range[int, 1, 90]
"""Days of a ranking: of so many it is still made at once."""


class ActivityCommands(
    NamesPeople, commands.GroupCog, name="activity", description="Who writes how much, never what"
):
    """The commands about activity."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._bars = ChildPicture("bars")

    @app_commands.command(name="top", description="Who writes the most")
    @app_commands.describe(
        days="How many days back; 30 if left out", channel="Only in this channel or thread"
    )
    async def top(
        self,
        interaction: discord.Interaction,
        days: Ranked = 30,
        channel: app_commands.AppCommandChannel | app_commands.AppCommandThread | None = None,
    ) -> None:
        """List members, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, TOP, f"{days}:{channel.id if channel is not None else ''}")

    @app_commands.command(
        name="member", description="How much you write, or for staff, how much a member does"
    )
    @app_commands.describe(
        user="Who; you if left out",
        days="How many days back; 30 if left out",
        picture="Bars by day as well, for a dark or a light Discord; words alone if left out",
    )
    async def member(
        self,
        interaction: discord.Interaction,
        user: discord.User | None = None,
        days: Back = 30,
        picture: Theme | None = None,
    ) -> None:
        """Show the numbers, below bars if they are wanted."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        person = user if user is not None else interaction.user
        argument = f"{days}:{person.id}"
        if picture is None:
            await send_page(self.bot, interaction, MEMBER, argument)
            return
        drawing = self._drawing(interaction, person, days, picture)
        await send_page_pictured(self.bot, interaction, MEMBER, (f"{argument}:{PICTURED}", argument), drawing)

    @app_commands.command(
        name="inactive", description="Who holds an office but is not heard; makes items of it"
    )
    @app_commands.describe(
        office="Only this office",
        days="Only look who has been silent for so many days, without making items",
    )
    async def inactive(
        self,
        interaction: discord.Interaction,
        office: OfficeName | None = None,
        days: Back | None = None,
    ) -> None:
        """Make an item of each who is inactive by the settings, and list whoever is silent."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        made = 0
        if days is None:
            limits = limits_of(self.bot)
            write = ReportInactive(
                president_days=limits["president"], vice_president_days=limits["vice_president"]
            )
            report = await self.bot.db.write(write, self.bot.context(interaction))
            made = len(report.items)
        shown = days if days is not None else ""
        await send_page(self.bot, interaction, INACTIVE, f"{office or ''}:{shown}:{made}")

    @app_commands.command(name="leave", description="Say when you are away; without days you are back")
    @app_commands.describe(
        from_day="First day away; today if left out",
        to_day="Last day away",
        user="Who, for project managers; you if left out",
    )
    @app_commands.rename(from_day="from", to_day="to")
    async def leave(
        self,
        interaction: discord.Interaction,
        from_day: str | None = None,
        to_day: str | None = None,
        user: discord.Member | None = None,
    ) -> None:
        """Save it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        person = not_a_bot(user) if user is not None else interaction.user
        write = TakeLeave(
            member_id=person.id,
            from_day=self.day(from_day) if from_day else None,
            to_day=self.day(to_day) if to_day else None,
        )
        names = await self.names(person)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, leave_card(change, names, self.calendar))

    @leave.autocomplete("from_day")
    @leave.autocomplete("to_day")
    async def _days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_days(interaction, typed)

    async def _drawing(
        self,
        interaction: discord.Interaction,
        person: discord.User | discord.Member,
        days: int,
        theme: Theme,
    ) -> MakesFile | None:
        """Return what makes the picture's file; None where nothing was counted or none can be drawn."""
        today = self.today()
        first = today - timedelta(days=days - 1)
        found = await self.bot.db.read(member_activity, self.viewer(interaction), person.id, first)
        if not found.by_day:
            return None
        name = (await self.names(person))[person.id]
        folder = drawing_folder(self.bot.settings.database.path)
        task = days_task(found, name, today, theme)
        return await self._bars.file(task, folder, PICTURE, days_words(found, name, today))
