"""Reminders of coming turns: sent at the hand-over's time, with a button, and not when they are outdated."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.reminders.jobs import Reminders
from tests.commands.acting import card_words, labels, words_of
from tests.conftest import SPRINT_DAYS, BotEnv, first_sprint_day
from tests.jobs.clock import Clock

DAY = 86400
TITLE = "Your turn begins soon"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the jobs' clock, a minute before the last hand-over but one before the third sprint."""
    clock = Clock(monkeypatch)
    clock.now = third_sprint_begins() - DAY - 60
    return clock


def third_sprint_begins() -> int:
    """Return the instant (UTC seconds) of the hand-over to the third sprint, which is Casey's and Finn's."""
    return Calendar().handoff(first_sprint_day() + timedelta(days=2 * SPRINT_DAYS))


async def look(env: BotEnv) -> None:
    """Let the jobs look once, as they do after a start."""
    await HandoffJob(env.bot).run()
    await Reminders(env.bot).run()
    for _ in range(5):
        await Outbox(env.bot).run()


def reminders(person: Any) -> list[Any]:
    """Return the reminders among somebody's direct messages, oldest first."""
    place = person.user.dm_channel
    return [item for item in place.history() if TITLE in card_words(item)] if place is not None else []


def stored(env: BotEnv, sql: str) -> list[tuple[Any, ...]]:
    """Return rows of the bot's own file."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


async def test_reminders_come_twice_with_a_button(rota_env: BotEnv, clock: Clock) -> None:
    """A week before already, here late; a day before at the hand-over's time; pressing asks for cover."""
    env = rota_env
    casey = env.staff("casey")
    await look(env)
    assert len(reminders(casey)) == 1
    clock.forward(59)
    await look(env)
    assert len(reminders(casey)) == 1
    clock.forward(1)
    await look(env)
    await look(env)
    _, last = reminders(casey)
    words = card_words(last)
    begin = third_sprint_begins()
    assert f"In Sprint 3 you are on duty from <t:{begin}:f> (<t:{begin}:R>):" in words
    assert labels(last) == ["Ask for cover: Account"]

    form = await casey.user.click(last, label="Ask for cover: Account")
    day = first_sprint_day() + timedelta(days=2 * SPRINT_DAYS + 3)
    sent = await casey.user.submit_modal(form, {"reason": "Dentist", "days": str(day)})
    assert "Cover request 1" in words_of(sent)
    assert stored(env, "SELECT original_id, first_day, last_day, reason FROM overrides") == [
        (casey.id, str(day), str(day), "Dentist")
    ]
    assert "Cover request 1" in card_words(env.duty_desk.last_message)


async def test_a_reminder_is_not_sent_once_its_turn_has_begun(rota_env: BotEnv, clock: Clock) -> None:
    """Queued, and then the bot was away: what comes late tells of nothing that is over."""
    env = rota_env
    await Reminders(env.bot).run()
    waiting = "SELECT count(*) FROM notifications WHERE dedupe_key GLOB 'remind:*' AND delivered_at IS NULL"
    assert stored(env, waiting) == [(2,)]
    clock.now = third_sprint_begins()
    await look(env)
    await look(env)
    assert (reminders(env.staff("casey")), reminders(env.staff("finn"))) == ([], [])
    assert stored(env, waiting) == [(0,)]
    assert "You are now on duty" in card_words(env.staff("casey").user.dm_channel.history()[-1])


async def test_both_moments_missed_make_one_reminder(rota_env: BotEnv, clock: Clock) -> None:
    """Started again an hour before the turn, the bot reminds of it once."""
    env = rota_env
    clock.now = third_sprint_begins() - 3600
    for _ in range(3):
        await look(env)
    assert len(reminders(env.staff("casey"))) == len(reminders(env.staff("finn"))) == 1


async def test_the_replacement_is_reminded_and_cannot_pass_it_on(rota_env: BotEnv, clock: Clock) -> None:
    """After an approval the new holder; a reminder still waiting for the old one is not sent."""
    env = rota_env
    avery, casey = env.staff("avery"), env.staff("casey")
    await Reminders(env.bot).run()
    wish = RequestCover(sprint_id=3, discipline="account", replacement_id=avery.id)
    at = {"at": clock.now}
    number = (await env.db.write(wish, Context(actor=casey.id, **at))).cover.id
    await env.db.write(ApproveCover(cover_id=number), Context(actor=env.manager.id, **at))
    await look(env)
    assert reminders(casey) == []
    (told,) = reminders(avery)
    assert "Account, until" in card_words(told)


async def test_who_covers_days_has_no_button(rota_env: BotEnv, clock: Clock) -> None:
    """A cover is not covered; a manager can revoke it."""
    env = rota_env
    avery, casey = env.staff("avery"), env.staff("casey")
    day = first_sprint_day() + timedelta(days=2 * SPRINT_DAYS)
    wish = RequestCover(
        sprint_id=3, discipline="account", replacement_id=avery.id, first_day=day, last_day=day
    )
    at = {"at": clock.now}
    number = (await env.db.write(wish, Context(actor=casey.id, **at))).cover.id
    await env.db.write(ApproveCover(cover_id=number), Context(actor=env.manager.id, **at))
    await look(env)
    (told,) = reminders(avery)
    assert labels(told) == []
    assert "tell a project manager" in card_words(told)
    assert labels(reminders(casey)[0]) == ["Ask for cover: Account"]


async def test_no_days_no_reminders(rota_env: BotEnv, clock: Clock) -> None:
    """The setting turns them off, at once."""
    env = rota_env
    server = env.settings.server.model_copy(update={"reminder_days": ()})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    await look(env)
    assert stored(env, "SELECT count(*) FROM notifications WHERE dedupe_key GLOB 'remind:*'") == [(0,)]
