"""What everybody may do: report, look at one's own reports, rate; also from the menu of a message."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import standing_of
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.triage.buttons.pages import OWN
from modelus_bot.subjects.triage.buttons.pressing import stars_card
from modelus_bot.subjects.triage.buttons.reporting import ReportForm, reported_card
from modelus_bot.subjects.triage.buttons.steps import Step, staff_steps, view_of
from modelus_bot.subjects.triage.cards.items import card_of, thread_link
from modelus_bot.subjects.triage.choices import PicksItems
from modelus_bot.subjects.triage.enclosures import transcript_file
from modelus_bot.subjects.triage.model import Category, TriageItem
from modelus_bot.subjects.triage.queries.items import item_for
from modelus_bot.subjects.triage.writes.closing import RateItem
from modelus_bot.subjects.triage.writes.reports import DESCRIPTION_LIMIT, TITLE_LIMIT, ReportItem
from modelus_bot.ui import answering
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import send_page

__all__ = ["MENU", "ReportCommands"]

MENU = "Report to staff"


class ReportCommands(PicksItems, NamesPeople):
    """The commands about one's own reports."""

    async def cog_load(self) -> None:
        """Add the entry to the menu of messages."""
        self.bot.tree.add_command(app_commands.ContextMenu(name=MENU, callback=_report_message))

    async def cog_unload(self) -> None:
        """Take it away again."""
        self.bot.tree.remove_command(MENU, type=discord.AppCommandType.message)

    @app_commands.command(name="report", description="Report something to the staff")
    @app_commands.describe(
        title="In a few words; a form asks for what is left out",
        description="What happened",
        category="What it is about",
        on_behalf="For whom, if not for yourself (staff)",
    )
    async def report(
        self,
        interaction: discord.Interaction,
        title: app_commands.Range[str, 1, TITLE_LIMIT] | None = None,
        description: app_commands.Range[str, 1, DESCRIPTION_LIMIT] | None = None,
        category: Category | None = None,
        on_behalf: discord.Member | None = None,
    ) -> None:
        """Save the report, or open the form for what is missing of it."""
        person = not_a_bot(on_behalf) if on_behalf is not None else None
        if title is None or description is None:
            form = ReportForm(title, description, category, person.id if person is not None else None)
            await answering.show_form(interaction, form)
            return
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        name = clip((person or interaction.user).display_name, 100)
        write = ReportItem(
            title=title,
            description=description,
            category=category or "issue",
            on_behalf=person.id if person is not None else None,
            name=name,
        )
        saved = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, reported_card(saved))
        await introduce(self.bot, interaction)

    @app_commands.command(name="show", description="Show a report; what you reported if left out")
    @app_commands.describe(item="Which")
    async def show(self, interaction: discord.Interaction, item: str | None = None) -> None:
        """Show an item to staff or to whoever reported it, with what they may do about it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if item is None:
            await send_page(self.bot, interaction, OWN, "")
            return
        viewer = self.viewer(interaction)
        found = await self.bot.db.read(item_for, viewer, self.item_number(item))
        staff = (await self.bot.db.read(standing_of, viewer)).staff
        names = await self.names(interaction.user)
        link = thread_link(found, interaction.guild_id) if staff else None
        card = card_of(found, names, int(time.time()), link=link, staff=staff)
        file = await self._transcript(interaction, found)
        view = view_of(found, staff_steps(found) if staff else _own_steps(found), found.version)
        await answering.answer(interaction, card, view=view, picture=file)

    @app_commands.command(name="rate", description="Say how your report was dealt with")
    @app_commands.describe(item="Which of your reports", stars="From 1 to 5")
    async def rate(
        self, interaction: discord.Interaction, item: str, stars: app_commands.Range[int, 1, 5]
    ) -> None:
        """Keep the stars."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = RateItem(item_id=self.item_number(item), stars=stars)
        rated = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, stars_card(rated))

    @show.autocomplete("item")
    async def _items(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_items(interaction, typed)

    @rate.autocomplete("item")
    async def _own_items(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_items(interaction, typed, own=True)

    async def _transcript(
        self, interaction: discord.Interaction, found: TriageItem
    ) -> Callable[[], discord.File] | None:
        """Return the transcript of what is closed; none while the database does not say."""
        if found.is_open:
            return None
        try:
            return await transcript_file(self.bot, found, self.viewer(interaction))
        except DatabaseError:
            return None


def _own_steps(found: TriageItem) -> list[Step]:
    return ["answer", "talk"] if found.is_open else ["talk"]


async def _report_message(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Open the form of a report with what somebody wrote."""
    lines = "\n".join(f"> {line}" for line in (message.content or "(no text)").splitlines())
    text = f"{clip(lines, DESCRIPTION_LIMIT - 300)}\n— {message.author.display_name}, {message.jump_url}\n"
    await answering.show_form(interaction, ReportForm(description=text))
