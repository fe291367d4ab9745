"""What it costs to count 1,000 messages a second, from Discord's bytes to the rows, in percent of a core."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import discord
from discord.gateway import DiscordWebSocket
from rich.console import Console
from rich.table import Table

from modelus_bot.app import ModelUsBot
from modelus_bot.config import Settings
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.jobs.loop import JobRunner
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.activity.jobs import ActivityFlush

__all__ = ["measure_activity"]

RATE, SECONDS, TICK = 1000, 20, 0.02
"""Messages a second, for how long, and seconds between two handfuls of them."""
PEOPLE, CHANNELS, GUILD = 400, 12, 2**50
Parser = Callable[[Any], Any]


def measure_activity(console: Console, *, rounds: int, folder: str | None) -> None:
    """Measure in interleaved rounds and print medians of them."""
    ways = ("nothing comes", "read and dropped", "counted and saved", "made a message by discord.py")
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                found[way].append(asyncio.run(_measure(Path(place) / "activity.db", way)))
    table = Table(title=f"{RATE} messages a second, percent of a core, medians of {rounds} rounds")
    for column in ("what becomes of them", "of a core", "more than nothing"):
        table.add_column(column, justify="left" if column.startswith("what") else "right")
    least = statistics.median(found["nothing comes"])
    for way, shares in found.items():
        share = statistics.median(shares)
        table.add_row(way, f"{share:.1%}", f"{share - least:.1%}")
    console.print(table)


async def _measure(path: Path, way: str) -> float:
    """Return the share of a core that the whole process takes, all its threads together."""
    settings = Settings.model_validate({"server": {"guild_id": GUILD}, "database": {"path": path}})
    async with DatabaseManager(path, settings.database, visibility=DECLARED.visibility) as db:
        bot = ModelUsBot(db, settings)
        socket = _socket(bot)
        bot._connection._add_guild_from_data(_guild())  # type: ignore[arg-type]  # noqa: SLF001 - no login here
        if way == "read and dropped":
            _parse(bot, lambda _: None)
        elif way.startswith("made"):
            _parse(bot, bot._connection.parse_message_create)  # noqa: SLF001
        async with JobRunner(bot, (ActivityFlush,)):
            share = await _play(socket, quiet=way == "nothing comes")
    if way == "counted and saved":
        _check(path)
    return share


def _check(path: Path) -> None:
    """Raise ``RuntimeError`` unless every message was counted: a measurement of nothing is none."""
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT sum(messages) FROM activity").fetchone()[0]
    if found != RATE * SECONDS:
        raise RuntimeError(f"{found} messages were counted instead of {RATE * SECONDS}")


def _parse(bot: ModelUsBot, parser: Parser) -> None:
    bot._connection.parsers["MESSAGE_CREATE"] = parser  # noqa: SLF001


async def _play(socket: Any, *, quiet: bool) -> float:
    handfuls = _handfuls()
    loop = asyncio.get_running_loop()
    begun, used = loop.time(), 0.0
    started = time.process_time()
    for number in range(int(SECONDS / TICK)):
        made = time.process_time()
        handful = next(handfuls)
        used += time.process_time() - made
        for packet in [] if quiet else handful:
            await socket.received_message(packet)
        await asyncio.sleep(max(0.0, begun + (number + 1) * TICK - loop.time()))
    return (time.process_time() - started - used) / (loop.time() - begun)


def _handfuls() -> Iterator[list[bytes]]:
    """Yield compressed packets as Discord sends them, a handful at a time."""
    dice, squeezing = random.Random(1), zlib.compressobj()
    number = 0
    while True:
        packets = []
        for _ in range(int(RATE * TICK)):
            number += 1
            event = {"op": 0, "t": "MESSAGE_CREATE", "s": number, "d": _message(dice, number)}
            data = squeezing.compress(json.dumps(event).encode()) + squeezing.flush(zlib.Z_SYNC_FLUSH)
            packets.append(data)
        yield packets


def _socket(bot: ModelUsBot) -> Any:
    """Return discord.py's end of the gateway without a connection."""
    socket: Any = DiscordWebSocket(None, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
    socket._connection = bot._connection  # noqa: SLF001
    socket._discord_parsers = bot._connection.parsers  # noqa: SLF001
    socket._dispatch = bot.dispatch  # noqa: SLF001
    socket.shard_id = None
    socket.log_receive = lambda _: None
    bot._connection.user = discord.ClientUser(state=bot._connection, data=_user(1))  # type: ignore[arg-type]  # noqa: SLF001
    bot.loop = asyncio.get_running_loop()
    return socket


def _user(number: int) -> dict[str, Any]:
    return {
        "id": str(2**50 + number), "username": f"member{number}", "global_name": f"Member {number}",
        "discriminator": "0", "avatar": "8342729096ea3675442027381ff50dfe", "public_flags": 0,
        "avatar_decoration_data": None, "clan": None, "primary_guild": None,
    }  # fmt: skip


def _message(dice: random.Random, number: int) -> dict[str, Any]:
    member = {
        "roles": [str(2**50 + 900 + role) for role in range(4)], "nick": None, "mute": False, "deaf": False,
        "joined_at": "2026-01-05T12:00:00.000000+00:00", "flags": 0, "pending": False, "avatar": None,
        "premium_since": None, "communication_disabled_until": None, "banner": None,
    }  # fmt: skip
    at = int(time.time() * 1000 - 1_420_070_400_000) << 22
    return {
        "id": str(at + number % 4096), "type": 0, "channel_id": str(2**50 + 500 + dice.randrange(CHANNELS)),
        "guild_id": str(GUILD), "author": _user(100 + dice.randrange(PEOPLE)), "member": member,
        "content": "",
        "timestamp": "2026-11-30T12:00:00.000000+00:00", "edited_timestamp": None, "tts": False, "flags": 0,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": False, "components": [], "nonce": str(number), "channel_type": 0,
    }  # fmt: skip


def _guild() -> dict[str, Any]:
    channels = [
        {"id": str(2**50 + 500 + number), "type": 0, "name": f"c{number}", "position": number, "topic": None,
         "permission_overwrites": [], "parent_id": None, "nsfw": False}
        for number in range(CHANNELS)
    ]  # fmt: skip
    return {
        "id": str(GUILD), "name": "Model US", "channels": channels, "roles": [], "members": [], "threads": [],
        "emojis": [], "features": [], "owner_id": "1", "member_count": PEOPLE, "voice_states": [],
        "presences": [], "stickers": [], "stage_instances": [], "guild_scheduled_events": [],
    }  # fmt: skip
