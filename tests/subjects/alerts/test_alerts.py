"""Alerts: each reaches every administrator and the channel once, however long Discord is away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from loguru import logger

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.health.alert_book import KEPT, AlertBook
from modelus_bot.jobs.loop import JobRunner
from modelus_bot.subjects.alerts.jobs.alerts import FIRST_PAUSE, GIVEN_UP_AFTER, LONGEST_PAUSE, Alerts
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.ui.sending import PAUSES
from tests.conftest import BotEnv
from tests.jobs.clock import Clock

NOBODY = 999_999_999_999


@pytest.fixture
def clock(bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of jobs and database."""
    clock = Clock(monkeypatch)
    clock.drive(bot_env)
    return clock


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    """Log records about alerts as they are written."""
    found: list[dict[str, Any]] = []
    sink = logger.add(
        lambda message: found.append({"event": message.record["message"], **message.record["extra"]}),
        filter=lambda record: record["message"].startswith("alert_"),
    )
    yield found
    logger.remove(sink)


@pytest.fixture
def env(bot_env: BotEnv) -> BotEnv:
    """Return the bot with two administrators, of whom one owns the server, and a channel for alerts."""
    server = bot_env.settings.server.model_copy(
        update={"admin_ids": (bot_env.manager.id,), "alert_channel_id": bot_env.staff_channel.id}
    )
    bot_env.bot.settings = bot_env.settings.model_copy(update={"server": server})
    return bot_env


def tell(env: BotEnv, *texts: str) -> None:
    """Let the protection have something to say."""
    assert env.db.protection is not None
    env.db.protection.waiting.extend(Alert("test", text) for text in texts)


def told(person: Any) -> list[str]:
    """Return the texts of the cards somebody got as direct messages, in order."""
    return [message.embeds[0].description for message in person.user.dm_channel.history()]


def in_channel(env: BotEnv) -> list[str]:
    """Return the texts of the cards in the channel, in order."""
    return [message.embeds[0].description for message in env.staff_channel.history() if message.embeds]


