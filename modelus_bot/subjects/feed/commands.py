"""/feed: what happened lately, and where it is posted."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.gateway.places import trouble_with_feed_channel
from modelus_bot.subjects.feed.buttons import RECENT
from modelus_bot.subjects.feed.cards import state_card
from modelus_bot.subjects.feed.queries import feed_state
from modelus_bot.ui import answering
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.paginator import send_page

__all__ = ["FeedCommands"]


class FeedCommands(CommandGroup, commands.GroupCog, name="feed", description="What happens to the nations"):
    """The commands about the feed."""

    @app_commands.command(name="recent", description="What happened lately, the newest first")
    async def recent(self, interaction: discord.Interaction) -> None:
        """List it, ten a page; who may read more laws than others is told of more, and alone."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, RECENT, "")

    @app_commands.command(name="channel", description="Where the feed is posted, and whether that works")
    async def channel(self, interaction: discord.Interaction) -> None:
        """Say so; the channel is a setting."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        server = self.bot.settings.server
        state = await self.bot.db.read(feed_state, server.feed_channel_id)
        trouble = trouble_with_feed_channel(self.bot.home, server)
        said = trouble.text if trouble is not None else None
        await answering.answer(
            interaction, state_card(server.feed_channel_id, state, said, server.feed_hours)
        )
