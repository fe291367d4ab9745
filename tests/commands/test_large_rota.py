"""A rota as large as Discord's limits allow names to be: every answer still fits in one message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.covers.queries import covers
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint
from modelus_bot.ui.picks import picked
from tests.commands.acting import labels, words_of
from tests.conftest import BotEnv, first_sprint_day

PEOPLE = 25
LONGEST = "_*~" * 33
"""A name of 99 characters that all have to be escaped."""
REASON = "Because! " * 33


@pytest.fixture
async def large_env(bot_env: BotEnv) -> BotEnv:
    """Return five rosters of 25 people with the longest names, and 12 sprints with the longest names."""
    env = bot_env
    for discipline in DEFAULT_DISCIPLINES:
        for number in range(PEOPLE):
            person = 2**45 + number
            name = f"{LONGEST[:95]}{number}"
            await env.db.write(AddToRoster(member_id=person, name=name, discipline=discipline.key), Context())
    own = AddToRoster(member_id=env.staff("bo").id, name=LONGEST, discipline="po", position=1)
    await env.db.write(own, Context())
    first = first_sprint_day()
    for number in range(12):
        start = first + timedelta(days=14 * number)
        name = f"{LONGEST[:55]}{number}"
        await env.db.write(AddSprint(name=name, start=start, end=start + timedelta(days=14)), Context())
    return env


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("roster show", {}),
        ("roster show", {"discipline": "account"}),
        ("sprint current", {}),
        ("sprint list", {}),
        ("oncall now", {}),
        ("oncall on", {"day": "tomorrow"}),
        ("oncall mine", {}),
        ("oncall calendar", {"weeks": 26}),
        ("coverage", {}),
        ("coverage", {"view": "load"}),
        ("coverage", {"view": "gaps", "to": "in 40 weeks"}),
        ("help", {}),
        ("audit member", {"user": "manager"}),
    ],
)
async def test_what_is_shown_fits(large_env: BotEnv, command: str, options: dict[str, Any]) -> None:
    """Discord takes the answer; what does not fit is counted, not lost in silence."""
    people = {"user": large_env.manager} if "user" in options else {}
    shown = await large_env.admin.slash(large_env.channel, command, **(options | people))
    words = words_of(shown)
    assert "Discord is having trouble" not in words
    assert len(words) > 20
    if command == "roster show":
        assert "more" in words


async def test_a_change_that_moves_everybody_fits(large_env: BotEnv) -> None:
    """The preview of a move at the top and what was saved fit, too, with everybody's new turns."""
    env = large_env
    asked = await env.manager.slash(
        env.channel, "roster move", discipline="account", member=picked("member", 2**45 + 24), position=1
    )
    assert "Who moves" in words_of(asked)
    await env.manager.click(asked.response, label="Move")
    assert "Saved" in words_of(asked)
    assert labels(asked.response) == []


async def test_a_request_with_the_longest_words_fits(large_env: BotEnv) -> None:
    """Names and reason at their limits: the card and its buttons are shown, and the list too."""
    env = large_env
    asked = await env.manager.slash(
        env.channel,
        "cover request",
        sprint=f"{LONGEST[:55]}1",
        discipline="account",
        replacement=picked("member", 2**45 + 20),
        for_user=picked("member", 2**45 + 1),
        reason=REASON,
    )
    assert "Cover request 1" in words_of(asked)
    assert labels(asked.response)
    assert len(await env.db.read(covers)) == 1
    assert "**1**" in words_of(await env.manager.slash(env.channel, "cover list"))


async def test_suggestions_fit(large_env: BotEnv) -> None:
    """At most 25 suggestions, each within Discord's 100 characters."""
    env = large_env
    for command, option in (
        ("roster remove", "member"),
        ("sprint edit", "sprint"),
        ("cover request", "sprint"),
        ("member deactivate", "member"),
        ("help", "topic"),
    ):
        found = await env.admin.autocomplete(env.channel, command, option, "")
        assert 1 <= len(found) <= 25, command
        assert all(1 <= len(item["name"]) <= 100 for item in found), command
