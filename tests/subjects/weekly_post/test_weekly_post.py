"""The weekly post: once a week at its hour, made up for, kept up to date, never doubled."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.domain.calendar import Calendar, latest_weekly
from modelus_bot.gateway.places import look_at_places
from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.weekly_post.jobs import WeeklyPostJob
from modelus_bot.subjects.weekly_post.rules import week_of
from tests.commands.acting import card_words, rows
from tests.conftest import BotEnv
from tests.jobs.clock import Clock

ZONE = ZoneInfo("America/New_York")
DAY = 86_400
RUNS = "SELECT run_key, status, attempts FROM job_runs WHERE job = 'weekly_post' ORDER BY run_key"


def set_up(env: BotEnv, **changed: Any) -> None:
    """Let the week be posted in #staff, on Mondays at nine, or as ``changed`` says."""
    server = env.bot.settings.server
    update = {"weekly_channel_id": env.staff_channel.id, **changed}
    env.bot.settings = env.bot.settings.model_copy(update={"server": server.model_copy(update=update)})
    env.settings = env.bot.settings


def next_monday(now: int) -> int:
    """Return the next Monday at nine that is at least a day away, in UTC seconds."""
    day = datetime.fromtimestamp(now, ZONE).date() + timedelta(days=1)
    day += timedelta(days=-day.weekday() % 7)
    return int(datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).timestamp())


