"""Messages as Discord tells of them: a kill loses the last interval at most, a stop nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from modelus_bot.subjects.activity.jobs import FLUSH_AT, FLUSH_EVERY
from tests.wire.process import BotProcess
from tests.wire.server import snowflake
from tests.wire.world import World

LOOKED = 3.0
"""Seconds between two looks of the job, and what a slow machine needs on top."""
TOTAL = "SELECT coalesce(sum(messages), 0) FROM activity"
INTENTS = 1 | 1 << 9
"""Guilds, and messages in them."""


async def written(discord: World, rate: float, seconds: float) -> int:
    """Let people write so often for so long; return how many messages it were."""
    loop = asyncio.get_running_loop()
    people = [discord.server.members[discord.server.owner]["user"]] + [
        discord.server.members[discord.server.add_person(f"p{loop.time()}{number}")]["user"]
        for number in range(3)
    ]
    begun, count = loop.time(), 0
    while loop.time() < begun + seconds:
        event = {
            "id": snowflake(), "type": 0, "guild_id": discord.server.id, "channel_id": discord.server.general,
            "author": people[count % len(people)], "member": {"nick": None}, "content": "",
        }  # fmt: skip
        await discord.gateway.emit("MESSAGE_CREATE", event)
        count += 1
        await asyncio.sleep(max(0.0, begun + count / rate - loop.time()))
    return count


async def after_a_kill(discord: World, bot: BotProcess) -> int:
    """Kill the bot, start it again, and return how many messages are counted then."""
    bot.kill()
    discord.gateway.forget()
    bot.start()
    await bot.well()
    await discord.connected(bot)
    return int(bot.rows(TOTAL)[0][0])


async def test_a_kill_loses_the_last_interval_at_most(tmp_path: Path) -> None:
    """Whether many or few write; what was counted stays counted once, and a stop saves all."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        assert discord.gateway.identified["intents"] == INTENTS
        there = 0
        for rate, seconds in ((200.0, 9.4), (40.0, 13.0), (1.0, FLUSH_EVERY.value * 1.4)):
            sent = await written(discord, rate, seconds)
            before, there = there, await after_a_kill(discord, bot)
            lost = sent - (there - before)
            print(f"{rate:g} a second for {seconds:g} s: {sent} written, {lost} lost by the kill")
            assert 0 <= lost <= min(FLUSH_AT + rate * LOOKED, rate * (FLUSH_EVERY.value + LOOKED))
            assert lost < sent
        sent = await written(discord, 100.0, 1.5)
        assert (await discord.command("ping")).answered, "what was written before has come, too"
        assert await bot.stop() == 0
        assert int(bot.rows(TOTAL)[0][0]) == there + sent
