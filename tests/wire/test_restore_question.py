"""The question about a restore outlives the process that asked it, as every other button does."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.shifting import COMPILER, ShiftedClock, built_clock
from tests.wire.interactions import Interaction, labels
from tests.wire.process import BotProcess, until
from tests.wire.world import World

WAITING = "waiting for a second one"


class Asked:
    """A restore that one administrator asked for and another has to decide about."""

    def __init__(self, discord: World, bot: BotProcess, name: str, answer: Interaction) -> None:
        """Find the question, in the channel for alerts or in the second administrator's messages."""
        self.discord, self.bot, self.name, self.answer = discord, bot, name, answer
        self.second = discord.server.people["second"]
        channels = [discord.server.alerts, discord.server.direct.get(self.second, "")]
        found = [item for channel in channels for item in discord.in_channel(channel) if labels(item)]
        self.question = found[0]

    async def restart(self) -> None:
        """Kill the bot and start another."""
        self.bot.kill()
        self.discord.gateway.forget()
        self.bot.start()
        await self.bot.well()

    async def press(self, label: str, by: str | None = None, message: Any = None) -> Interaction:
        """Press a button of the question."""
        return await self.discord.press(
            message or self.question, label, by=by or self.second, channel=self.question["channel_id"]
        )

    @property
    def later(self) -> int:
        """How many have the role that was given after the copy."""
        return int(self.bot.rows("SELECT count(*) FROM users WHERE role = 'designer'")[0][0])


@asynccontextmanager
async def asked(folder: Path, *, alerts: bool = True) -> AsyncIterator[Asked]:
    """Ask for a restore on a server with two administrators, with or without a channel for alerts."""
    settings = {} if alerts else {"server": {"alert_channel_id": None}}
    async with World() as discord, discord.bot(folder, settings) as bot:
        await bot.well()
        second = discord.server.add_person("second")
        await discord.command("member role", {"user": second, "role": "admin"})
        made = await discord.command("backup create")
        name = made.text.split("`")[1]
        later = discord.server.add_person("later")
        await discord.command("member role", {"user": later, "role": "designer"})
        answer = await discord.command("backup restore", {"reason": "Too many people", "backup": name})
        await until(lambda: WAITING in answer.text, WAITING)
        yield Asked(discord, bot, name, answer)


@pytest.mark.parametrize("alerts", [True, False])
async def test_it_is_decided_after_a_restart(tmp_path: Path, alerts: bool) -> None:
    """By the second administrator alone; wherever it was told of, it is said what became of it."""
    async with asked(tmp_path, alerts=alerts) as one:
        discord, owner = one.discord, one.discord.server.owner
        await one.restart()
        own = await one.press("Restore", by=owner)
        assert "Another administrator has to decide" in own.text
        stranger = await one.press("Restore", by=discord.server.people["later"])
        assert "Only administrators" in stranger.text
        assert one.later == 1
        before = copy.deepcopy(one.question)
        done = await one.press("Restore")
        assert "The database was restored" in done.text
        assert one.later == 0
        assert labels(one.question) == {}
        told = discord.to(one.second)
        assert not any("look at the question" in text for text in told)
        assert sum("The database was restored" in text for text in discord.to(owner)) == 1
        again = await one.press("Restore", message=before)
        assert "The database was restored" in again.text
        assert len(one.bot.events("restore_decided")) == 1


async def test_it_is_cancelled_after_a_restart(tmp_path: Path) -> None:
    """Nothing is changed, the one who asked is told, later presses do nothing whatever process they reach."""
    async with asked(tmp_path) as one:
        await one.restart()
        before = copy.deepcopy(one.question)
        done = await one.press("Cancel")
        assert "second decided that the database stays as it is" in done.text.lower()
        assert any("stays as it is" in text for text in one.discord.to(one.discord.server.owner))
        await one.restart()
        again = await one.press("Restore", message=before)
        assert "decided already" in again.text
        assert one.later == 1


async def test_one_question_restores_once_also_after_it_was_undone(tmp_path: Path) -> None:
    """The copy that undoes a restore knows that its question was decided."""
    async with asked(tmp_path) as one:
        before = copy.deepcopy(one.question)
        await one.press("Restore")
        undo = next((tmp_path / "backups").glob("*pre_restore*.db")).name
        question = await one.discord.command(
            "backup restore", {"reason": "Undo", "backup": undo}, by=one.second
        )
        await until(lambda: WAITING in question.text, WAITING)
        undoing = one.discord.in_channel(one.discord.server.alerts)[-1]
        await one.discord.press(undoing, "Restore")
        assert one.later == 1
        await one.restart()
        again = await one.press("Restore", message=before)
        assert "decided already" in again.text
        assert one.later == 1


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler to build the clock with")
async def test_after_ten_minutes_nobody_decides_any_more(tmp_path: Path) -> None:
    """Also where another process asked: it is closed by the next press, everywhere, and told once."""
    async with asked(tmp_path) as one:
        clock = ShiftedClock(tmp_path / "ahead", built_clock(tmp_path))
        clock.set(700)
        one.bot.environment |= clock.environment
        await one.restart()
        before = copy.deepcopy(one.question)
        for message in (one.question, before):
            late = await one.press("Restore", message=message)
            assert "Nobody decided within ten minutes" in late.text
        assert labels(one.question) == {}
        owner = one.discord.server.owner
        assert sum("within ten minutes" in text for text in one.discord.to(owner)) == 1
        assert one.later == 1


async def test_a_copy_that_is_gone_after_a_restart_changes_nothing(tmp_path: Path) -> None:
    """Who decides reads what to do."""
    async with asked(tmp_path) as one:
        await one.restart()
        (tmp_path / "backups" / one.name).unlink()
        done = await one.press("Restore")
        assert "cannot be had again" in done.text
        assert one.later == 1