async def test_each_alert_is_sent_once_to_everybody_and_the_channel(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """In the order in which they came up; looking again sends nothing again."""
    job = Alerts(env.bot)
    tell(env, "One", "Two")
    for _ in range(3):
        await job.run()
        clock.forward(3600)
    assert told(env.manager) == ["One", "Two"]
    assert in_channel(env) == ["One", "Two"]
    assert told(env.second_manager) == []
    assert [(event["event"], event["reached"], event["of"]) for event in events] == [("alert_sent", 3, 3)] * 2


async def test_without_a_channel_people_are_told_alone(env: BotEnv, clock: Clock) -> None:
    """The channel is a setting that may be edited while the bot runs."""
    job = Alerts(env.bot)
    server = env.bot.settings.server.model_copy(update={"alert_channel_id": None})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    tell(env, "One")
    await job.run()
    assert told(env.manager) == ["One"]
    assert in_channel(env) == []


async def test_while_discord_is_away_alerts_wait_and_those_reached_are_not_told_twice(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """The channel fails for a while: people know already, the channel is told when it works, in order."""
    job = Alerts(env.bot)
    channel = env.staff_channel.id
    env.simulation.inject_error("POST", f"/channels/{channel}/messages", status=503, message="down", times=3)
    tell(env, "One", "Two")
    await job.run()
    assert (told(env.manager), in_channel(env), job.waiting) == (["One", "Two"], [], 2)
    await job.run()
    assert events[-1]["event"] == "alert_not_delivered"
    assert len(events) == 1, "it was tried again without a pause"
    for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE):
        clock.forward(int(pause))
        await job.run()
    assert told(env.manager) == ["One", "Two"]
    assert in_channel(env) == ["One", "Two"]
    assert job.waiting == 0


async def test_pauses_grow_to_five_minutes_and_begin_anew(env: BotEnv, clock: Clock) -> None:
    """However long Discord was away, the alert arrives within five minutes of its return."""
    job = Alerts(env.bot)
    channel = env.staff_channel.id
    env.simulation.inject_error("POST", f"/channels/{channel}/messages", status=503, message="down", times=12)
    tell(env, "One")
    for _ in range(13):
        await job.run()
        clock.forward(int(LONGEST_PAUSE))
    assert in_channel(env) == ["One"]


async def test_whoever_cannot_be_reached_for_a_day_is_given_up(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """Others were told at once, and nothing waits for ever."""
    job = Alerts(env.bot)
    path = f"/channels/{env.staff_channel.id}/messages"
    env.simulation.inject_error("POST", path, status=503, message="down", times=None)
    tell(env, "One")
    await job.run()
    assert job.waiting == 1
    clock.forward(int(GIVEN_UP_AFTER) + 1)
    await job.run()
    assert job.waiting == 0
    assert told(env.manager) == ["One"]
    assert (events[-1]["event"], events[-1]["reached"], events[-1]["of"]) == ("alert_sent", 2, 3)


async def test_who_refuses_messages_is_not_asked_again(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """A closed door is no outage: everybody else is told at once."""
    job = Alerts(env.bot)
    env.simulation.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages to this user"
    )
    tell(env, "One")
    await job.run()
    assert in_channel(env) == ["One"]
    assert job.waiting == 0
    assert sum(event["event"] == "alert_not_delivered" for event in events) == 1
    assert events[-1]["reached"] == 2


async def test_an_unknown_channel_does_not_hold_up_people(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """A wrong id is said in the log; direct messages go out."""
    job = Alerts(env.bot)
    server = env.bot.settings.server.model_copy(update={"alert_channel_id": NOBODY})
    env.bot.settings = env.bot.settings.model_copy(update={"server": server})
    tell(env, "One")
    await job.run()
    assert told(env.manager) == ["One"]
    assert job.waiting == 0
    assert [event["to"] for event in events if event["event"] == "alert_not_delivered"] == [NOBODY]


async def test_when_nobody_can_be_reached_the_text_is_in_the_log(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]]
) -> None:
    """So that it can be read somewhere."""
    job = Alerts(env.bot)
    for path in ("/users/@me/channels", f"/channels/{env.staff_channel.id}/messages"):
        env.simulation.inject_error("POST", path, status=403, code=50001, message="no", times=None)
    tell(env, "One")
    await job.run()
    assert (events[-1]["event"], events[-1]["text"]) == ("alert_reached_nobody", "One")


def killed(env: BotEnv) -> Alerts:
    """Let the bot be killed and started again: what is not on the disk is gone."""
    assert env.db.protection is not None
    env.db.protection.book = AlertBook(env.db.protection.book.path)
    return Alerts(env.bot)


async def test_what_was_not_delivered_is_told_after_the_bot_was_killed(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, in order, and not again after the next kill."""
    with monkeypatch.context() as away:
        away.setattr(env.bot, "is_ready", lambda: False)
        tell(env, "One", "Two")
        await Alerts(env.bot).run()
        assert told(env.manager) == []
    for _ in range(2):
        job = killed(env)
        await job.run()
        assert (told(env.manager), in_channel(env), job.waiting) == (["One", "Two"], ["One", "Two"], 0)


async def test_who_was_reached_before_the_kill_is_not_told_twice(env: BotEnv, clock: Clock) -> None:
    """The channel was away: after the next start it alone is told."""
    path = f"/channels/{env.staff_channel.id}/messages"
    env.simulation.inject_error("POST", path, status=503, message="down", times=1 + len(PAUSES.value))
    tell(env, "One")
    await Alerts(env.bot).run()
    assert (told(env.manager), in_channel(env)) == (["One"], [])
    await killed(env).run()
    assert (told(env.manager), in_channel(env)) == (["One"], ["One"])


async def test_what_is_older_than_a_day_after_a_start_is_given_up(
    env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch, events: list[dict[str, Any]]
) -> None:
    """A bot that was stopped for long tells what is left once, and then no more."""
    path = f"/channels/{env.staff_channel.id}/messages"
    env.simulation.inject_error("POST", path, status=503, message="down", times=None)
    tell(env, "One")
    await Alerts(env.bot).run()
    clock.forward(int(GIVEN_UP_AFTER) + 1)
    job = killed(env)
    await job.run()
    assert job.waiting == 0
    assert told(env.manager) == ["One"]
    assert events[-1]["event"] == "alert_sent"


async def test_what_is_left_at_the_end_is_logged(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert that waits for a login that never comes is kept, and logged with its text at closing."""
    monkeypatch.setattr(env.bot, "is_ready", lambda: False)
    runner = JobRunner(env.bot, [Alerts])
    async with runner:
        tell(env, "One")
        await runner.run_once(runner.jobs[0])
        tell(env, "Two")
    assert [(event["event"], event["text"]) for event in events] == [
        ("alert_not_told", "One"),
        ("alert_not_told", "Two"),
    ]
    assert told(env.manager) == []


async def test_too_many_waiting_alerts_push_out_the_oldest(
    env: BotEnv, clock: Clock, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded, and the log has what was pushed out."""
    monkeypatch.setattr(env.bot, "is_ready", lambda: False)
    job = Alerts(env.bot)
    for start in range(0, KEPT + 5, 41):
        tell(env, *[f"Alert {number}" for number in range(start, start + 41)])
        await job.run()
    assert job.waiting == KEPT
    assert {event["event"] for event in events} == {"alert_pushed_out"}
    assert events[0]["text"] == "Alert 0"
    await job.close()


async def test_administrators_are_known_from_before_while_the_database_is_away(
    env: BotEnv, clock: Clock
) -> None:
    """Who has the role in the bot is told, although it cannot be asked who that is."""
    from modelus_bot.database.core.context import Context

    person = env.second_manager
    await env.db.write(
        SetRole(discord_id=person.id, username="Second", role="admin"), Context(discord_admin=True)
    )
    job = Alerts(env.bot)
    tell(env, "Before")
    await job.run()
    await env.db.close()
    tell(env, "It cannot be used")
    await job.run()
    assert told(person) == ["Before", "It cannot be used"]
