"""Starting without Discord, being turned away, ending: sentences, exit codes, what is said meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.daily_size import FULL
from tests.waiting import scene_of
from tests.wire.process import BotProcess, until
from tests.wire.world import World

AWAY = 120.0 if FULL else 6.0


async def said_to_be_away(bot: BotProcess) -> dict[str, Any]:
    """Wait until /health says that Discord is away, and return what it says."""
    said: dict[str, Any] = {}
    end = time.monotonic() + 30
    while said.get("status") != "disconnected":
        assert time.monotonic() < end, said
        status, said = await bot.health()
        assert status != 200
        await asyncio.sleep(0.05)
    return said


async def test_discord_is_away_at_the_start(tmp_path: Path) -> None:
    """Refused connections: the bot waits, says so, and comes up by itself when Discord is back."""
    async with World(away=True) as discord, discord.bot(tmp_path, wait=False) as bot:
        said = await said_to_be_away(bot)
        assert "cannot be reached" in said["cause"]
        assert said["discord"]["connected"] is False
        code, printed = await bot.command_line("health")
        assert (code, printed.startswith("disconnected: ")) == (1, True)
        await scene_of(AWAY)
        assert bot.running
        await discord.come_back()
        back = time.monotonic()
        await discord.connected(bot)
        print(f"away for {AWAY:.0f} s, connected {time.monotonic() - back:.1f} s after it was back")
        assert (await bot.well())["discord"]["connected"] is True
        assert (await discord.command("ping")).answered
        pauses = [event["pause"] for event in bot.events("discord_away")]
        assert len(pauses) >= 2
        assert pauses == sorted(pauses) or max(pauses) > 20
        assert await bot.stop() == 0


def one_503(discord: World) -> None:
    """Let the first request of the login fail."""
    discord.faults.add("GET /users/@me$", 503)


def dropped_at_registering(discord: World) -> None:
    """Let the connection end while the commands are registered; aiohttp tries once more by itself."""
    discord.faults.add("PUT /applications/.*/commands", "drop", when="after", times=2)


def trouble_at_registering(discord: World) -> None:
    """Let Discord fail for longer than discord.py tries again by itself."""
    discord.faults.add("GET /applications/.*/commands", 503, times=2)


@pytest.mark.parametrize("fault", [one_503, dropped_at_registering, trouble_at_registering])
async def test_a_login_that_fails_once(tmp_path: Path, fault: Callable[[World], None]) -> None:
    """One failure of a login, wherever it comes, is waited for."""
    async with World() as discord:
        fault(discord)
        async with discord.bot(tmp_path) as bot:
            await bot.well()
            assert bot.events("discord_away")
            assert (await discord.command("ping")).answered


async def test_the_gateway_is_away_at_the_start(tmp_path: Path) -> None:
    """A gateway that answers 503 to the first connection ends nothing."""
    async with World() as discord:
        discord.gateway.refuse_with = 503
        async with discord.bot(tmp_path, wait=False) as bot:
            assert "gateway" in (await said_to_be_away(bot))["cause"]
            await until(lambda: discord.gateway.asked["connection"] >= 3)
            discord.gateway.refuse_with = None
            await bot.well()
            assert (await discord.command("ping")).answered


def wrong_token(discord: World, bot: dict[str, Any]) -> None:
    """Start with another token."""
    bot["token"] = "another-token"


def refused_intents(discord: World, bot: dict[str, Any]) -> None:
    """Close the session with the code for intents."""
    discord.gateway.close_identify = 4014


def sharding(discord: World, bot: dict[str, Any]) -> None:
    """Close the session with the code for a bot that must be split."""
    discord.gateway.close_identify = 4011


def old_version(discord: World, bot: dict[str, Any]) -> None:
    """Close the session with the code for a version that is not spoken."""
    discord.gateway.close_identify = 4012


def not_invited(discord: World, bot: dict[str, Any]) -> None:
    """Be in no server."""
    discord.server.invited = False


def wrong_server(discord: World, bot: dict[str, Any]) -> None:
    """Name a server that the bot is not in."""
    bot["settings"] = {"server": {"guild_id": 123456789012345678}}


def invalid_intents(discord: World, bot: dict[str, Any]) -> None:
    """Close the session with the code for intents that do not exist."""
    discord.gateway.close_identify = 4013


def invalid_shard(discord: World, bot: dict[str, Any]) -> None:
    """Close the session with the code for a shard that does not exist."""
    discord.gateway.close_identify = 4010


def without_commands(discord: World, bot: dict[str, Any]) -> None:
    """Be invited without the right to have commands."""
    discord.faults.add(r"(GET|PUT) /applications/\d+/guilds/\d+/commands", 403, code=50001, times=99)


ENDS = [
    (wrong_token, 6, "did not accept the token"),
    (refused_intents, 7, "intents"),
    (not_invited, 8, "https://discord.com/oauth2/authorize"),
    (wrong_server, 9, "123456789012345678 that server.guild_id names"),
    (sharding, 10, "shards"),
    (old_version, 11, "Update the bot"),
    (invalid_intents, 7, "intents"),
    (invalid_shard, 10, "shards"),
    (without_commands, 8, "may not have commands in its server. Invite it again"),
]


@pytest.mark.parametrize(("end", "code", "sentence"), ENDS)
async def test_what_waiting_cannot_mend(
    tmp_path: Path, end: Callable[[World, dict[str, Any]], None], code: int, sentence: str
) -> None:
    """Each has its sentence and its exit code, at once and without a trace."""
    async with World() as discord:
        arguments: dict[str, Any] = {}
        end(discord, arguments)
        async with discord.bot(tmp_path, **arguments, wait=False) as bot:
            assert await bot.ended() == code, bot.output
            last = bot.output.strip().splitlines()[-1]
            assert sentence in last
            assert "Traceback" not in bot.output
            print(f"{end.__name__}: exit code {code}, “{last[:90]}…”")


async def test_the_token_is_reset_while_running(tmp_path: Path) -> None:
    """The session ends with 4004: a sentence and the token's exit code."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        await discord.reset_token("the-new-token")
        assert await bot.ended() == 6, bot.output
        assert "was reset while the bot ran" in bot.output.splitlines()[-1]


LOGIN_STEPS = [
    r"GET /users/@me$",
    r"GET /oauth2",
    r"GET /applications",
    r"PUT /applications",
    "gateway",
    "away",
]


@pytest.mark.parametrize("step", LOGIN_STEPS)
async def test_a_stop_during_the_login(tmp_path: Path, step: str) -> None:
    """SIGTERM while any step of a login hangs, or while Discord is away, is a clean end."""
    async with World(away=step == "away") as discord:
        fault = discord.faults.add(step, "hang", seconds=20)
        if step == "gateway":
            discord.gateway.refuse_with = 503
        async with discord.bot(tmp_path, wait=False) as bot:
            if step in {"gateway", "away"}:
                await said_to_be_away(bot)
            else:
                await until(lambda: fault.hits, step)
            began = time.monotonic()
            assert await bot.stop() == 0, bot.output
            assert time.monotonic() - began < 5
            assert "Traceback" not in bot.output
