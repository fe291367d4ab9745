"""Administrators make copies, look at what going back would change, and go back together."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelus_bot.database.context import Context
from modelus_bot.domain.members import SetRole
from tests.cogs.acting import labels, words_of
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


async def test_another_administrator_decides_about_a_restore(rota_env: BotEnv) -> None:
    """Whoever asked cannot decide where there is somebody else; the state of the copy comes back."""
    env = rota_env
    second = env.manager
    await env.db.write(SetRole(discord_id=second.id, username="Second", role="admin"), Context())
    name = await backup_name(env)
    await env.db.write(SetRole(discord_id=77, username="Later", role="tester"), Context())
    asked = await env.admin.slash(env.channel, "backup restore", backup=name, reason="Too many people")
    question = asked.followups[-1]
    assert question is not None
    assert labels(question) == ["Restore", "Cancel"]
    own = await env.admin.click(question, label="Restore")
    assert "Another administrator has to decide" in words_of(own)
    stranger = await env.player.click(question, label="Restore")
    assert "Only administrators" in words_of(stranger)
    await second.click(question, label="Restore")
    assert "No entries" in words_of(
        await env.admin.slash(env.channel, "audit record", table="users", record="77")
    )
    listed = words_of(await env.admin.slash(env.channel, "backup list"))
    assert "pre_restore" in listed


async def test_a_cancelled_restore_changes_nothing(rota_env: BotEnv) -> None:
    """Cancel closes the question."""
    env = rota_env
    name = await backup_name(env)
    await env.db.write(SetRole(discord_id=77, username="Later", role="tester"), Context())
    asked = await env.admin.slash(env.channel, "backup restore", backup=name, reason="Perhaps")
    await env.admin.click(asked.followups[-1], label="Cancel")
    assert "Later" in words_of(await env.admin.slash(env.channel, "audit record", table="users", record="77"))


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
