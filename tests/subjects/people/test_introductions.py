"""Somebody the bot has never heard of acts, as a server's owner may first of all."""

from __future__ import annotations

from tests.commands.acting import lift_discords_hint, rows, words_of
from tests.conftest import BotEnv

NAMES = "SELECT username FROM users WHERE discord_id = ?"


async def test_an_administrator_whom_nobody_named_is_called_by_name(rota_env: BotEnv) -> None:
    """Approving by button notes the name, so that later cards and lists do not show a number."""
    env = rota_env
    assert rows(env, NAMES, env.admin.id) == []
    asked = await env.staff("bo").slash(
        env.channel, "cover request", sprint="Sprint 2", discipline="account", replacement="Avery Account"
    )
    await env.admin.click(asked.response, label="Approve")
    assert rows(env, NAMES, env.admin.id) == [("Ada (administrator)",)]
    await env.manager.slash(env.channel, "cover list", status="approved")
    assert f"Member {env.admin.id}" not in words_of(asked)


async def test_asking_for_somebody_else_notes_the_name(rota_env: BotEnv) -> None:
    """The same for whoever asks by command."""
    env = rota_env
    await env.admin.slash(
        env.channel, "cover request", sprint="Sprint 2", discipline="account", for_user="Bo Account"
    )
    assert rows(env, NAMES, env.admin.id) == [("Ada (administrator)",)]


async def test_known_names_are_left_alone(rota_env: BotEnv) -> None:
    """A name that was given by hand or by an import is not replaced by acting."""
    env = rota_env
    before = rows(env, NAMES, env.staff("bo").id)
    await env.staff("bo").slash(env.channel, "cover request", sprint="Sprint 2", discipline="account")
    assert rows(env, NAMES, env.staff("bo").id) == before
    entries = "SELECT count(*) FROM audit_logs WHERE table_name = 'users' AND changed_by = ?"
    assert rows(env, entries, env.staff("bo").id) == [(0,)]


async def test_a_refused_step_notes_nothing(rota_env: BotEnv) -> None:
    """Whoever may not act stays unknown."""
    env = rota_env
    await lift_discords_hint(env, env.player)
    refused = await env.player.slash(
        env.channel, "cover request", sprint="Sprint 2", discipline="account", for_user="Bo Account"
    )
    assert "Only staff and people on a roster" in words_of(refused)
    assert rows(env, NAMES, env.player.id) == []
