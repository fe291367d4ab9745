"""/nation history: how a figure became what it is, as a picture and as a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from modelus_bot.subjects.nations.cards.course import DRAWN, course_task, course_words
from modelus_bot.subjects.nations.cards.lists import history_card
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.model import Metric
from modelus_bot.subjects.nations.queries.history import nation_history
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.rules.figures import FIGURES
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui import answering, cards
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page_pictured
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ShowsHistory"]

HISTORY = "nation_history"
PICTURE = "history.png"
PICTURED = "p"
"""Ends the argument of a list above which the picture stands."""
_METRICS = [app_commands.Choice(name=figure.label, value=metric) for metric, figure in FIGURES.items()]
_KNOWN: dict[str, Metric] = {metric: metric for metric in FIGURES}


class ShowsHistory(PicksNations):
    """The command about how a figure changed."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._course = ChildPicture("course")

    @app_commands.command(name="history", description="Show how a figure of a nation changed, and why")
    @app_commands.describe(
        nation="Which, by its name or one that it had",
        metric="Which figure; GDP if left out",
        theme="Whether your Discord is dark or light; dark if left out",
    )
    @app_commands.choices(metric=_METRICS)
    async def history(
        self, interaction: discord.Interaction, nation: str, metric: str = "gdp", theme: Theme = "dark"
    ) -> None:
        """Draw the figure's course, and list the changes, the latest first."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True)
        argument = f"{number}:{metric}"
        await send_page_pictured(
            self.bot,
            interaction,
            HISTORY,
            (f"{argument}:{PICTURED}", argument),
            self._drawing(number, _KNOWN[metric], theme),
        )

    @history.autocomplete("nation")
    async def _with_history(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    async def _drawing(self, number: int, metric: Metric, theme: Theme) -> MakesFile | None:
        """Return what makes the picture's file; None where nothing changed since it began."""
        db, settings = self.bot.db, self.bot.settings
        entries = await db.read(nation_history, number, metric, DRAWN)
        if len(entries) < 2:
            return None
        sheet = await db.read(nation_sheet, number)
        zone = settings.server.timezone
        return await self._course.file(
            course_task(entries, metric, zone, theme, self.now()),
            drawing_folder(settings.database.path),
            PICTURE,
            course_words(sheet.nation, metric, entries, zone),
        )


@pages_of(HISTORY)
async def history_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a figure's changes, and whether another follows."""
    number, _, rest = listing.argument.partition(":")
    name, _, pictured = rest.partition(":")
    metric = _KNOWN.get(name)
    if not number.isdecimal() or metric is None:
        return cards.warning("This list is gone", "Please use `/nation history` again."), False
    db: Any = listing.bot.db
    sheet = await db.read(nation_sheet, int(number))
    found = await db.read(nation_history, int(number), metric, PAGE + 1, listing.page * PAGE)
    names = await db.read(everybody)
    card = history_card(sheet.nation, metric, found[:PAGE], names)
    if pictured == PICTURED:
        card = replace(card, picture=f"attachment://{PICTURE}")
    return card, len(found) > PAGE
