"""/nation map: the regions in the tints of a figure, or of what else subjects know of nations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from modelus_bot.domain.map_tints import MapChoice, MapTint
from modelus_bot.domain.permissions import standing_of
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.nations.cards.grouped_map import grouped_card, grouped_task, grouped_words
from modelus_bot.subjects.nations.cards.lists import RANKED
from modelus_bot.subjects.nations.cards.map_card import map_card, map_task, map_words
from modelus_bot.subjects.nations.cards.map_source import MapSource
from modelus_bot.subjects.nations.model import RankMetric
from modelus_bot.subjects.nations.queries.mapped import grouped_map, map_view
from modelus_bot.subjects.nations.rules.maps.regions import Region
from modelus_bot.text.escaping import bare, folded
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import Named, meant
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ShowsMap"]

PICTURE = "map.png"
_TINTS: dict[str, MapTint] = declared().map_tints
_BY = [
    *(app_commands.Choice(name=label, value=metric) for metric, label in RANKED.items()),
    *(app_commands.Choice(name=tint.label, value=tint.key) for tint in _TINTS.values()),
]
_TO_CHOOSE = " or ".join(tint.label for tint in _TINTS.values() if tint.choices is not None)
_WHICH = f"Which one, for a map by {_TO_CHOOSE}; the newest if left out"
_KNOWN: dict[str, RankMetric] = {metric: metric for metric in RANKED}


@dataclass(frozen=True, slots=True)
class _Shown:
    """A map: what the child draws, the words that stand for it, and its card with and without the picture."""

    task: dict[str, Any]
    words: str
    pictured: Card
    without: Card


class ShowsMap(CommandGroup):
    """The command about the map."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._map = ChildPicture("map")
        self._source = MapSource()

    @app_commands.command(
        name="map", description="Show a map of the nations, tinted by a figure or by how they stand together"
    )
    @app_commands.describe(
        by="By what; GDP if left out",
        which=_WHICH,
        theme="Whether your Discord is dark or light; dark if left out",
    )
    @app_commands.choices(by=_BY)
    async def show_map(
        self,
        interaction: discord.Interaction,
        by: str = "gdp",
        which: str | None = None,
        theme: Theme = "dark",
    ) -> None:
        """Show the picture, and the same in words where there is none."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        settings = self.bot.settings
        regions, refused = await self._source.regions(settings.server.map_file)
        shown = await self._shown(by, which, regions, theme)
        await answering.answer_pictured(
            interaction,
            self._map.file(shown.task, drawing_folder(settings.database.path), PICTURE, shown.words),
            pictured=replace(shown.pictured, picture=f"attachment://{PICTURE}"),
            without=shown.without,
        )
        if refused is not None and (await self.bot.db.read(standing_of, self.viewer(interaction))).admin:
            told = f"{refused} Until then everybody sees the map that ships with the bot."
            await answering.tell(interaction, cards.warning("Your own map is not used", told))

    @show_map.autocomplete("which")
    async def _to_choose(self, interaction: discord.Interaction, typed: str) -> Choices:
        tint = _TINTS.get(getattr(interaction.namespace, "by", None) or "")
        if tint is None or tint.choices is None:
            return []
        found = await suggested(interaction, tint.choices)
        return picks(tint.key, ((_label(choice), choice.key) for choice in found or ()), typed)

    async def _shown(self, by: str, which: str | None, regions: Sequence[Region], theme: Theme) -> _Shown:
        names = tuple(region.name for region in regions)
        chosen = await self._chosen(by, which) if which is not None else None
        metric = _KNOWN.get(by)
        if metric is None:
            found = await self.bot.db.read(grouped_map, by, chosen, names)
            ways = (grouped_card(found, pictured=True), grouped_card(found, pictured=False))
            return _Shown(grouped_task(found, regions, theme), grouped_words(found), *ways)
        view = await self.bot.db.read(map_view, metric, names)
        cards_of = (map_card(view, pictured=True), map_card(view, pictured=False))
        return _Shown(map_task(view, regions, theme), map_words(view), *cards_of)

    async def _chosen(self, by: str, which: str) -> int:
        """Return the key of what was picked or typed; of several with one name the first is meant.

        Raises ``InvalidInput``, also where there is nothing to choose.
        """
        tint = _TINTS.get(by)
        if tint is None or tint.choices is None:
            raise InvalidInput(
                "There is nothing to choose for this map. Leave `which` out, or choose another `by`.",
                rule="map.which",
            )
        found = await self.bot.db.read(tint.choices)
        first = {folded(choice.name): choice.key for choice in reversed(found)}
        known = [
            Named(choice.key, *([choice.name] if first[folded(choice.name)] == choice.key else []))
            for choice in found
        ]
        return meant(tint.key, which, known, tint.what, f"{tint.key}.unknown")


def _label(choice: MapChoice) -> str:
    return f"{bare(choice.name)} ({bare(choice.note)})" if choice.note else bare(choice.name)
