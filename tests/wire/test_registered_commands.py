"""What Discord knows of the bot's commands: each once, in one scope, and none lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.process import until
from tests.wire.world import World

NOWHERE = {"server": {"guild_id": None}}


def names(discord: World, server: str | None) -> set[str]:
    """Return the names that are registered in a server, or everywhere."""
    return {item["name"] for item in discord.server.commands.get(server, [])}


@pytest.mark.parametrize("first", ["everywhere", "server"])
async def test_no_command_is_there_twice(tmp_path: Path, first: str) -> None:
    """The setting is added or removed between two starts: the other scope is cleared."""
    async with World() as discord:
        home = discord.server.id
        settings = [NOWHERE, {}] if first == "everywhere" else [{}, NOWHERE]
        scopes = [None, home] if first == "everywhere" else [home, None]
        for own, scope, other in zip(settings, scopes, reversed(scopes), strict=True):
            async with discord.bot(tmp_path, own) as bot:
                await bot.well()
                await until(lambda other=other: not names(discord, other), "the other scope to be empty")
                assert "oncall" in names(discord, scope)
                assert (await discord.command("ping")).answered


async def test_a_start_without_changes_sends_nothing(tmp_path: Path) -> None:
    """What Discord knows already is only looked at."""
    async with World() as discord:
        for _ in range(2):
            async with discord.bot(tmp_path) as bot:
                await bot.well()
        assert sum(count for what, count in discord.rest.asked.items() if what.startswith("PUT")) == 1


@pytest.mark.parametrize("lost", ["all", "one", "changed", "forbidden"])
async def test_commands_that_vanished_are_registered_again(tmp_path: Path, lost: str) -> None:
    """Discord knows fewer or other commands than the record of the last start says."""
    async with World() as discord:
        async with discord.bot(tmp_path) as bot:
            await bot.well()
        known = discord.server.commands[discord.server.id]
        before = names(discord, discord.server.id)
        if lost == "all":
            known.clear()
        elif lost == "one":
            known.pop()
        elif lost == "changed":
            known[0]["description"] = "Something else"
        else:
            known[0]["default_member_permissions"] = "8"
        async with discord.bot(tmp_path) as bot:
            await bot.well()
        assert names(discord, discord.server.id) == before
        assert sum(count for what, count in discord.rest.asked.items() if what.startswith("PUT")) == 2
        known = discord.server.commands[discord.server.id]
        assert not any(item["description"] == "Something else" for item in known)


async def test_commands_sync(tmp_path: Path) -> None:
    """The operator's command registers them beside a running bot and says what it did."""
    async with World() as discord, discord.bot(tmp_path) as bot:
        await bot.well()
        discord.server.commands[discord.server.id].clear()
        discord.server.commands[None] = [{"name": "old", "type": 1, "description": "Of before", "id": "1"}]
        code, said = await bot.command_line("commands", "sync")
        assert code == 0, said
        assert "commands are registered" in said
        assert "everywhere" in said
        assert not names(discord, None)
        assert (await discord.command("ping")).answered

        bot.environment["DISCORD_TOKEN"] = "another-token"
        code, said = await bot.command_line("commands", "sync")
        assert (code, "did not accept the token" in said) == (6, True)
