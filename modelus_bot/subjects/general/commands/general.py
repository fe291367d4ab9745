"""/help, /ping and /about: what always answers, with or without a database."""

from __future__ import annotations

import platform

import discord
from discord import app_commands

import modelus_bot
from modelus_bot.database import Mode
from modelus_bot.subjects.general.commands.help_pages import HELP
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.needs import WORDS, AnyCommand, commands_of, needed_for
from modelus_bot.ui.commands.suggestions import Choices, choices
from modelus_bot.ui.paginator import send_page

__all__ = ["GeneralCommands"]

WORKING = "The database is working."
"""Said while it does; otherwise the card's notice says what works."""


class GeneralCommands(CommandGroup):
    """Commands for everybody."""

    @app_commands.command(name="help", description="What you can do here")
    @app_commands.describe(topic="A command to explain")
    async def show_help(self, interaction: discord.Interaction, topic: str | None = None) -> None:
        """Show the subjects of the commands this member may use, or explain one."""
        await answering.defer(interaction, private=True)
        if topic is not None:
            await answering.answer(interaction, self._explain(topic.strip().lstrip("/").lower()))
            return
        await send_page(self.bot, interaction, HELP, "")

    @show_help.autocomplete("topic")
    async def _topics(self, _: discord.Interaction, typed: str) -> Choices:
        return choices(
            ((f"/{command.qualified_name}", command.qualified_name) for command in self._commands()), typed
        )

    @app_commands.command(name="ping", description="Is the bot awake?")
    async def ping(self, interaction: discord.Interaction) -> None:
        """Answer at once."""
        latency = self.bot.latency
        words = f"{latency * 1000:.0f} ms to Discord." if latency == latency else "Not connected yet."  # noqa: PLR0124 - NaN
        card = cards.info("Pong", f"{words} {WORKING}" if self._working() else words)
        await answering.answer(interaction, card, private=True)

    @app_commands.command(name="about", description="What this bot is and what it stores")
    async def about(self, interaction: discord.Interaction) -> None:
        """Say what the bot is."""
        card = cards.info(
            "Model US Bot",
            "Runs the staff rota of this server: rosters, sprints, who is on duty, and covers.\n\n"
            "**What it stores:** Discord ids and names of people who take part, their roles and turns,"
            " requests for cover, and a log of changes. It does not read messages.\n\n"
            f"Version {modelus_bot.__version__}, Python {platform.python_version()},"
            f" discord.py {discord.__version__}.",
        )
        if self._working():
            card = card.with_footer(WORKING)
        await answering.answer(interaction, card, private=True)

    def _working(self) -> bool:
        return self.bot.db.mode is Mode.NORMAL

    def _commands(self) -> list[AnyCommand]:
        return commands_of(self.bot.tree)

    def _explain(self, topic: str) -> Card:
        found = [
            item
            for item in self._commands()
            if item.qualified_name == topic or item.qualified_name.startswith(topic + " ")
        ]
        if not found:
            return cards.warning("No such command", "Pick one from the list, or leave the topic empty.")
        lines = []
        for command in found:
            who = WORDS[needed_for(command.qualified_name)]
            lines.append(f"**/{command.qualified_name}** — {command.description} ({who})")
            lines += [
                f"  • `{option.display_name}`{'' if option.required else ' (optional)'}: {option.description}"
                for option in command.parameters
            ]
        return cards.info(f"/{topic}", cards.lines(lines, empty=""))
