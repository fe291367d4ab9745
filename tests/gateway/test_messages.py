"""What the bot asks Discord to be told of messages."""

from __future__ import annotations

from pathlib import Path

import discord

from modelus_bot.bot import ModelUsBot
from modelus_bot.config import Settings
from modelus_bot.database.manager import DatabaseManager


def bot_of(tmp_path: Path, counting: str) -> ModelUsBot:
    """Return a bot that is not logged in."""
    given = {"database": {"path": tmp_path / "bot.db"}, "activity": {"counting": counting}}
    settings = Settings.model_validate(given)
    return ModelUsBot(DatabaseManager(settings.database.path, settings.database), settings)


async def test_no_privileged_intent_is_asked_for(tmp_path: Path) -> None:
    """Not even the event that somebody wrote where counting is off."""
    assert bot_of(tmp_path, "on").intents == discord.Intents(guilds=True, guild_messages=True)
    assert bot_of(tmp_path, "off").intents == discord.Intents(guilds=True)
