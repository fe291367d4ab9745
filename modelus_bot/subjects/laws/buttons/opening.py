"""The button below a notice that opens a law beside it, for nobody else to see; it outlives a restart."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.laws.buttons.pages import READ
from modelus_bot.subjects.laws.queries.records import named_law
from modelus_bot.text.escaping import bare
from modelus_bot.ui import answering
from modelus_bot.ui.cards import clip
from modelus_bot.ui.paginator import send_page_beside
from modelus_bot.ui.presses import answered

__all__ = ["LawButton"]

LABEL = 80
"""Characters that Discord takes."""


class LawButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"law:read:(?P<id>\d{1,18})"):
    """Opens a law as the presser may read it now."""

    def __init__(self, law_id: int, citation: str = "it") -> None:
        """Open the law of this number."""
        label = clip(f"Read {bare(citation)}", LABEL)
        super().__init__(discord.ui.Button(label=label, custom_id=f"law:read:{law_id}"))
        self.law_id = law_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(int(match["id"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show its first page; raises ``NotFound`` to who may not read it."""
        await answering.defer(interaction)
        bot = interaction.client
        viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
        name = await bot.db.read(named_law, viewer, self.law_id)
        await send_page_beside(bot, interaction, READ, name.key)
