"""/nation map: the regions in the tints of a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from modelus_bot.domain.permissions import standing_of
from modelus_bot.subjects.nations.cards.lists import RANKED
from modelus_bot.subjects.nations.cards.map_card import map_card, map_task, map_words
from modelus_bot.subjects.nations.cards.map_source import MapSource
from modelus_bot.subjects.nations.model import RankMetric
from modelus_bot.subjects.nations.queries.mapped import map_view
from modelus_bot.ui import answering, cards
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ShowsMap"]

PICTURE = "map.png"
_METRICS = [app_commands.Choice(name=label, value=metric) for metric, label in RANKED.items()]
_KNOWN: dict[str, RankMetric] = {metric: metric for metric in RANKED}


class ShowsMap(CommandGroup):
    """The command about the map."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._map = ChildPicture("map")
        self._source = MapSource()

    @app_commands.command(name="map", description="Show a map of the nations, tinted by one of eight figures")
    @app_commands.describe(
        by="By what; GDP if left out", theme="Whether your Discord is dark or light; dark if left out"
    )
    @app_commands.choices(by=_METRICS)
    async def map(self, interaction: discord.Interaction, by: str = "gdp", theme: Theme = "dark") -> None:
        """Show the picture, and the same in words where there is none."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        settings = self.bot.settings
        regions, refused = await self._source.regions(settings.server.map_file)
        view = await self.bot.db.read(map_view, _KNOWN[by], tuple(region.name for region in regions))
        await answering.answer_pictured(
            interaction,
            self._map.file(
                map_task(view, regions, theme),
                drawing_folder(settings.database.path),
                PICTURE,
                map_words(view),
            ),
            pictured=replace(map_card(view, pictured=True), picture=f"attachment://{PICTURE}"),
            without=map_card(view, pictured=False),
        )
        if refused is not None and (await self.bot.db.read(standing_of, self.viewer(interaction))).admin:
            told = f"{refused} Until then everybody sees the map that ships with the bot."
            await answering.tell(interaction, cards.warning("Your own map is not used", told))
