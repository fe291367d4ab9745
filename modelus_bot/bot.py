"""The bot: discord.py's client with this project's database, settings and error handling in it."""

from __future__ import annotations

import time
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.config import Settings
from modelus_bot.config.keys import changed_keys, with_keys_of
from modelus_bot.database import Context, DatabaseManager
from modelus_bot.gateway.link import DiscordLink
from modelus_bot.gateway.messages import MessageFeed
from modelus_bot.gateway.registering import register
from modelus_bot.ui import answering, cards
from modelus_bot.ui.discord_time import noting_dates
from modelus_bot.ui.errors import ErrorHandler
from modelus_bot.ui.forms import take_form
from modelus_bot.ui.lateness import Arrivals
from modelus_bot.ui.open_questions import OpenQuestions
from modelus_bot.ui.presses import admitted
from modelus_bot.ui.sending import Mailroom

__all__ = ["ModelUsBot"]


class Tree(app_commands.CommandTree["ModelUsBot"]):
    """The commands; they answer the bot's own server only, and only while an answer is possible."""

    async def interaction_check(self, interaction: discord.Interaction[ModelUsBot]) -> bool:
        """Say whether the command goes ahead."""
        if not await admitted(interaction):
            return False
        if not interaction.client.at_home(interaction):
            if interaction.type is discord.InteractionType.application_command:
                card = cards.failure(
                    "Not here", "This bot serves another server, so it cannot do anything here."
                )
                await answering.answer(interaction, card, private=True)
            return False
        return True


class ModelUsBot(commands.Bot):
    """Answers slash commands and buttons; owns nothing that runs by itself.

    ``ui.commands.adding`` gives it its commands. ``sync_record`` is the file that remembers which of them
    were registered last; what Discord knows is compared at every login. ``link`` is how things stand with
    Discord.
    """

    def __init__(self, db: DatabaseManager, settings: Settings, *, sync_record: Path | None = None) -> None:
        """Take the database and settings that ``app`` built; nothing is connected yet."""
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True, guild_messages=settings.activity.counting == "on"),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=noting_dates(db.clock),
        )
        self.db = db
        self.arrivals = Arrivals()
        self.settings = self._configured = settings
        self.error_handler = ErrorHandler()
        self.desk = answering.Desk()
        self.questions = OpenQuestions()
        self.mailroom = Mailroom()
        self.tree.error(self.error_handler.on_tree_error)
        self.link = DiscordLink(self)
        self.messages = MessageFeed(self)
        self._sync_record = sync_record

    def apply(self, edited: Settings) -> None:
        """Go on with edited settings; what the bot was told otherwise it keeps."""
        before, self._configured = self._configured, edited
        self.settings = with_keys_of(self.settings, edited, changed_keys(before, edited))

    def move_to(
        self,
        guild_id: int,
        duty_channel_id: int,
        triage_channel_id: int | None = None,
        archive_channel_id: int | None = None,
        feed_channel_id: int | None = None,
    ) -> None:
        """Serve another server than the configured one, as in the sandbox."""
        given = {
            "guild_id": guild_id,
            "duty_channel_id": duty_channel_id,
            "triage_channel_id": triage_channel_id,
            "archive_channel_id": archive_channel_id,
            "feed_channel_id": feed_channel_id,
        }
        places = {name: number for name, number in given.items() if number is not None}
        server = self.settings.server.model_copy(update=places)
        self.settings = self.settings.model_copy(update={"server": server})

    async def setup_hook(self) -> None:
        """Let Discord know the commands where it does not."""
        await register(self, self._sync_record)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Register the commands again when the bot is invited back, since Discord forgot them."""
        if guild.id == self.settings.server.guild_id:
            await register(self, self._sync_record)

    async def close(self) -> None:
        """Let those who are being answered have their answers, then leave Discord."""
        await self.desk.close(self.settings.server.stop_patience)
        await super().close()

    def clear(self) -> None:
        """Be ready for another login, and take people again."""
        super().clear()
        self.desk.open()

    async def on_interaction(self, interaction: discord.Interaction[ModelUsBot]) -> None:
        """Take forms here, so that one that was opened before a restart can be sent after it."""
        await take_form(interaction)

    def context(self, interaction: discord.Interaction, reason: str | None = None) -> Context:
        """Describe who asks, through which interaction, when and in whose calendar."""
        server = self.settings.server
        user = interaction.user
        permissions = interaction.permissions
        return Context(
            actor=user.id,
            request_id=str(interaction.id),
            reason=reason,
            at=int(time.time()),
            zone=server.timezone,
            handoff_minute=server.handoff_minute,
            seed=interaction.id,
            discord_admin=user.id in server.admin_ids
            or (self.at_home(interaction) and (permissions.administrator or permissions.manage_guild)),
        )

    @property
    def home(self) -> discord.Guild | None:
        """The server that the bot serves: the configured one, or the only one it is in."""
        number = self.settings.server.guild_id
        if number is not None:
            return self.get_guild(number)
        return self.guilds[0] if len(self.guilds) == 1 else None

    def at_home(self, interaction: discord.Interaction) -> bool:
        """Say whether an interaction comes from the bot's own server or from a direct message.

        Without a configured server, the only one the bot is in counts; in several, none does, so that
        administrators elsewhere are nobody here.
        """
        if interaction.guild_id is None:
            return True
        home = self.settings.server.guild_id
        return interaction.guild_id == home if home is not None else len(self.guilds) == 1
