"""Looking, asking for help and picking from lists while another program holds the write lock."""

from __future__ import annotations

import pytest

from tests.commands.acting import dump, words_of
from tests.conftest import BotEnv
from tests.faults.test_lock import foreign_lock


@pytest.mark.fault
async def test_only_changes_need_the_lock(rota_env: BotEnv) -> None:
    """What only looks answers as ever, suggestions too; a change afterwards needs no restart."""
    env = rota_env
    before = dump(env)
    async with foreign_lock(env.settings.database.path):
        assert "ms to Discord" in words_of(await env.player.slash(env.channel, "ping"))
        assert "What it stores" in words_of(await env.player.slash(env.channel, "about"))
        assert "**On duty**" in words_of(await env.player.slash(env.channel, "help"))
        assert "Circuit breakers" in words_of(await env.admin.slash(env.channel, "dbhealth"))
        assert "Bo Account" in words_of(await env.staff("avery").slash(env.channel, "roster show"))
        found = await env.manager.autocomplete(
            env.channel, "roster remove", "member", "bo", discipline="account"
        )
        assert [item["name"] for item in found] == ["Bo Account"]
        assert dump(env) == before
    saved = await env.staff("bo").slash(env.channel, "oncall handoff", note="All is well")
    assert "Your note is saved" in words_of(saved)
