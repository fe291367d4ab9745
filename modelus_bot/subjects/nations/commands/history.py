"""/nation history: how a figure became what it is, as a picture and as a list."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from modelus_bot.subjects.nations.cards.course import DRAWN, course_task, course_words, drawable
from modelus_bot.subjects.nations.cards.lists import history_card
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.model import Metric
from modelus_bot.subjects.nations.queries.history import figure_course, nation_history
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.rules.figures import FIGURES
from modelus_bot.subjects.nations.rules.spans import MOST_DAYS, begin_of
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
_ARGUMENT = re.compile(
    rf"(?P<nation>\d{{1,18}}):(?P<metric>[a-z_]+)(?::(?P<since>\d{{1,12}}))?(?P<pictured>:{PICTURED})?",
    re.ASCII,
)
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
        days="Only the last so many days; all of it if left out",
        theme="Whether your Discord is dark or light; dark if left out",
    )
    @app_commands.choices(metric=_METRICS)
    async def history(
        self,
        interaction: discord.Interaction,
        nation: str,
        metric: str = "gdp",
        days: app_commands.Range[int, 1, MOST_DAYS] | None = None,
        theme: Theme = "dark",
    ) -> None:
        """Draw the figure's course, and list the changes, the latest first."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True)
        since = begin_of(days, self.now()) if days is not None else None
        argument = f"{number}:{metric}" if since is None else f"{number}:{metric}:{since}"
        await send_page_pictured(
            self.bot,
            interaction,
            HISTORY,
            (f"{argument}:{PICTURED}", argument),
            self._drawing(number, _KNOWN[metric], since, theme),
        )

    @history.autocomplete("nation")
    async def _with_history(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    async def _drawing(
        self, number: int, metric: Metric, since: int | None, theme: Theme
    ) -> MakesFile | None:
        """Return what makes the picture's file; None where nothing changed."""
        db, settings = self.bot.db, self.bot.settings
        course = await db.read(figure_course, number, metric, DRAWN, since)
        if not drawable(course):
            return None
        sheet = await db.read(nation_sheet, number)
        zone = settings.server.timezone
        return await self._course.file(
            course_task(course, metric, zone, theme, self.now()),
            drawing_folder(settings.database.path),
            PICTURE,
            course_words(sheet.nation, metric, course, zone),
        )


@pages_of(HISTORY)
async def history_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a figure's changes, and whether another follows."""
    found = _ARGUMENT.fullmatch(listing.argument)
    metric = _KNOWN.get(found["metric"]) if found is not None else None
    if found is None or metric is None:
        return cards.warning("This list is gone", "Please use `/nation history` again."), False
    db: Any = listing.bot.db
    number, since = int(found["nation"]), int(found["since"]) if found["since"] else None
    sheet = await db.read(nation_sheet, number)
    entries = await db.read(nation_history, number, metric, PAGE + 1, listing.page * PAGE, since)
    names = await db.read(everybody)
    card = history_card(sheet.nation, metric, entries[:PAGE], names, since)
    if found["pictured"]:
        card = replace(card, picture=f"attachment://{PICTURE}")
    return card, len(entries) > PAGE
