"""/audit as administrators use it, in one server."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
import pytest_asyncio

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.laws.writes.making import AddLaw
from modelus_bot.subjects.members.writes.members import SetRole
from tests.commands.acting import dump, labels, lift_discords_hint, words_of
from tests.conftest import BotEnv, open_bot
from tests.subjects.laws.law_cases import legislate

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotEnv]:
    """Return a server in which Utah has a public law and a private one, and avery is an administrator."""
    async with open_bot(tmp_path_factory.mktemp("audit")) as env:
        await legislate(env)
        author = Context(actor=env.manager.id)
        for number in range(8):
            write = AddLaw(name=f"Spies {number}", body="Secret.", username="Max", is_public=False)
            await env.db.write(write, author)
        await _become(env, "admin")
        await lift_discords_hint(env, env.player, env.manager, env.staff("avery"))
        yield env


async def _become(env: BotEnv, role: Any) -> None:
    write = SetRole(discord_id=env.staff("avery").id, username="Avery Account", role=role)
    await env.db.write(write, Context(actor=env.admin.id, discord_admin=True))


async def said(env: BotEnv, who: Any, command: str, **options: Any) -> str:
    """Return what a command answers."""
    return words_of(await who.slash(env.channel, command, **options))


async def test_all_of_a_nation_for_administrators_alone(world: BotEnv) -> None:
    """Paged, in words, and for nobody else to see; a private law is there, since they may read it."""
    env, before = world, dump(world)
    shown = await env.admin.slash(env.channel, "audit nation", nation="utah")
    assert shown.response.ephemeral
    first = words_of(shown)
    assert "Changes of Utah" in first
    assert "Max changed **law 9 (Spies 7)**: status: draft → enacted" in first
    assert labels(shown.response) == ["More"]
    second = await env.admin.click(shown.response, label="More")
    assert "added **nation 1 (Utah)**: name: Utah" in words_of(second)
    assert labels(second.response) == ["Back"]
    assert "Spies" in first
    for who in (env.player, env.manager):
        refused = await said(env, who, "audit nation", nation="Utah")
        assert "Spies" not in refused
        assert "Only administrators" in refused
    assert dump(env) == before


async def test_a_page_turned_by_somebody_who_is_no_administrator_any_more(world: BotEnv) -> None:
    """The buttons ask again."""
    env, avery = world, world.staff("avery")
    shown = await avery.slash(env.channel, "audit nation", nation="Utah")
    assert labels(shown.response) == ["More"]
    await _become(env, "developer")
    turned = await avery.click(shown.response, label="More")
    assert "Only administrators" in words_of(turned)
    await _become(env, "admin")


async def test_records_are_suggested_with_their_names(world: BotEnv) -> None:
    """Of the table that was chosen, to administrators only; what is picked is the id itself."""
    env = world
    picked = {"table": "nations"}
    found = await env.admin.autocomplete(env.channel, "audit record", "record", "", **picked)
    assert [(choice["name"], choice["value"]) for choice in found] == [("1 • Utah", "1")]
    laws = await env.admin.autocomplete(env.channel, "audit record", "record", "2", table="laws")
    assert [choice["name"] for choice in laws] == ["2 • Spies 0"]
    assert await env.admin.autocomplete(env.channel, "audit record", "record", "", table="secrets") == []
    for who in (env.player, env.manager):
        assert await who.autocomplete(env.channel, "audit record", "record", "", table="laws") == []
    read = await said(env, env.admin, "audit record", table="laws", record=laws[0]["value"])
    assert "added **law 2 (Spies 0)**: name: Spies 0, whether it is public: no" in read
    assert "No entries" in await said(env, env.admin, "audit record", table="laws", record="99")


async def test_what_a_member_changed(world: BotEnv) -> None:
    """In the same words."""
    env = world
    text = await said(env, env.admin, "audit member", user=env.manager)
    assert "Changes by one member" in text
    assert "time it came into force: none →" in text


async def test_the_first_broken_link_is_named(world: BotEnv) -> None:
    """Whole at first; then by the number of the entry that somebody changed."""
    env = world
    assert "The log is whole" in await said(env, env.admin, "audit verify")
    trigger = "SELECT sql FROM sqlite_master WHERE name = 'audit_no_update'"
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        ((made,),) = connection.execute(trigger).fetchall()
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit_logs SET reason = 'x' WHERE id = 7")
        connection.execute(made)
    assert "entry 7 was altered" in await said(env, env.admin, "audit verify")
