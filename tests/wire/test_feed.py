"""The feed over the wire: Discord refuses and fails, the bot is killed; each event is there once."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

from tests.wire.interactions import words
from tests.wire.process import BotProcess, until
from tests.wire.world import World

EVENTS, KILLS = 100, 3
POSTED = "SELECT count(*) FROM events WHERE fate = 'posted'"
PACKED = "SELECT count(*) FROM events WHERE packed_at IS NOT NULL"
NAMED = re.compile(r"(Nation \w+) was founded")


def told_of(discord: World, channel: str) -> Counter[str]:
    """Count how often each nation is told of in a channel."""
    return Counter(name for message in discord.in_channel(channel) for name in NAMED.findall(words(message)))


async def found(discord: World, first: int, last: int) -> None:
    """Found nations, as the owner does."""
    for number in range(first, last):
        options = {
            "name": f"Nation {chr(65 + number // 26)}{chr(65 + number % 26)}",
            "gdp": "1",
            "population": "1",
        }
        answer = await discord.command("nation-admin create", options)
        assert "founded" in answer.text, answer.text


async def kill_on_the_way(discord: World, bot: BotProcess, channel: str) -> None:
    """Kill the bot when its message is there and the answer was lost; Discord forgets nonces."""
    before = len(discord.in_channel(channel))
    discord.faults.add(rf"POST /channels/{channel}/messages", "drop", when="after", times=99)
    await until(lambda: len(discord.in_channel(channel)) > before, "a message in the channel", 120)
    assert bot.rows(PACKED) != [(0,)]
    bot.kill()
    discord.gateway.forget()
    discord.faults.clear()
    discord.server.nonces.clear()


async def test_each_event_is_posted_once(tmp_path: Path) -> None:
    """A hundred nations, refused, failed and dropped requests, and three kills between message and file."""
    dice = random.Random(4)
    async with World() as discord:
        channel = discord.server.add_channel("feed")
        settings = {"server": {"feed_channel_id": int(channel)}}
        async with discord.bot(tmp_path, settings) as bot:
            for number in range(KILLS):
                await found(discord, number * EVENTS // KILLS, (number + 1) * EVENTS // KILLS)
                await kill_on_the_way(discord, bot, channel)
                bot.start()
                await discord.connected(bot)
                for _ in range(6):
                    what, when = dice.choice(
                        [
                            (429, "before"),
                            (500, "before"),
                            (503, "after"),
                            ("drop", "before"),
                            ("drop", "after"),
                        ]
                    )
                    discord.faults.add(rf"(POST|GET) /channels/{channel}/messages", what, when=when)
            await until(lambda: bot.rows(POSTED) == [(EVENTS,)], "everything to be posted", 400)
            counted = told_of(discord, channel)
            assert len(counted) == EVENTS
            assert set(counted.values()) == {1}
            assert len(discord.in_channel(channel)) < EVENTS / 3
