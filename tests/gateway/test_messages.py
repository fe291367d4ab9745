"""Which of Discord's events count as messages, as the gateway sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
from discord.utils import DISCORD_EPOCH

from modelus_bot.bot import ModelUsBot
from modelus_bot.config import Settings
from modelus_bot.database.manager import DatabaseManager
from tests.inside import event_comes

GUILD, OTHER = 2**50, 2**50 + 1
AT = 1_796_000_000
EVENT: dict[str, Any] = {
    "id": str(((AT * 1000 - DISCORD_EPOCH) << 22) + 7),
    "type": 0,
    "channel_id": "7",
    "guild_id": str(GUILD),
    "author": {"id": "9", "username": "nina", "global_name": "Nina"},
    "member": {"nick": None},
    "content": "secret",
}
BOT: dict[str, Any] = {"author": EVENT["author"] | {"bot": True}}


def bot_of(tmp_path: Path, **activity: str) -> ModelUsBot:
    """Return a bot that is in two servers and serves the first."""
    path = tmp_path / "bot.db"
    given = {"server": {"guild_id": GUILD}, "database": {"path": path}, "activity": activity}
    settings = Settings.model_validate(given)
    bot = ModelUsBot(DatabaseManager(path, settings.database), settings)
    for number in (GUILD, OTHER):
        event_comes(bot, "GUILD_CREATE", {"id": str(number), "name": "G", "unavailable": False})
    return bot


def heard(bot: ModelUsBot, **changed: Any) -> list[tuple[int, int, str, int]]:
    """Return what is handed on of an event."""
    found: list[tuple[int, int, str, int]] = []
    bot.messages.listen(lambda *told: found.append(told))
    event_comes(bot, "MESSAGE_CREATE", EVENT | changed)
    return found


async def test_what_people_write_in_the_bots_own_server(tmp_path: Path) -> None:
    """Messages and replies; by the name on the server, else the account's."""
    bot = bot_of(tmp_path)
    assert heard(bot) == heard(bot, type=19) == [(7, 9, "Nina", AT)]
    assert heard(bot, member={"nick": "Senator Nina"}) == [(7, 9, "Senator Nina", AT)]
    assert heard(bot, author={"id": "9", "username": "nina"}, member={}) == [(7, 9, "nina", AT)]


@pytest.mark.parametrize(
    "changed",
    [
        BOT,
        {"webhook_id": "5"},
        {"type": 7},
        {"type": 6},
        {"guild_id": str(OTHER)},
        {"guild_id": None},
    ],
)
async def test_what_is_no_message_of_a_member(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Bots, webhooks, joining, pinning, other servers, direct messages."""
    assert heard(bot_of(tmp_path), **changed) == []


async def test_no_message_is_kept_and_no_privileged_intent_asked_for(tmp_path: Path) -> None:
    """Not even the messages' event where counting is off."""
    bot = bot_of(tmp_path)
    event_comes(bot, "MESSAGE_CREATE", EVENT)
    for name in ("MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"):
        event_comes(bot, name, EVENT)
    assert len(bot.cached_messages) == 0
    assert bot.intents == discord.Intents(guilds=True, guild_messages=True)
    assert bot_of(tmp_path, counting="off").intents == discord.Intents(guilds=True)
