"""The bot serves one server: administrators of another are nobody here."""

from __future__ import annotations

import discord

from modelus_bot.subjects.alerts.jobs.alerts import Alerts
from tests.commands.acting import words_of
from tests.conftest import BotEnv


async def test_another_servers_administrator_can_do_nothing(rota_env: BotEnv) -> None:
    """Commands in a strange server are refused, whatever permissions somebody has there."""
    env = rota_env
    stranger = env.simulation.create_user("stranger")
    elsewhere = env.simulation.create_guild("Elsewhere", owner=stranger)
    channel = elsewhere.create_text_channel("lobby")
    boss = elsewhere.create_role("Boss", permissions=discord.Permissions(administrator=True))
    person = elsewhere.add_member(env.simulation.create_user("boss"), roles=[boss])
    for command in ("dbhealth", "audit verify", "roster show"):
        answer = await person.slash(channel, command)
        assert "another server" in words_of(answer)
        assert answer.ephemeral


async def test_without_a_configured_server_several_count_as_none(rota_env: BotEnv) -> None:
    """An unconfigured bot in two servers trusts the administrators of neither."""
    env = rota_env
    server = env.settings.server.model_copy(update={"guild_id": None})
    env.bot.settings = env.settings.model_copy(update={"server": server})
    assert "Mode" in words_of(await env.admin.slash(env.channel, "dbhealth"))
    env.simulation.create_guild("Elsewhere", owner=env.simulation.create_user("stranger"))
    assert "another server" in words_of(await env.admin.slash(env.channel, "dbhealth"))


async def test_who_owns_a_strange_server_is_told_nothing(rota_env: BotEnv) -> None:
    """An unconfigured bot in two servers tells neither owner of its database."""
    env = rota_env
    server = env.settings.server.model_copy(update={"guild_id": None})
    env.bot.settings = env.settings.model_copy(update={"server": server})
    alerts = Alerts(env.bot)
    assert await alerts._administrators() == {env.world.owner.id}
    env.simulation.create_guild("Elsewhere", owner=env.simulation.create_user("stranger"))
    await env.admin.slash(env.channel, "ping")
    assert len(env.bot.guilds) == 2
    assert await alerts._administrators() == set()
