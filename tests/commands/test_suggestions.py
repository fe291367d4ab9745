"""Autocomplete: every name the bot knows, for those it knows, narrowed by what is typed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from modelus_bot.ui.commands.needs import commands_of
from modelus_bot.ui.commands.suggestions import TIMEOUT
from tests.commands.acting import lift_discords_hint
from tests.conftest import BotEnv
from tests.tuning import Tuning

NOT_FOR_STRANGERS = {"day", "start", "end", "from", "to", "on", "topic", "table", "until", "zone", "prefix"}
"""Options whose suggestions name neither people nor plans."""


async def suggested(env: BotEnv, person: Any, command: str, option: str, typed: str = "") -> list[str]:
    """Return the labels that are suggested."""
    found = await person.autocomplete(env.channel, command, option, typed)
    return [choice["name"] for choice in found]


async def test_names_are_suggested_and_narrowed(rota_env: BotEnv) -> None:
    """Disciplines, sprints, people, requests, members, tables and topics are all suggested."""
    env = rota_env
    avery = env.staff("avery")
    assert await suggested(env, avery, "roster show", "discipline", "prod") == [
        "Producer (producer)",
        "Product owner (po)",
    ]
    assert (await suggested(env, env.manager, "sprint edit", "sprint", "sprint 3"))[0].startswith(
        "Sprint 3 •"
    )
    assert await suggested(env, env.manager, "roster remove", "member", "eli") == ["Eli Producer"]
    await env.staff("bo").slash(env.channel, "cover request", sprint="Sprint 2", discipline="account")
    assert await suggested(env, avery, "cover take", "request") == ["1: Bo Account, Account, Sprint 2"]
    assert await suggested(env, env.manager, "cover revoke", "request") == []
    assert await suggested(env, env.admin, "member deactivate", "member", "casey") == ["Casey Account"]
    assert await suggested(env, env.admin, "audit record", "table", "member") == ["members"]
    assert "/roster move" in await suggested(env, env.player, "help", "topic", "roster")


async def test_people_follow_the_discipline_chosen_so_far(rota_env: BotEnv) -> None:
    """With a discipline in the form only the people on its roster are suggested."""
    found = await rota_env.manager.autocomplete(
        rota_env.channel, "roster move", "member", "", discipline="producer"
    )
    assert [choice["name"] for choice in found] == ["Drew Producer", "Eli Producer", "Finn Producer"]


async def test_ones_own_turns_come_first(rota_env: BotEnv) -> None:
    """For a cover the sprints in which the member has a turn are suggested first."""
    labels = await suggested(rota_env, rota_env.staff("avery"), "cover request", "sprint")
    assert labels[0].startswith("Sprint 4 •")
    assert labels[0].endswith("(yours)")
    assert labels[1].startswith("Sprint 2 •")


async def test_a_day_is_understood_while_it_is_typed(rota_env: BotEnv) -> None:
    """What is typed is shown as the day it means, and days near today follow."""
    labels = await suggested(rota_env, rota_env.manager, "oncall on", "day", "2031-02-03")
    assert labels[0] == "Monday, February 3, 2031"
    assert len(labels) > 1


async def test_strangers_are_shown_no_names(rota_env: BotEnv) -> None:
    """Members the bot does not know get no suggestion that names people or plans."""
    env = rota_env
    await lift_discords_hint(env, env.player)
    for command in commands_of(env.bot.tree):
        for option in command.parameters:
            if not option.autocomplete or option.display_name in NOT_FOR_STRANGERS:
                continue
            if command.qualified_name.startswith(("audit", "backup", "dbhealth")):
                continue
            found = await suggested(env, env.player, command.qualified_name, option.display_name)
            assert found == [], f"{command.qualified_name} {option.display_name}"


async def test_a_slow_database_gives_no_suggestions(
    rota_env: BotEnv, tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database takes too long, nothing is suggested instead of an answer that comes too late."""
    env = rota_env

    async def forever(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    tuning(TIMEOUT.at(0.0))
    monkeypatch.setattr(env.db, "read", forever)
    assert await suggested(env, env.admin, "roster show", "discipline") == []
