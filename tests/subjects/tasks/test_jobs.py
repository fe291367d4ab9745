"""The daily check in the whole bot, and the notices of tasks: delivered once, with the task's buttons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.notices.jobs.outbox import Outbox
from modelus_bot.subjects.tasks.jobs import TaskCheck
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from tests.commands.acting import card_words, labels, rows, words_of
from tests.conftest import BotEnv, first_sprint_day
from tests.jobs.clock import Clock

DAY = 86_400
TODAY = first_sprint_day() + timedelta(days=21)
ZONE = ZoneInfo("America/New_York")


def six(days: int) -> int:
    """Return the instant of 06:00 some days from now."""
    day = TODAY + timedelta(days=days)
    return int(datetime(day.year, day.month, day.day, 6, tzinfo=ZONE).timestamp())


def told(person: Any) -> list[Any]:
    """Return somebody's direct messages, oldest first."""
    place = person.user.dm_channel
    return place.history() if place is not None else []


async def deliver(env: BotEnv) -> None:
    """Let the outbox send what is due."""
    for _ in range(5):
        await Outbox(env.bot).run()


async def test_a_late_task_is_told_once_with_its_buttons(
    bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 06:00 of the day after, not before, also after checks were missed; the button finishes it."""
    env, clock = bot_env, Clock(monkeypatch)
    avery = env.staff("avery")
    new = AddTask(title="Count **votes**", start=TODAY - timedelta(days=3), end=TODAY + timedelta(days=12),
                  user_id=avery.id)  # fmt: skip
    await env.db.write(new, Context(actor=env.manager.id, at=clock.now))
    await deliver(env)
    (given,) = told(avery)
    assert "Yours: task" in card_words(given)
    assert r"Count \*\*votes\*\*" in card_words(given)
    assert labels(given) == ["Start", "Done"]

    for clock.now, wanted in ((six(10), 2), (six(13) - 1, 2), (six(13), 3), (six(13) + 60, 3), (six(15), 3)):
        await TaskCheck(env.bot).run()
        await deliver(env)
        assert len(told(avery)) == wanted, clock.now
    assert "At risk: task" in card_words(told(avery)[1])
    late = told(avery)[2]
    assert "Late: task" in card_words(late)
    assert labels(late) == ["Start", "Done"]
    assert "Late: task" in card_words(told(env.manager)[-1])
    runs = rows(env, "SELECT count(*) FROM job_runs WHERE job = 'task_check' AND status = 'delivered'")
    assert runs == [(4,)]

    pressed = await avery.user.click(late, label="Done")
    assert "Done" in words_of(pressed)
    await deliver(env)
    assert "is done, says Avery Account" in card_words(told(env.manager)[-1])


async def test_what_was_finished_meanwhile_is_not_called_late(
    bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice waited, the task is done: it is not sent; nor has anybody buttons of others' tasks."""
    env, clock = bot_env, Clock(monkeypatch)
    avery = env.staff("avery")
    new = AddTask(title="Count", start=TODAY - timedelta(days=9), end=TODAY, user_id=avery.id)
    await env.db.write(new, Context(actor=env.manager.id, at=clock.now))
    await deliver(env)
    clock.now = six(1)
    await TaskCheck(env.bot).run()
    await env.db.write(MoveTask(task_id=1, to="done"), Context(actor=avery.id, at=clock.now))
    await deliver(env)
    await deliver(env)
    assert ["Late: task" in card_words(item) for item in told(avery)] == [False]
    (done,) = told(env.manager)
    assert "Done: task" in card_words(done)
    assert labels(done) == []
    assert rows(env, "SELECT count(*) FROM notifications WHERE delivered_at IS NULL") == [(0,)]
