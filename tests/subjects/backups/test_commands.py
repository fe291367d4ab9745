"""Administrators make copies, look at what going back would change, and go back together."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.backups.cards import unavailable_words
from modelus_bot.subjects.members.writes.members import SetRole
from tests.commands.acting import card_words, labels, words_of
from tests.conftest import BotEnv


async def backup_name(env: BotEnv) -> str:
    """Make a backup by the command and return its name."""
    answer = await env.admin.slash(env.channel, "backup create")
    assert "Backup made and verified" in words_of(answer)
    assert env.db.protection is not None
    newest = env.db.protection.backups.newest_verified()
    assert newest is not None
    return newest.name


async def test_a_copy_is_made_listed_and_checked_again(bot_env: BotEnv) -> None:
    """The list shows the copy; checking it says how many rows it has."""
    env = bot_env
    assert "None yet" in words_of(await env.admin.slash(env.channel, "backup list"))
    name = await backup_name(env)
    listed = words_of(await env.admin.slash(env.channel, "backup list"))
    assert name in listed
    assert "verified" in listed
    checked = words_of(await env.admin.slash(env.channel, "backup verify", backup=name))
    assert "The backup is whole" in checked


async def test_a_damaged_copy_is_said_to_be_damaged(bot_env: BotEnv) -> None:
    """The sentence of a failed backup is read, and the copy no longer counts."""
    env = bot_env
    name = await backup_name(env)
    copy = env.settings.database.path.parent / "backups" / name
    copy.write_bytes(copy.read_bytes()[:-1] + b"!")
    answer = words_of(await env.admin.slash(env.channel, "backup verify", backup=name))
    assert "The backup is not whole" in answer
    assert "not verified" in words_of(await env.admin.slash(env.channel, "backup list"))


async def test_a_copy_without_its_manifest_is_listed_and_can_be_checked(bot_env: BotEnv) -> None:
    """It is there and does not count, which is not the same as no backup; checking it lets it count."""
    env = bot_env
    name = await backup_name(env)
    (env.settings.database.path.parent / "backups" / f"{name}.json").unlink()
    listed = words_of(await env.admin.slash(env.channel, "backup list"))
    assert f"`{name}` **is not used**: {name}.json, which says what it holds, is missing" in listed
    assert "None yet" not in listed
    checked = words_of(await env.admin.slash(env.channel, "backup verify", backup=name))
    assert "The backup is whole" in checked
    assert "is not used" not in words_of(await env.admin.slash(env.channel, "backup list"))


async def test_the_preview_counts_rows_and_changes_nothing(rota_env: BotEnv) -> None:
    """What was written after the copy would be gone; nothing is."""
    env = rota_env
    name = await backup_name(env)
    await env.db.write(SetRole(discord_id=77, username="Later", role="tester"), Context())
    shown = words_of(await env.admin.slash(env.channel, "backup preview", backup=name))
    assert "**members**: 1 would be gone\n" in f"{shown}\n"
    assert "Later" in words_of(await env.admin.slash(env.channel, "audit record", table="users", record="77"))
    assert "**audit entries**: 2 would be gone\n" in f"{shown}\n"
    assert " 0 would" not in shown


async def asked_of_two(env: BotEnv, reason: str) -> tuple[Any, str]:
    """Let one administrator ask for a restore where there is a second one; return the answer, too."""
    second = env.manager
    await env.db.write(SetRole(discord_id=second.id, username="Second", role="admin"), Context())
    name = await backup_name(env)
    await env.db.write(SetRole(discord_id=77, username="Later", role="tester"), Context())
    before = len(env.channel.history())
    asked = await env.admin.slash(env.channel, "backup restore", backup=name, reason=reason)
    assert len(env.channel.history()) == before, "everybody reads of it"
    assert labels(asked.followups[-1]) == []
    return asked, name


async def later_is_there(env: BotEnv) -> bool:
    """Say whether the member who joined after the copy is known."""
    return "Later" in words_of(await env.admin.slash(env.channel, "audit record", table="users", record="77"))


async def test_another_administrator_decides_by_direct_message(rota_env: BotEnv) -> None:
    """Without a channel for alerts each other administrator is asked; everybody hears what was decided."""
    env = rota_env
    asked, _ = await asked_of_two(env, "Too many people")
    assert "asked by direct message" in words_of(asked)
    others = (env.manager.user, env.world.owner.user)
    question, copy = (other.dm_channel.history()[-1] for other in others)
    assert "Too many people" in card_words(question)
    assert labels(question) == labels(copy) == ["Restore", "Cancel"]
    await env.manager.user.click(question, label="Restore")
    assert not await later_is_there(env)
    for message in (asked.followups[-1], *(other.dm_channel.history()[-1] for other in others)):
        assert "The database was restored" in card_words(message)
        assert labels(message) == []
    listed = words_of(await env.admin.slash(env.channel, "backup list"))
    assert "pre_restore" in listed


async def test_who_manages_the_server_decides_by_direct_message_too(rota_env: BotEnv) -> None:
    """Discord does not say in direct messages who the owner is; who lost the right is refused."""
    env = rota_env
    asked, _ = await asked_of_two(env, "Too many people")
    await env.db.write(SetRole(discord_id=env.manager.id, username="Second", role="tester"), Context())
    refused = await env.manager.user.click(env.manager.user.dm_channel.history()[-1], label="Restore")
    assert "Only administrators" in words_of(refused)
    owner = env.world.owner.user
    await owner.click(owner.dm_channel.history()[-1], label="Restore")
    assert "The database was restored" in words_of(asked)


async def test_the_question_is_asked_where_administrators_read(rota_env: BotEnv) -> None:
    """With a channel for alerts it stands there; whoever asked cannot decide, and neither can others."""
    env = rota_env
    server = env.settings.server.model_copy(update={"alert_channel_id": env.staff_channel.id})
    env.bot.settings = env.settings.model_copy(update={"server": server})
    asked, _ = await asked_of_two(env, "Too many people")
    question = env.staff_channel.last_message
    assert labels(question) == ["Restore", "Cancel"]
    told = env.manager.user.dm_channel.history()[-1]
    assert f"/{env.guild.id}/{env.staff_channel.id}/{question.id})" in card_words(told)
    assert labels(told) == []
    own = await env.admin.click(question, label="Restore")
    assert "Another administrator has to decide" in words_of(own)
    stranger = await env.staff("bo").click(question, label="Restore")
    assert "Only administrators" in words_of(stranger)
    assert await later_is_there(env)
    await env.manager.click(question, label="Restore")
    assert not await later_is_there(env)
    assert "The database was restored" in words_of(asked)


async def test_a_cancelled_restore_changes_nothing(rota_env: BotEnv) -> None:
    """Cancel closes the question wherever it is; the one who asked hears who decided."""
    env = rota_env
    asked, _ = await asked_of_two(env, "Perhaps")
    await env.manager.user.click(env.manager.user.dm_channel.history()[-1], label="Cancel")
    assert "Petra (project manager) decided" in words_of(asked)
    assert labels(env.world.owner.user.dm_channel.history()[-1]) == []
    assert await later_is_there(env)


async def test_a_question_that_reaches_nobody_is_no_question(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no direct message arrives and there is no channel, the one who asks reads what to do."""
    env = rota_env

    async def closed(*_: object, **__: object) -> None:
        raise discord.Forbidden(SimpleNamespace(status=403, reason="Forbidden"), "closed")  # type: ignore[arg-type]

    monkeypatch.setattr(discord.DMChannel, "send", closed)
    asked, _ = await asked_of_two(env, "Perhaps")
    assert "Nobody could be asked" in words_of(asked)


