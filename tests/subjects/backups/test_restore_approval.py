"""Who may decide about a restore besides the one who asks for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.backups.commands.approval import _others, _who_decides
from modelus_bot.subjects.members.writes.members import SetRole
from tests.conftest import BotEnv

ASKER, OWNER = 1, 2


def member(number: int, *, bot: bool = False, **permissions: bool) -> Any:
    """Return a member of the server with some permissions."""
    return SimpleNamespace(id=number, bot=bot, guild_permissions=discord.Permissions(**permissions))


def asked(*members: Any, owner: int = ASKER) -> Any:
    """Return an interaction of the asker on a server with these members."""
    guild = SimpleNamespace(owner_id=owner, members=members)
    return SimpleNamespace(user=SimpleNamespace(id=ASKER), guild=guild)


async def test_who_manages_the_server_may_decide(bot_env: BotEnv) -> None:
    """Manage Server and Administrator count, and so does the owner; bots and everybody else do not."""
    people = (
        member(ASKER, administrator=True),
        member(3, manage_guild=True),
        member(4, administrator=True),
        member(5, bot=True, administrator=True),
        member(6, manage_messages=True),
    )
    assert await _others(bot_env.bot, asked(*people)) == {3, 4}
    assert await _others(bot_env.bot, asked(owner=OWNER)) == {OWNER}
    assert await _others(bot_env.bot, asked()) == set()
    await bot_env.db.write(SetRole(discord_id=7, username="Second", role="admin"), Context())
    assert await _others(bot_env.bot, asked()) == {7}


async def test_nobody_decides_alone_when_the_administrators_cannot_be_read(bot_env: BotEnv) -> None:
    """Without the database nobody is taken for the only administrator; who is known otherwise counts."""
    await bot_env.db.close()
    assert await _others(bot_env.bot, asked()) is None
    assert await _others(bot_env.bot, asked(member(3, manage_guild=True))) == {3}
    assert "another one has to decide" in _who_decides(None)
    assert "only administrator" in _who_decides(set())
