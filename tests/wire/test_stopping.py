"""Stopping: whoever is being answered has an answer before the bot goes, and newcomers are told to wait."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests.wire.interactions import Interaction
from tests.wire.process import BotProcess, until
from tests.wire.world import World

MANY = 40


async def forty_changes(discord: World) -> list[Interaction]:
    """Let forty roles be given at once, without waiting for the answers."""
    people = [discord.server.add_person(f"person{number}") for number in range(MANY)]
    return [await discord.ask("member role", {"user": person, "role": "tester"}) for person in people]


@pytest.mark.parametrize("latency", [0.05, 0.8])
async def test_forty_changes_in_flight_are_all_answered(tmp_path: Path, latency: float) -> None:
    """A deploy in the middle of forty changes leaves nobody at “thinking…”, and is over in six seconds."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        discord.rest.latency = latency
        asked = await forty_changes(discord)
        await until(lambda: any(item.callbacks for item in asked), "the first of them")
        began = time.monotonic()
        assert await bot.stop(signal.SIGTERM) == 0
        took = time.monotonic() - began
        assert took < 6.0
        assert [item.text for item in asked if item.thinking] == []
        assert [item.text for item in asked if "Role saved" not in item.text] == []
        assert saved_testers(bot) == MANY
        print(f"latency {latency} s: {MANY} of {MANY} answered, 0 left thinking, over after {took:.1f} s")


def saved_testers(bot: BotProcess) -> int:
    """Return how many changes the database has."""
    return int(bot.rows("SELECT count(*) FROM users WHERE role = 'tester'")[0][0])


async def test_who_comes_while_it_stops_is_told_to_come_again(tmp_path: Path) -> None:
    """Commands, buttons and forms get one sentence meanwhile, and nothing is done."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        alice = discord.server.add_person("alice")
        question = await discord.command("roster add", {"discipline": "account", "user": alice})
        discord.rest.latency = 0.7
        asked = await forty_changes(discord)
        await until(lambda: all(item.acknowledged for item in asked), "all of them at work")
        ending = asyncio.create_task(bot.stop(signal.SIGTERM))
        await until(lambda: bot.events("stop_requested"), "the signal")
        command = await discord.ask("member role", {"user": alice, "role": "tester"})
        press = await discord.ask_press(question.message, "Add")
        assert await ending == 0
        for late in (command, press):
            assert "restarting" in late.text
            assert "in a minute" in late.text
        assert saved_testers(bot) == MANY
        assert bot.rows("SELECT count(*) FROM user_disciplines") == [(0,)]
        discord.rest.latency = 0.0
        bot.start()
        await discord.connected(bot)
        assert "Saved" in (await discord.press(question.message, "Add")).text


async def test_who_cannot_be_answered_holds_up_the_end_for_as_long_as_is_set(tmp_path: Path) -> None:
    """An answer that Discord never takes is given up after ``server.stop_patience``."""
    settings = {"server": {"stop_patience": 1.0}}
    async with World() as discord, discord.bot(tmp_path, settings) as bot:
        discord.faults.add(r"PATCH /webhooks/", "hang", seconds=30)
        await discord.ask("about")
        asked = await discord.ask("oncall mine")
        await until(lambda: asked.acknowledged, "the first answer")
        began = time.monotonic()
        assert await bot.stop(signal.SIGTERM) == 0
        assert 1.0 <= time.monotonic() - began < 4.0
        assert bot.events("answers_cut_off")
