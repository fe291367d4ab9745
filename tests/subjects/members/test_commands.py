"""Members, the audit log, help and the database's health through the commands that people type."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from modelus_bot.database.core.context import Context
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.rotation_import.model.data import PersonData, RotationData
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation
from modelus_bot.ui.commands.needs import commands_of
from modelus_bot.ui.picks import picked
from tests.commands.acting import card_words, chosen, confirmed, labels, offered, rows, words_of
from tests.conftest import BotEnv

IMPORTED = 4711
"""The placeholder of a person imported without a Discord account."""


async def test_roles_are_given_and_taken_away(rota_env: BotEnv) -> None:
    """/member role shows before and after, and “none” takes the role away."""
    env = rota_env
    words = words_of(await env.admin.slash(env.channel, "member role", user=env.player, role="tester"))
    assert "Paula (player): none → **tester**" in words
    words = words_of(await env.admin.slash(env.channel, "member role", user=env.player, role="none"))
    assert "tester → **none**" in words
    assert rows(env, "SELECT role FROM users WHERE discord_id = ?", env.player.id) == [(None,)]


async def test_members_are_shown_to_staff_and_to_themselves(rota_env: BotEnv) -> None:
    """/member show tells role, rosters and covers, privately; without a name it is one's own."""
    env = rota_env
    shown = await env.staff("avery").slash(env.channel, "member show", user=env.staff("bo"))
    assert "**Role:** developer" in words_of(shown)
    assert "**Rosters:** Account" in words_of(shown)
    assert shown.ephemeral
    assert "Avery Account" in words_of(await env.staff("avery").slash(env.channel, "member show"))
    for options in ({}, {"user": env.player}):
        nothing = words_of(await env.player.slash(env.channel, "member show", **options))
        assert "Nothing is stored about you yet" in nothing
        assert "That did not work" not in nothing


async def test_a_member_is_deactivated_and_brought_back(rota_env: BotEnv) -> None:
    """/member deactivate shows whose turns move and asks; reactivate brings the member back in place."""
    env = rota_env
    words = await confirmed(
        env, env.admin, "member deactivate", "Deactivate", member="Bo Account", reason="Left us"
    )
    assert "Bo Account is deactivated" in words
    assert "active → **not active**" in words
    assert "Sprint 2, Account: Bo Account →" in words
    choices = await env.admin.autocomplete(env.channel, "member reactivate", "member", "")
    assert choices == [{"name": "Bo Account", "value": picked("member", env.staff("bo").id)}]
    words = await confirmed(env, env.admin, "member reactivate", "Reactivate", member="Bo Account")
    assert "Bo Account is active" in words
    again = await env.admin.slash(env.channel, "member reactivate", member="Bo Account")
    assert "active already" in words_of(again)
    assert labels(again.response) == []


async def test_an_imported_person_gets_an_account(rota_env: BotEnv) -> None:
    """/member link asks first, and then everything the imported person held is the member's."""
    env = rota_env
    person = PersonData(slack_id="U1", id=IMPORTED, placeholder=IMPORTED, name="Quinn Imported")
    await env.db.write(ImportRotation(data=RotationData(people=(person,))), Context())
    choices = await env.admin.autocomplete(env.channel, "member link", "person", "quinn")
    assert choices == [{"name": "Quinn Imported", "value": picked("member", IMPORTED)}]
    words = await confirmed(
        env, env.admin, "member link", "Link", person=picked("member", IMPORTED), user=env.leader
    )
    assert "Quinn Imported → **Lenny (leader)**" in words
    assert rows(env, "SELECT count(*) FROM users WHERE discord_id = ?", IMPORTED) == [(0,)]


async def test_the_audit_log_is_read_and_verified(rota_env: BotEnv) -> None:
    """/audit record and member list entries with before and after; verify names the first broken link."""
    env = rota_env
    await env.admin.slash(env.channel, "member role", user=env.player, role="tester")
    record = words_of(
        await env.admin.slash(env.channel, "audit record", table="users", record=str(env.player.id))
    )
    assert "role: none → tester" in record
    assert f"<@{env.admin.id}>" in record
    member = words_of(await env.admin.slash(env.channel, "audit member", user=env.admin))
    assert f"changed **member {env.player.id}" in member
    assert "The log is whole" in words_of(await env.admin.slash(env.channel, "audit verify"))

    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit_logs SET reason = 'forged' WHERE id = 3")
    broken = words_of(await env.admin.slash(env.channel, "audit verify"))
    assert "The log is damaged" in broken
    assert "3" in broken


async def subject(env: BotEnv, who: Any, label: str) -> str:
    """Ask for help, choose a subject, and return what is shown; empty where the subject is not offered."""
    asked = await who.slash(env.channel, "help")
    key = offered(asked.response).get(label)
    if key is None:
        return ""
    await who.select(asked.response, [key])
    return card_words(asked.response)


async def test_help_lists_what_this_member_may_do(rota_env: BotEnv) -> None:
    """/help shows players little, staff more, managers and administrators everything of theirs."""
    env = rota_env
    assert "`/oncall mine`" in await subject(env, env.player, "On duty")
    assert await subject(env, env.player, "Rosters") == ""
    staff = await subject(env, env.staff("avery"), "Rosters")
    assert "`/roster show`" in staff
    assert "`/roster add`" not in staff
    assert "`/roster add`" in await subject(env, env.manager, "Rosters")
    assert await subject(env, env.manager, "History") == ""
    assert "`/audit verify`" in await subject(env, env.admin, "History")


async def test_help_is_no_wall(rota_env: BotEnv) -> None:
    """Every command has one subject and is on a page of at most twelve lines, also after a restart."""
    env = rota_env
    commands = commands_of(env.bot.tree)
    asked = await env.admin.slash(env.channel, "help")
    assert words_of(asked).count("\n") <= len(DECLARED.topics) + 3
    await env.restart()
    seen = ""
    for topic in DECLARED.topics:
        await env.admin.select(asked.response, [offered(asked.response)[topic.name]])
        assert chosen(asked.response) == [topic.key]
        page = card_words(asked.response)
        while True:
            assert 1 < len(page.splitlines()) <= 13, topic.name
            seen += page
            if "More" not in labels(asked.response):
                break
            await env.admin.click(asked.response, label="More")
            assert chosen(asked.response) == [topic.key]
            page = card_words(asked.response)
    assert all(seen.count(f"`/{command.qualified_name}`") == 1 for command in commands)


async def test_help_explains_a_command_and_a_group(rota_env: BotEnv) -> None:
    """/help topic explains a command's options, or all commands of a group; suggestions name them."""
    env = rota_env
    one = words_of(await env.player.slash(env.channel, "help", topic="/cover request"))
    assert "`replacement` (optional)" in one
    group = words_of(await env.player.slash(env.channel, "help", topic="sprint"))
    assert "**/sprint archive**" in group
    assert "project managers" in group
    choices = await env.player.autocomplete(env.channel, "help", "topic", "cover t")
    assert choices == [{"name": "/cover take", "value": "cover take"}]


async def test_ping_about_and_health(rota_env: BotEnv) -> None:
    """/ping and /about answer everybody; /dbhealth shows administrators the numbers."""
    env = rota_env
    assert "The database is working." in words_of(await env.player.slash(env.channel, "ping"))
    about = words_of(await env.player.slash(env.channel, "about"))
    assert "What it stores" in about
    assert "does not read messages" in about
    health = await env.admin.slash(env.channel, "dbhealth")
    words = words_of(health)
    assert "Mode **normal**" in words
    assert "p95" in words
    assert "SQLite" in words
    assert health.ephemeral