def posts(env: BotEnv) -> list[Any]:
    """Return the posts in #staff, oldest first."""
    return [item for item in env.staff_channel.history() if "On duty, " in card_words(item)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the jobs' clock."""
    return Clock(monkeypatch)


async def test_each_week_has_one_post_at_its_hour(rota_env: BotEnv, clock: Clock) -> None:
    """The week in which it is set up is passed over; then one each, not a second early, restarts or not."""
    env = rota_env
    set_up(env)
    monday = next_monday(clock.now)
    await WeeklyPostJob(env.bot).run()
    assert posts(env) == []
    for week in range(3):
        clock.now = monday + 7 * DAY * week - 1
        await WeeklyPostJob(env.bot).run()
        assert len(posts(env)) == week
        clock.now += 1
        job = WeeklyPostJob(env.bot)
        await job.run()
        await job.run()
        await env.restart()
        await WeeklyPostJob(env.bot).run()
        assert len(posts(env)) == week + 1
    said = card_words(posts(env)[0])
    assert "**Producer**: " in said
    assert f"Week {week_of(datetime.fromtimestamp(monday, ZONE).date())}" in said
    assert [status for _, status, _ in rows(env, RUNS)] == ["skipped", "delivered", "delivered", "delivered"]


async def test_weeks_that_were_missed_are_one_post(rota_env: BotEnv, clock: Clock) -> None:
    """Down for three weeks and two days: the present week is posted, once, and the others are not."""
    env = rota_env
    set_up(env)
    await WeeklyPostJob(env.bot).run()
    clock.now = next_monday(clock.now) + 23 * DAY
    await env.restart()
    for _ in range(2):
        await WeeklyPostJob(env.bot).run()
    assert len(posts(env)) == 1


async def test_the_post_follows_the_rota(rota_env: BotEnv, clock: Clock) -> None:
    """A cover of two days is written into it; deleted by hand, it is not posted again."""
    env = rota_env
    set_up(env)
    await WeeklyPostJob(env.bot).run()
    clock.now = next_monday(clock.now)
    job = WeeklyPostJob(env.bot)
    await HandoffJob(env.bot).run()
    await job.run()
    ((holder, sprint),) = rows(
        env,
        "SELECT user_id, c.sprint_id FROM current_holders, current_state AS c WHERE discipline = 'producer'",
    )
    stand_in = next(env.staff(name).id for name in ("drew", "eli", "finn") if env.staff(name).id != holder)
    first = Calendar().day_of(clock.now) + timedelta(days=2)
    asked = await env.db.write(
        RequestCover(
            sprint_id=sprint, discipline="producer", replacement_id=stand_in, first_day=first, last_day=first
        ),
        Context(actor=holder, at=clock.now),
    )
    await job.run()
    (before,) = posts(env)
    await env.db.write(ApproveCover(cover_id=asked.cover.id), Context(actor=env.manager.id, at=clock.now))
    await job.run()
    (after,) = posts(env)
    assert after.id == before.id
    assert f"{first:%b} {first.day}, cover)" in card_words(after)
    assert "cover)" not in card_words(before)

    await env.bot.get_channel(env.staff_channel.id).get_partial_message(after.id).delete()
    with closing(sqlite3.connect(env.settings.database.path)) as connection, connection:
        connection.execute("UPDATE users SET username = 'Renamed' WHERE discord_id = ?", (holder,))
    await job.run()
    await job.run()
    assert posts(env) == []


async def test_killed_between_post_and_note_it_is_taken_over(
    rota_env: BotEnv, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is in the channel and nothing of it is known: the next start finds and rewrites it."""
    env = rota_env
    set_up(env)
    await WeeklyPostJob(env.bot).run()
    clock.now = next_monday(clock.now)
    await env.simulation.advance_time(clock.now - env.simulation.now().timestamp())

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(WeeklyPostJob, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            await WeeklyPostJob(env.bot).run()
    assert len(posts(env)) == 1
    assert rows(env, RUNS)[-1][1:] == ("running", 1)
    await env.restart()
    clock.now += 1800
    await env.simulation.advance_time(1800)
    await WeeklyPostJob(env.bot).run()
    assert len(posts(env)) == 1
    assert rows(env, RUNS)[-1][1:] == ("delivered", 2)
    await WeeklyPostJob(env.bot).run()
    assert len(posts(env)) == 1


async def test_what_discord_refuses_is_tried_again(rota_env: BotEnv, clock: Clock) -> None:
    """A minute later, once more, and then it is there once."""
    env = rota_env
    set_up(env)
    job = WeeklyPostJob(env.bot)
    await job.run()
    clock.now = next_monday(clock.now)
    env.simulation.inject_error("POST", "/channels/*/messages", status=403, message="no", times=1)
    await job.run()
    await job.run()
    assert posts(env) == []
    clock.forward(60)
    await job.run()
    assert len(posts(env)) == 1


@pytest.mark.parametrize(
    "edits",
    [
        {"timezone": "Pacific/Auckland"},
        {"timezone": "Pacific/Honolulu"},
        {"weekly_day": "friday"},
        {"weekly_time": "23:59"},
        {"weekly_channel_id": 1},
    ],
)
async def test_edited_settings_post_no_week_twice(
    rota_env: BotEnv, clock: Clock, edits: dict[str, Any]
) -> None:
    """Another zone, day, time or channel: what is posted stays, the next week comes in time."""
    env = rota_env
    set_up(env)
    await WeeklyPostJob(env.bot).run()
    clock.now = next_monday(clock.now)
    await WeeklyPostJob(env.bot).run()
    if "weekly_channel_id" in edits:
        edits = {"weekly_channel_id": env.duty_desk.id}
    set_up(env, **edits)
    seen = []
    for hour in range(0, 13 * 24, 7):
        clock.now += 7 * 3600
        await WeeklyPostJob(env.bot).run()
        seen.append(hour)
    weeks = [key for key, status, _ in rows(env, RUNS) if status == "delivered"]
    assert 2 <= len(weeks) <= 3
    assert len(weeks) == len(set(weeks))
    there = len(posts(env)) + len([m for m in env.duty_desk.history() if "On duty, " in card_words(m)])
    assert there == len(weeks)


async def test_a_channel_that_cannot_be_used_is_told_of(rota_env: BotEnv) -> None:
    """As for the other channels: administrators read which setting it is."""
    env = rota_env
    set_up(env, weekly_channel_id=12345)
    guild = env.bot.home
    assert guild is not None
    found = await look_at_places(env.bot, guild, guild.me, env.bot.settings.server, {}, {})
    told = [item.text for item in found if "weekly" in item.text]
    (text,) = told
    assert "weekly post (12345, server.weekly_channel_id) does not exist any more. Set another" in text


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-02 08:59", "2026-10-26 09:00"),
        ("2026-11-02 09:00", "2026-11-02 09:00"),
        ("2026-11-08 23:59", "2026-11-02 09:00"),
        ("2026-03-09 09:00", "2026-03-09 09:00"),
    ],
)
def test_the_hour_is_the_servers(now: str, slot: str) -> None:
    """Nine is nine on both sides of a change of the clocks."""
    at, expected = (
        int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).timestamp())
        for text in (now, slot)
    )
    assert latest_weekly(at, 0, 540, ZONE) == expected


def test_weeks_are_named_as_iso_8601_does() -> None:
    """Around the turn of the year a week belongs to the year of its Thursday."""
    assert week_of(date(2026, 12, 31)) == "2026-W53"
    assert week_of(date(2027, 1, 3)) == "2026-W53"
    assert week_of(date(2027, 1, 4)) == "2027-W01"
