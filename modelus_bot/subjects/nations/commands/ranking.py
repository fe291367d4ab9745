"""/rank, and “Show nation” in the menu of members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.nations.cards.bars import BARS, rank_task, rank_words
from modelus_bot.subjects.nations.cards.lists import RANKED, rank_card
from modelus_bot.subjects.nations.commands.viewing import ShowsNations
from modelus_bot.subjects.nations.model import RankMetric
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.ranking import ranking
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page, send_page_pictured
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["MENU", "RankCommands"]

MENU = "Show nation"
RANK, PICTURE = "rank", "rank.png"
PICTURED = "p"
"""Ends the argument of a list above which the picture stands."""
MOST = 50
_METRICS = [app_commands.Choice(name=label, value=metric) for metric, label in RANKED.items()]
_KNOWN: dict[str, RankMetric] = {metric: metric for metric in RANKED}


class RankCommands(CommandGroup):
    """The command about rankings, and the entry in the menu of members."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._bars = ChildPicture("bars")

    async def cog_load(self) -> None:
        """Add the entry to the menu of members."""
        self.bot.tree.add_command(app_commands.ContextMenu(name=MENU, callback=_show_nation))

    async def cog_unload(self) -> None:
        """Take it away again."""
        self.bot.tree.remove_command(MENU, type=discord.AppCommandType.user)

    @app_commands.command(name="rank", description="Rank the nations by one of eight figures")
    @app_commands.describe(
        by="By what; GDP if left out",
        limit="How many at most, up to 50",
        picture="Bars as well, for a dark or a light Discord; words alone if left out",
    )
    @app_commands.choices(by=_METRICS)
    async def rank(
        self,
        interaction: discord.Interaction,
        by: str = "gdp",
        limit: app_commands.Range[int, 1, MOST] = MOST,
        picture: Theme | None = None,
    ) -> None:
        """Show the first page, below bars of the first if they are wanted."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        argument = f"{by}:{limit}"
        if picture is None:
            await send_page(self.bot, interaction, RANK, argument)
            return
        drawing = self._drawing(interaction.user.id, _KNOWN[by], limit, picture)
        await send_page_pictured(self.bot, interaction, RANK, (f"{argument}:{PICTURED}", argument), drawing)

    async def _drawing(self, member_id: int, by: RankMetric, limit: int, theme: Theme) -> MakesFile | None:
        """Return what makes the picture's file; None where nobody is ranked or none can be drawn."""
        found = await self.bot.db.read(ranking, by, member_id, min(limit, BARS), 0)
        if not found.places:
            return None
        folder = drawing_folder(self.bot.settings.database.path)
        return await self._bars.file(rank_task(found, theme), folder, PICTURE, rank_words(found))


@pages_of(RANK)
async def rank_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a ranking, and whether another follows."""
    name, _, rest = listing.argument.partition(":")
    limit, _, pictured = rest.partition(":")
    by = _KNOWN.get(name)
    if by is None or not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        return cards.warning("This list is gone", "Please use `/rank` again."), False
    skip = listing.page * PAGE
    count = max(0, min(PAGE, int(limit) - skip))
    found = await listing.bot.db.read(ranking, by, listing.viewer.id, count, skip)
    card = rank_card(found)
    if pictured == PICTURED:
        card = replace(card, picture=f"attachment://{PICTURE}")
    return card, skip + count < min(int(limit), found.count)


async def _show_nation(interaction: discord.Interaction[Any], member: discord.Member) -> None:
    """Show the card of the nation whose office a member holds."""
    await answering.defer(interaction, private=True)
    office = await interaction.client.db.read(office_held_by, member.id)
    if office is None:
        raise NotFound(f"{plain(member.display_name)} holds no office in a nation.", rule="office.none")
    group: ShowsNations = interaction.client.get_cog("nation")
    await group.show_card(interaction, office.nation_id)
