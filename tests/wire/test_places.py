"""Configured channels and roles that cannot be used: told to who needs them and to who can mend it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.daily_size import FULL
from tests.waiting import scene_of
from tests.wire.community import make_community
from tests.wire.process import until
from tests.wire.server import SEND_MESSAGES
from tests.wire.world import World

WHY = {"deleted": "does not exist any more", "kind": "is no text channel", "closed": "is not open to the bot"}


async def spoil(discord: World, how: str) -> None:
    """Make the duty channel unusable before the bot starts."""
    server = discord.server
    if how == "deleted":
        server.channels.pop(server.duty)
    elif how == "kind":
        server.channels[server.duty]["type"] = 4
    else:
        server.deny(server.duty, SEND_MESSAGES)


USUAL = [("closed", True), ("deleted", False)]
SCENES = [*((how, True) for how in WHY), ("deleted", False)] if FULL else USUAL


@pytest.mark.parametrize(("how", "named"), SCENES)
async def test_the_duty_channel_cannot_be_used(tmp_path: Path, how: str, named: bool) -> None:
    """The reply of who asks for a cover says it, administrators hear it once, so does doctor.

    So it is where no server is ``named`` in the settings, and the bot serves the only one it is in.
    """
    async with World() as discord:
        server = discord.server
        await spoil(discord, how)
        settings = {} if named else {"server": {"guild_id": None}}
        async with discord.bot(tmp_path, settings) as bot:
            people = await make_community(discord)
            holder = people.alice
            await discord.command("oncall set", {"discipline": "account", "user": holder, "reason": "now"})
            asked = await discord.command("cover request", await the_sprint(discord, holder), by=holder)
            assert WHY[how] in asked.text, asked.text
            assert "Administrators are told" in asked.text
            await until(lambda: told(discord, WHY[how]), "the alert")
            assert r"server\.duty\_channel\_id" in discord.to(server.owner)[-1]
            code, said = await bot.command_line("doctor")
            assert (code, WHY[how] in said) == (1, True), said
            assert "server.duty_channel_id" in said
            assert await bot.stop() == 0
            bot.start()
            await bot.well()
            await scene_of(12)
        assert told(discord, WHY[how]) == 1


def told(discord: World, why: str) -> int:
    """Return how many direct messages told the owner."""
    return sum(why in item for item in discord.to(discord.server.owner))


async def the_sprint(discord: World, by: str) -> dict[str, str]:
    """Return the options of a request for cover of the running sprint."""
    found = await discord.suggestions("cover request", "sprint", "", by=by)
    return {"discipline": "account", "sprint": found[0]["value"]}


async def test_a_role_that_was_deleted(tmp_path: Path) -> None:
    """The reply of who passes the duty on says it, and administrators hear it with what to do."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        people = await make_community(discord)
        role = discord.server.oncall_role
        saved = await discord.command("oncall role", {"discipline": "account", "role": role})
        assert "follows" in saved.text
        await discord.delete_role(role)
        options = {"discipline": "account", "user": people.bob, "reason": str(datetime.now(UTC).date())}
        passed = await discord.command("oncall set", options)
        assert "On duty changed" in passed.text
        assert "does not exist any more" in passed.text
        await until(lambda: told(discord, "/oncall role"), "the alert", seconds=45)
        await until((tmp_path / "data" / "modelus.snapshot" / "manifest.json").exists)
        code, said = await bot.command_line("doctor")
        assert (code, "The role that follows Account" in said) == (1, True), said


async def test_doctor_without_discord(tmp_path: Path) -> None:
    """With all well doctor says so; a Discord that is away is a note, a wrong token is wrong."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        assert "server, channels and roles can be used" in (await bot.command_line("doctor"))[1]
        await discord.go_away()
        assert "Discord could not be asked" in (await bot.command_line("doctor"))[1]
        await discord.come_back()
        bot.environment["DISCORD_TOKEN"] = "another-token"
        code, said = await bot.command_line("doctor")
        assert (code, "does not accept the token" in said) == (1, True)
