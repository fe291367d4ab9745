"""/nation show, compare, overview: what a nation is, against another, and among all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.queries import blocs_of
from modelus_bot.subjects.nations.cards.bars import compare_task, compare_words
from modelus_bot.subjects.nations.cards.lists import overview_card
from modelus_bot.subjects.nations.cards.nation_card import comparison_card, nation_card
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.commands.flags import flag_of
from modelus_bot.subjects.nations.model import HistoryEntry
from modelus_bot.subjects.nations.queries.history import last_changes, newest_changes
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.overview import overview
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.treaties.cards.alliances import ties_of
from modelus_bot.subjects.treaties.queries import treaties
from modelus_bot.ui import answering
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ShowsNations"]

PICTURE = "compare.png"
MOST_TIES = 50
"""How many treaties a card is made of, the newest."""


class ShowsNations(PicksNations, NamesPeople):
    """The commands that look at nations."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._pairs = ChildPicture("bars")

    @app_commands.command(name="show", description="Show a nation; your own if left out")
    @app_commands.describe(nation="Which, by its name or one that it had")
    async def show(self, interaction: discord.Interaction, nation: str | None = None) -> None:
        """Show its card, with its flag."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        number = await self._own_or(interaction.user.id, nation)
        await self.show_card(interaction, number)

    @app_commands.command(name="compare", description="Compare two nations in five figures")
    @app_commands.describe(
        first="One nation",
        second="The other; your own if left out",
        picture="Bars as well, for a dark or a light Discord; words alone if left out",
    )
    async def compare(
        self,
        interaction: discord.Interaction,
        first: str,
        second: str | None = None,
        picture: Theme | None = None,
    ) -> None:
        """Say who leads in what, and by how much in bars if they are wanted."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        one = await self.nation_id(first, archived=True)
        other = await self._own_or(interaction.user.id, second)
        if one == other:
            raise InvalidInput("Choose two different nations to compare.", rule="nation.same")
        sheets = [await self.bot.db.read(nation_sheet, number) for number in (one, other)]
        pair = (sheets[0].nation, sheets[1].nation)
        card = comparison_card(*pair)
        if picture is None:
            await answering.answer(interaction, card)
            return
        folder = drawing_folder(self.bot.settings.database.path)
        await answering.answer_pictured(
            interaction,
            self._pairs.file(compare_task(*pair, picture), folder, PICTURE, compare_words(*pair)),
            pictured=replace(card, picture=f"attachment://{PICTURE}"),
            without=card,
        )

    @app_commands.command(name="overview", description="All nations at a glance, and where your own stands")
    async def overview(self, interaction: discord.Interaction) -> None:
        """Show sums, averages, who is first, the viewer's places, and the newest changes if known."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        found = await self.bot.db.read(overview, interaction.user.id)
        names = await self.names()
        try:
            newest: tuple[tuple[str, HistoryEntry], ...] = await self.bot.db.read(newest_changes)
        except DatabaseError:
            newest = ()
        await answering.answer(interaction, overview_card(found, newest, names))

    @show.autocomplete("nation")
    @compare.autocomplete("first")
    @compare.autocomplete("second")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    async def show_card(self, interaction: discord.Interaction, number: int) -> None:
        """Answer with a nation's card: changes and flag where they can be had now."""
        sheet = await self.bot.db.read(nation_sheet, number)
        names = await self.names()
        try:
            last: tuple[HistoryEntry, ...] = await self.bot.db.read(last_changes, number)
        except DatabaseError:
            last = ()
        flag = await flag_of(self.bot, sheet.nation)
        address = f"attachment://{flag.name}" if flag is not None else None
        agreed = await self.bot.db.read(treaties, "active", number, MOST_TIES)
        together = await self.bot.db.read(blocs_of, number)
        ties = ties_of(number, agreed, together)
        card = nation_card(sheet, names, {entry.metric: entry for entry in last}, address, ties)
        await answering.answer(interaction, card, picture=flag.file if flag is not None else None)

    async def _own_or(self, member_id: int, typed: str | None) -> int:
        """Return the nation that was named, or whose office a member holds; raises ``InvalidInput``."""
        if typed is not None:
            return await self.nation_id(typed, archived=True)
        office = await self.bot.db.read(office_held_by, member_id)
        if office is None:
            raise InvalidInput("You lead no nation, so say which one you mean.", rule="nation.which")
        return office.nation_id
