"""Kills while people are answered, and while it stops, by any clock: nothing said is lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.daily_size import FULL
from tests.faults.shifting import COMPILER, ShiftedClock, built_clock
from tests.wire.process import BotProcess, until
from tests.wire.world import World

KILLS = 12 if FULL else 2
MANY = 40


async def killed_among_changes(
    discord: World, bot: BotProcess, answered: int, *, stopping: bool
) -> tuple[int, int]:
    """Kill the bot once so many have their answers; return how many had, and how many were cut off.

    Raises ``AssertionError`` if a change that was said to be saved is not there, or one is there twice.
    """
    asked = {}
    while sum("Role saved" in item.text for item in asked.values()) < answered and len(asked) < 2 * MANY:
        person = discord.server.add_person(f"person{len(asked)}")
        asked[person] = await discord.ask("member role", {"user": person, "role": "tester"})
        await asyncio.sleep(0.005)
    if stopping:
        assert bot.process is not None
        bot.process.send_signal(signal.SIGTERM)
        await until(lambda: bot.events("stop_requested") or not bot.running)
    bot.kill()
    discord.gateway.forget()
    said = {item for item, answer in asked.items() if "Role saved" in answer.text}
    bot.start()
    await bot.well()
    await discord.connected(bot)
    changes = dict(
        bot.rows(
            "SELECT record_id, count(*) FROM audit_logs WHERE table_name = 'users'"
            " AND json_extract(new_values, '$.role') = 'tester' GROUP BY record_id"
        )
    )
    assert said <= changes.keys()
    assert set(changes.values()) <= {1}
    testers = {str(row[0]) for row in bot.rows("SELECT discord_id FROM users WHERE role = 'tester'")}
    assert testers == changes.keys()
    return len(said), len(asked) - len(said)


@pytest.mark.parametrize("ahead", [0, 120, -120] if FULL else [0, -120])
async def test_nothing_said_is_lost_and_nothing_is_there_twice(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ahead: int
) -> None:
    """Whatever moment it is killed at, and whatever its clock says; afterwards everybody is answered."""
    environment = {}
    if ahead:
        if COMPILER is None:
            pytest.skip("there is no C compiler to build the clock with")
        clock = ShiftedClock(tmp_path / "ahead", built_clock(tmp_path_factory.mktemp("clock")))
        clock.set(ahead)
        environment = clock.environment
    async with World() as discord, discord.bot(tmp_path, environment=environment) as bot:
        discord.rest.latency = 0.05
        told = [
            await killed_among_changes(
                discord, bot, (number + 1) * MANY // (KILLS + 1), stopping=number % 2 == 1
            )
            for number in range(KILLS)
        ]
        assert (await discord.command("ping")).answered
        saved, cut_off = map(sum, zip(*told, strict=True))
        assert cut_off
        print(f"clock {ahead:+} s, {KILLS} kills: {saved} told, all saved, each once; {cut_off} cut off")
