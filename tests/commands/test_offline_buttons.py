"""Buttons and forms while the database is away: every press has its answer, with the line once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.subjects.sprints.writes import AddSprint
from tests.commands.acting import labels, words_of
from tests.commands.away import (
    SIGN,
    bring_back,
    caught_up,
    going_on,
    notice_absence,
    notice_return,
    take_away,
)
from tests.conftest import BotEnv, first_sprint_day
from tests.faults.test_lock import foreign_lock

if TYPE_CHECKING:
    import simcord


@pytest.fixture
async def serving(rota_env: BotEnv) -> AsyncIterator[BotEnv]:
    """Return the bot with a database that can be taken away, and more sprints than fit on a page."""
    env = rota_env
    async with going_on(env) as db:
        for number in range(8):
            first = first_sprint_day() + timedelta(days=70 + 14 * number)
            write = AddSprint(name=f"Later {number}", start=first, end=first + timedelta(days=14))
            await db.write(write, Context())
        yield env


async def lose(env: BotEnv) -> None:
    """Take the database away once the snapshot has everything."""
    await caught_up(env.db)
    take_away(env.settings.database.path)
    await notice_absence(env.db)


def said_once(result: simcord.InteractionResult) -> bool:
    """Say whether what a press brought has the line exactly once in its last message."""
    messages = [item for item in (result.response, *result.followups) if item is not None]
    return words_of(result).count(SIGN) == len(messages) > 0


async def test_buttons_of_a_cover_are_refused_at_once(serving: BotEnv) -> None:
    """Every step, the form for declining included, is refused with a sentence; the message stays as it is."""
    env = serving
    asked = await env.staff("bo").slash(env.channel, "cover request", sprint="Sprint 2", discipline="account")
    shown = words_of(asked)
    await lose(env)
    for who, label in ((env.staff("avery"), "Take"), (env.staff("bo"), "Withdraw")):
        pressed = await who.click(asked.response, label=label)
        told = pressed.followups[-1]
        assert "Not done" in (told.embeds[0].title or "")
        assert (told.embeds[0].description or "").count(SIGN) == 1
    form = await env.manager.click(asked.response, label="Decline")
    declined = await env.manager.submit_modal(form, {"reason": "busy"})
    assert (declined.followups[-1].embeds[0].description or "").count(SIGN) == 1
    assert words_of(asked) == shown


async def test_pages_are_turned_in_the_snapshot(serving: BotEnv) -> None:
    """A list goes on being turned, each page with its age; back in normal the line is gone."""
    env = serving
    listed = await env.staff("bo").slash(env.channel, "sprint list")
    assert SIGN not in words_of(listed)
    await lose(env)
    await env.staff("bo").click(listed.response, label="More")
    assert "Later 7" in words_of(listed)
    assert words_of(listed).count("What is shown is as of") == 1
    bring_back(env.settings.database.path)
    await notice_return(env.db)
    await env.staff("bo").click(listed.response, label="Back")
    assert SIGN not in words_of(listed)


async def test_what_was_asked_before_is_saved_for_later(serving: BotEnv) -> None:
    """A question from before can be confirmed; Cancel, and somebody else's press, are answered as ever."""
    env = serving
    ask = ("roster move", {"discipline": "account", "member": "Bo Account", "position": 1})
    confirmed = await env.manager.slash(env.channel, ask[0], **ask[1])
    cancelled = await env.manager.slash(env.channel, ask[0], **ask[1])
    await lose(env)
    await env.manager.click(cancelled.response, label="Cancel")
    assert "Nothing was changed." in words_of(cancelled)
    assert words_of(cancelled).count(SIGN) == 1
    await env.manager.click(confirmed.response, label="Move")
    assert "Your change is safe as number 1" in words_of(confirmed)
    assert words_of(confirmed).count(SIGN) == 1
    assert labels(confirmed.response) == []


@pytest.mark.fault
async def test_only_reading_says_so_without_an_age(serving: BotEnv) -> None:
    """While another program holds the lock, lists come from the database: the line, and no age."""
    env = serving
    async with foreign_lock(env.settings.database.path):
        result = await env.staff("bo").slash(env.channel, "oncall handoff", note="All is well")
        assert "Saved for later" in words_of(result)
        assert env.db.mode is Mode.READ_ONLY
        assert said_once(result)
        shown = words_of(await env.staff("bo").slash(env.channel, "roster show"))
        assert shown.count(SIGN) == 1
        assert "nothing can be changed" in shown
        assert "as of" not in shown
    await notice_return(env.db)
