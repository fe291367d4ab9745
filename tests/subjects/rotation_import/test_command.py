"""/sprint import: the other bot's files as attachments, previewed, confirmed, and idempotent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from modelus_bot.bundled import sample_dir
from tests.commands.acting import confirmed, dump, labels, rows, words_of
from tests.conftest import BotEnv

if TYPE_CHECKING:
    import simcord

OPTIONS = {
    "sprints": "sprints.json",
    "disciplines": "disciplines.json",
    "current_state": "currentState.json",
    "overrides": "overrides.json",
}


def attachments() -> dict[str, tuple[str, bytes]]:
    """Return the sample's files as the form takes them."""
    folder = sample_dir() / "rotation"
    return {option: (name, (folder / name).read_bytes()) for option, name in OPTIONS.items()}


async def test_a_dry_run_shows_everything_and_writes_nothing(bot_env: BotEnv) -> None:
    """What would be added, what is mended and who needs an account is said; no table changes."""
    env = bot_env
    before = dump(env)
    shown = await env.manager.slash(env.channel, "sprint import", **attachments(), dry_run=True)
    words = words_of(shown)
    assert "Only a preview" in words
    assert "• sprints: 9 added, 0 updated, 0 there already" in words
    assert "Mended or noteworthy" in words
    assert "`/member link`" in words
    assert labels(shown.response) == []
    assert shown.ephemeral
    assert dump(env) == before


async def test_an_import_is_confirmed_and_repeating_it_changes_nothing(bot_env: BotEnv) -> None:
    """The confirmed import is saved with its author; the second one finds everything there."""
    env = bot_env
    words = await confirmed(env, env.manager, "sprint import", "Import", **attachments())
    assert words.startswith("Imported")
    (count,) = rows(env, "SELECT count(*) FROM sprints")[0]
    assert count >= 8
    authors = "SELECT DISTINCT changed_by FROM audit_logs WHERE table_name = 'sprints'"
    assert rows(env, authors) == [(env.manager.id,)]
    before = dump(env)
    again = await env.manager.slash(env.channel, "sprint import", **attachments())
    assert "everything is there already" in words_of(again)
    assert labels(again.response) == []
    assert dump(env) == before


async def test_imported_people_can_be_found_by_name(bot_env: BotEnv) -> None:
    """Imported people are suggested where an account is linked, and stand on the rosters."""
    env = bot_env
    await confirmed(env, env.manager, "sprint import", "Import", **attachments())
    choices: list[dict[str, str]] = await env.admin.autocomplete(
        env.channel, "member link", "person", "aster"
    )
    assert [choice["name"] for choice in choices] == ["Aster Vale"]
    shown: simcord.InteractionResult = await env.manager.slash(env.channel, "roster show")
    assert "Aster Vale" in words_of(shown)


async def test_a_file_that_discord_does_not_hand_over(
    bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When an attachment cannot be fetched the sentence names the file and says to attach it again."""
    env = bot_env
    before = dump(env)

    async def broken(*_: Any, **__: Any) -> bytes:
        raise aiohttp.ClientPayloadError("cut off")

    monkeypatch.setattr(discord.Attachment, "read", broken)
    shown = await env.manager.slash(env.channel, "sprint import", sprints=("sprints.json", b"[]"))
    assert "Discord did not hand over sprints.json. Attach it again." in words_of(shown)
    assert dump(env) == before
