"""/health over the wire: ready only while commands can be answered, and what keeps them from it otherwise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.wire.process import BotProcess
from tests.wire.world import World


async def health_until(
    bot: BotProcess, true: Callable[[dict[str, Any]], bool], seconds: float = 30.0
) -> tuple[int, dict[str, Any]]:
    """Return the first answer for which ``true`` holds."""
    end = time.monotonic() + seconds
    while True:
        status, said = await bot.health()
        if status and true(said):
            return status, said
        assert time.monotonic() < end, said
        await asyncio.sleep(0.05)


async def test_a_connection_that_is_lost_is_told(tmp_path: Path) -> None:
    """Discord goes away and comes back: 503 with the cause, then 200 again."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        said = await bot.well()
        assert said["status"] == "ready"
        assert said["discord"]["heartbeat_seconds"] is not None

        await discord.go_away()
        status, said = await health_until(bot, lambda said: said["status"] == "disconnected")
        assert status == 503
        assert "lost" in said["cause"]
        assert (await bot.command_line("health"))[0] == 1

        await discord.come_back()
        await bot.well()
        assert (await bot.command_line("health")) == (0, "ready\n")
        assert (await discord.command("ping")).answered


async def test_a_silent_connection_is_told(tmp_path: Path) -> None:
    """The connection stands and nothing comes through: missing heartbeats tell before discord.py does."""
    async with World(heartbeat=1.0) as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        discord.gateway.silence()
        status, said = await health_until(bot, lambda said: said["status"] == "disconnected")
        assert status == 503
        assert "has not answered" in said["cause"]
        assert said["discord"]["heartbeat_seconds"] >= 5
        discord.gateway.drop()
        await bot.well()


async def test_a_bot_that_was_thrown_out_is_told(tmp_path: Path) -> None:
    """Removed from its server it answers nobody; invited back, it registers its commands again."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        await discord.throw_out()
        status, said = await health_until(bot, lambda said: said["status"] == "disconnected")
        assert status == 503
        assert "Invite it again" in said["cause"]
        await discord.invite()
        await bot.well()
        await discord.connected(bot)
        assert (await discord.command("ping")).answered


async def test_a_bot_without_a_server_of_its_own_is_told(tmp_path: Path) -> None:
    """Where no server is named it serves the only one it is in: with none or several it can serve nobody."""
    async with World() as discord, discord.bot(tmp_path, {"server": {"guild_id": None}}) as bot:
        await bot.well()
        other = discord.server.guild() | {"id": discord.server.application_id, "name": "Another"}
        await discord.gateway.emit("GUILD_CREATE", other)
        status, said = await health_until(bot, lambda said: said["status"] == "disconnected")
        assert status == 503
        assert "in 2 servers. Say in server.guild_id" in said["cause"]
        assert "another server" in (await discord.command("ping")).text
        await discord.gateway.emit("GUILD_DELETE", {"id": other["id"]})
        await bot.well()
        assert "Pong" in (await discord.command("ping")).text
        await discord.throw_out()
        status, said = await health_until(bot, lambda said: said["status"] == "disconnected")
        assert (status, said["cause"]) == (503, "The bot is in no server. Invite it.")
        code, printed = await bot.command_line("doctor")
        assert code == 1
        assert "The bot is in no server." in printed


async def test_an_event_that_cannot_be_read_ends_nothing(tmp_path: Path) -> None:
    """Events and lines that nobody can read: the bot answers afterwards, and the log has traces."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        for event in ("INTERACTION_CREATE", "GUILD_UPDATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE"):
            await discord.gateway.emit(event, {"id": "no number", "guild_id": "neither"})
        assert (await discord.command("ping")).answered
        told = bot.events("payload_not_read")
        assert {item["gateway_event"] for item in told} >= {"INTERACTION_CREATE", "CHANNEL_UPDATE"}
        assert "Traceback" in bot.output

        identified = discord.gateway.asked["IDENTIFY"]
        await discord.gateway.say("{this is no JSON")
        await health_until(bot, lambda _: discord.gateway.asked["IDENTIFY"] > identified)
        await bot.well()
        assert (await discord.command("ping")).answered
        assert bot.events("discord_not_understood")
