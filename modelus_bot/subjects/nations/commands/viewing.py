"""/nation show, compare, history: what a nation is, against another, and how it became so."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.cards.lists import history_card
from modelus_bot.subjects.nations.cards.nation_card import comparison_card, nation_card
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.commands.flags import flag_of
from modelus_bot.subjects.nations.model import HistoryEntry, Metric
from modelus_bot.subjects.nations.queries.history import last_changes, nation_history
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.rules.figures import FIGURES
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page

__all__ = ["ShowsNations"]

HISTORY = "nation_history"
_METRICS = [app_commands.Choice(name=figure.label, value=metric) for metric, figure in FIGURES.items()]


class ShowsNations(PicksNations, NamesPeople):
    """The commands that look at nations."""

    @app_commands.command(name="show", description="Show a nation; your own if left out")
    @app_commands.describe(nation="Which, by its name or one that it had")
    async def show(self, interaction: discord.Interaction, nation: str | None = None) -> None:
        """Show its card, with its flag."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        number = await self._own_or(interaction.user.id, nation)
        await self.show_card(interaction, number)

    @app_commands.command(name="compare", description="Compare two nations in five figures")
    @app_commands.describe(first="One nation", second="The other; your own if left out")
    async def compare(self, interaction: discord.Interaction, first: str, second: str | None = None) -> None:
        """Say who leads in what."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        one = await self.nation_id(first, archived=True)
        other = await self._own_or(interaction.user.id, second)
        if one == other:
            raise InvalidInput("Choose two different nations to compare.", rule="nation.same")
        sheets = [await self.bot.db.read(nation_sheet, number) for number in (one, other)]
        await answering.answer(interaction, comparison_card(sheets[0].nation, sheets[1].nation))

    @app_commands.command(name="history", description="Show how a figure of a nation changed, and why")
    @app_commands.describe(
        nation="Which, by its name or one that it had", metric="Which figure; GDP if left out"
    )
    @app_commands.choices(metric=_METRICS)
    async def history(self, interaction: discord.Interaction, nation: str, metric: str = "gdp") -> None:
        """List the changes, the latest first."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True)
        await send_page(self.bot, interaction, HISTORY, f"{number}:{metric}")

    @show.autocomplete("nation")
    @compare.autocomplete("first")
    @compare.autocomplete("second")
    @history.autocomplete("nation")
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
        card = nation_card(sheet, names, {entry.metric: entry for entry in last}, address)
        await answering.answer(interaction, card, picture=flag.file if flag is not None else None)

    async def _own_or(self, member_id: int, typed: str | None) -> int:
        """Return the nation that was named, or whose office a member holds; raises ``InvalidInput``."""
        if typed is not None:
            return await self.nation_id(typed, archived=True)
        office = await self.bot.db.read(office_held_by, member_id)
        if office is None:
            raise InvalidInput("You lead no nation, so say which one you mean.", rule="nation.which")
        return office.nation_id


@pages_of(HISTORY)
async def history_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a figure's changes, and whether another follows."""
    number, _, name = listing.argument.partition(":")
    known: dict[str, Metric] = {metric: metric for metric in FIGURES}
    metric = known.get(name)
    if not number.isdecimal() or metric is None:
        return cards.warning("This list is gone", "Please use `/nation history` again."), False
    db: Any = listing.bot.db
    sheet = await db.read(nation_sheet, int(number))
    found = await db.read(nation_history, int(number), metric, PAGE + 1, listing.page * PAGE)
    names = await db.read(everybody)
    return history_card(sheet.nation, metric, found[:PAGE], names), len(found) > PAGE
