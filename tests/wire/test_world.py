"""The stand-in itself: what a session over the wire looks like, and that faults and limits are seen."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.wire.community import make_community
from tests.wire.faults import Refused
from tests.wire.process import until
from tests.wire.world import World


async def test_a_day_over_the_wire(tmp_path: Path) -> None:
    """Commands, suggestions, questions with buttons and a clean end, each as the person sees it."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        alice = discord.server.add_person("alice")

        answer = await discord.command("member role", {"user": alice, "role": "developer"})
        assert "Role saved" in answer.text
        assert answer.callbacks == 1

        answer = await discord.command("roster add", {"discipline": "account", "user": alice})
        answer = await discord.press(answer.message, "Add")
        assert "Saved" in answer.text

        suggested = await discord.suggestions("roster add", "discipline", "acc")
        assert suggested[0]["value"].startswith("pick:discipline:account:")

        refused = await discord.command("member role", {"user": alice, "role": "director"}, by=alice)
        assert "Role saved" not in refused.text
        assert bot.rows("SELECT role FROM users WHERE discord_id = ?", int(alice)) == [("developer",)]
        assert await bot.stop(signal.SIGTERM) == 0


async def test_a_lost_answer_is_seen(tmp_path: Path) -> None:
    """A fault strikes the request it is meant for, and the person's view tells the difference."""
    async with World() as discord, discord.bot(tmp_path):
        fault = discord.faults.add(r"POST /interactions/", "hang", seconds=4, times=50)
        lost = await discord.command("ping")
        assert fault.hits
        discord.faults.clear()
        assert not lost.acknowledged
        assert "did not respond" in lost.text
        assert (await discord.command("ping")).answered


async def test_a_violation_fails_the_test() -> None:
    """A payload beyond Discord's limits is refused as Discord does and fails the test at its end."""
    async with World() as discord:
        with pytest.raises(Refused, match="Invalid Form Body"):
            discord.server.post(discord.server.general, {"content": "x" * 2001}, [])
        with pytest.raises(AssertionError, match="content of 2001"):
            discord.judge()
        discord.server.violations.clear()


async def test_connections_that_end(tmp_path: Path) -> None:
    """Whatever way Discord ends a connection, the bot resumes or begins anew and answers."""
    async with World(heartbeat=1.0) as discord, discord.bot(tmp_path):
        gateway = discord.gateway
        for end in (gateway.reconnect, gateway.invalidate, gateway.drop, gateway.forget):
            before = gateway.asked["IDENTIFY"] + gateway.asked["RESUME"]
            happened = end()
            if happened is not None:
                await happened
            await until(
                lambda before=before: (
                    gateway.asked["IDENTIFY"] + gateway.asked["RESUME"] > before and gateway.connected
                ),
                end.__name__,
                seconds=30,
            )
            assert (await discord.command("ping")).answered, end.__name__
        assert gateway.asked["HEARTBEAT"] > 0


async def test_a_staff_is_made_by_commands(tmp_path: Path) -> None:
    """The small community that other tests begin with is there, and outlives a killed process."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        assert "On duty now" in (await discord.command("oncall now", by=people.alice)).text
        bot.kill()
        discord.gateway.forget()
        bot.start()
        await discord.connected(bot)
        assert "Alice" in (await discord.command("roster show", {"discipline": "account"})).text
