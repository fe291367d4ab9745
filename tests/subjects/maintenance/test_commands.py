"""Administrators check the database and keep it in shape."""

from __future__ import annotations

import time

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.maintenance.writes import BeginMaintenance
from tests.commands.acting import labels, words_of
from tests.conftest import BotEnv
from tests.database.maintenance.old_rows import DAY, FillRequests, FillTables
from tests.inside import connections


async def test_a_whole_database_is_said_to_be_whole(rota_env: BotEnv) -> None:
    """Structure, references, rules, trail and pages are named; nothing is changed."""
    before = rota_env.db.overview().write_count
    answer = words_of(await rota_env.admin.slash(rota_env.channel, "database check"))
    assert "The database is whole" in answer
    assert "audit trail is complete up to entry" in answer
    assert "pages hold what was saved" in answer
    assert rota_env.db.overview().write_count == before


async def test_broken_rules_are_named(rota_env: BotEnv) -> None:
    """A row that no command can have made is found and said."""
    await connections(rota_env.db).from_open_handle(
        lambda raw: raw.execute("UPDATE current_holders SET user_id = NULL, source = 'rotation'")
    )
    answer = words_of(await rota_env.admin.slash(rota_env.channel, "database check"))
    assert "Rules are broken" in answer
    assert "current_holders" in answer


async def test_maintenance_prunes_and_leaves_the_file_alone(bot_env: BotEnv) -> None:
    """What was done is told task by task; who asked is in the audit trail."""
    for days in (40, 1):
        await bot_env.db.write(FillTables(days=days), Context())
    answer = words_of(await bot_env.admin.slash(bot_env.channel, "database maintain"))
    assert "Maintenance done" in answer
    assert "**Read notices**: 1 removed, older than 30 days" in answer
    assert "**Rewriting the file**: not worth it" in answer
    trail = words_of(await bot_env.admin.slash(bot_env.channel, "audit member", user=bot_env.admin))
    assert "maintenance" in trail


async def test_rewriting_is_confirmed(bot_env: BotEnv) -> None:
    """The question says what is empty and how long changes wait; only then the file gets smaller."""
    await bot_env.db.write(FillRequests(count=4000, at=int(time.time()) - 30 * DAY), Context())
    before = (await bot_env.db.maintenance.facts()).bytes
    asked = await bot_env.admin.slash(bot_env.channel, "database maintain", vacuum=True)
    question = asked.response
    assert question is not None
    assert "Rewrite the file?" in words_of(asked)
    assert labels(question) == ["Rewrite the file", "Cancel"]
    assert (await bot_env.db.maintenance.facts()).bytes >= before
    await bot_env.admin.click(question, label="Rewrite the file")
    answer = words_of(asked)
    assert "Maintenance done" in answer
    assert "became" in answer
    assert (await bot_env.db.maintenance.facts()).bytes < before


async def test_nobody_else_may(bot_env: BotEnv) -> None:
    """Members and managers read that only administrators can."""
    people = (bot_env.player, bot_env.manager)
    command = next(item for item in await bot_env.bot.tree.fetch_commands() if item.name == "database")
    bot_env.guild.set_command_permissions(command.id, dict.fromkeys(people, True))
    for person in people:
        for name in ("database check", "database maintain"):
            assert "Only administrators" in words_of(await person.slash(bot_env.channel, name))
        with pytest.raises(NotAllowed):
            await bot_env.db.write(BeginMaintenance(run_key="mine"), Context(actor=person.id))


async def test_two_at_a_time_are_told_apart(bot_env: BotEnv) -> None:
    """While one is being done, the second is told what is going on."""
    bot_env.db.maintenance._step = "Statistics"
    answer = words_of(await bot_env.admin.slash(bot_env.channel, "database maintain"))
    bot_env.db.maintenance._step = ""
    assert "being done already (Statistics)" in answer