async def test_a_drill_restores_the_newest_copy(bot_env: BotEnv, tmp_path: Path) -> None:
    """Without anything to rehearse it says so; with a copy it says how long restoring took."""
    env = bot_env
    assert "Nothing to rehearse" in words_of(await env.admin.slash(env.channel, "backup drill"))
    await backup_name(env)
    assert "✅" in words_of(await env.admin.slash(env.channel, "backup drill"))
    assert "Last drill" in words_of(await env.admin.slash(env.channel, "backup list"))
    health = words_of(await env.admin.slash(env.channel, "dbhealth"))
    assert "Newest backup" in health
    assert "Last drill" in health
    assert not list(tmp_path.glob("*drill.partial"))


@pytest.mark.parametrize("options", [{}, {"backup": "x", "at": "1 hour ago"}])
async def test_exactly_one_state_is_named(bot_env: BotEnv, options: dict[str, str]) -> None:
    """Neither or both of backup and moment is refused in a sentence."""
    answer = await bot_env.admin.slash(bot_env.channel, "backup preview", **options)
    assert "Name either a backup or a moment" in words_of(answer)


def test_moments_that_are_not_in_the_archive() -> None:
    """Whoever asks for one reads since when there are any, rounded to a second that can be restored."""
    assert "holds nothing yet" in unavailable_words(None, None)
    assert "from <t:101:F> to <t:200:F>" in unavailable_words(100.2, 200.9)
