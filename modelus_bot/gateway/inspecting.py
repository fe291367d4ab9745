"""Ask Discord, without going online, whether token, server, channels and roles are as the settings say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
import discord

from modelus_bot.config import ServerSettings
from modelus_bot.gateway.endings import passing_words
from modelus_bot.gateway.places import look_at_places

__all__ = ["Inspected", "inspect"]

TIMEOUT = 20.0
IN_NONE = "The bot is in no server. Invite it."
IN_SEVERAL = "The bot is in several servers. Say in server.guild_id which one it serves."


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found: ``wrong`` has sentences; ``asked`` is False when Discord could not be asked at all."""

    wrong: tuple[str, ...] = ()
    asked: bool = True


async def inspect(token: str, server: ServerSettings, roles: Mapping[str, int | None]) -> Inspected:
    """Log in over HTTP alone and look; ``roles`` are those that follow a discipline, by its name."""
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(TIMEOUT):
            await client.login(token)
            return Inspected(tuple(await _wrong(client, server, roles)))
    except discord.LoginFailure:
        return Inspected(("Discord does not accept the token. Copy it again from the developer portal.",))
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Inspected((passing_words(error),), asked=False)
    finally:
        await client.close()


async def _wrong(
    client: discord.Client, server: ServerSettings, roles: Mapping[str, int | None]
) -> list[str]:
    home = server.guild_id
    if home is None:
        servers = [item.id async for item in client.fetch_guilds(limit=2, with_counts=False)]
        if len(servers) != 1:
            return [IN_SEVERAL if servers else IN_NONE]
        home = servers[0]
    try:
        guild = await client.fetch_guild(home, with_counts=False)
    except (discord.NotFound, discord.Forbidden):
        return [
            f"The bot is not in the server {home} that server.guild_id names. Correct it, or invite the bot."
        ]
    own = client.user.id if client.user is not None else 0
    me = await guild.fetch_member(own)
    channels = {channel.id: channel for channel in await guild.fetch_channels()}
    return [place.text for place in await look_at_places(client, guild, me, server, roles, channels)]
