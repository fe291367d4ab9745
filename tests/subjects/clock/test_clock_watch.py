"""A clock that is set while the bot runs: nothing is done by it, and what was done wrongly is undone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from modelus_bot.clock.clock import Clock as MachinesClock
from modelus_bot.database.core.context import Context
from modelus_bot.jobs.loop import JobRunner
from modelus_bot.subjects.clock.jobs import ClockWatch
from modelus_bot.subjects.covers.jobs import CoverExpiry
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.notices.writes.choosing import SetQuietHours
from modelus_bot.subjects.notices.writes.saved_changes import TellAuthors, ToldAuthor
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.sprints.queries.sprints import sprints
from tests.commands.acting import words_of
from tests.conftest import BotEnv
from tests.jobs.clock import Clock

DAY = 86400


class Machine:
    """The machine's clock, which the jobs and the database's clock both read, and seconds that pass."""

    def __init__(self, env: BotEnv, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of both."""
        self.jobs = Clock(monkeypatch)
        self.passed = 1000.0
        self.clock = MachinesClock(wall=self.jobs.time, steady=lambda: self.passed)
        env.db.clock = self.clock

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.jobs.now += seconds
        self.passed += seconds

    def set(self, seconds: int) -> None:
        """Set the clock ahead, or back."""
        self.jobs.now += seconds


def stored(env: BotEnv, sql: str) -> list[tuple[object, ...]]:
    """Return rows of the bot's own file."""
    with closing(sqlite3.connect(f"file:{env.settings.database.path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def alerts(env: BotEnv) -> list[str]:
    """Return the kinds of what administrators are to be told, and forget them."""
    assert env.db.protection is not None
    kinds = [alert.kind for alert in env.db.protection.waiting]
    env.db.protection.waiting.clear()
    return kinds


STATE = """
SELECT (SELECT group_concat(discipline || user_id) FROM current_holders),
(SELECT sprint_id FROM current_state), (SELECT group_concat(status) FROM overrides)
"""
WAITING = "SELECT title, user_id FROM notifications WHERE delivered_at IS NULL ORDER BY id"


async def asked_for_cover(env: BotEnv) -> None:
    """Leave a request that nobody has decided."""
    await HandoffJob(env.bot).run()
    second = (await env.db.read(sprints))[1]
    write = RequestCover(sprint_id=second.id, discipline="account")
    await env.db.write(write, Context(actor=env.staff("bo").id))


async def test_what_a_job_did_in_a_future_that_did_not_come_is_undone(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undecided request waits again, nobody reads of duties that changed only by the clock, once."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    await asked_for_cover(env)
    before, waiting = stored(env, STATE), stored(env, WAITING)

    machine.set(30 * DAY)
    machine.clock.trust()
    for job in (CoverExpiry, HandoffJob):
        await job(env.bot).run()
    assert stored(env, STATE) != before
    assert len(stored(env, WAITING)) > len(waiting)

    watch = ClockWatch(env.bot)
    machine.set(-30 * DAY)
    await watch.run()
    assert not machine.clock.ready
    machine.clock.told(machine.jobs.time())
    await watch.run()
    assert machine.clock.ready
    assert stored(env, STATE) == before
    assert stored(env, WAITING) == waiting
    assert "future_taken_back" in alerts(env)

    entries = stored(env, "SELECT count(*) FROM audit_logs")
    await HandoffJob(env.bot).run()
    await ClockWatch(env.bot).run()
    assert stored(env, WAITING) == waiting
    assert stored(env, "SELECT count(*) FROM audit_logs") == entries
    assert alerts(env) == []


async def test_what_quiet_hours_of_that_future_held_is_judged_anew(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would have waited for that future's morning; it leaves now, or in the next one."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    person = env.staff("bo").id
    machine.set(30 * DAY)
    machine.clock.trust()
    future = int(machine.jobs.time())
    minute = (future // 60 + 1430) % 1440
    quiet = SetQuietHours(quiet_from=minute, quiet_to=(minute + 60) % 1440, zone="UTC")
    await env.db.write(quiet, Context(actor=person, at=future))
    told = ToldAuthor(number=1, change="add sprint", author=person, request_id="1", applied=True)
    await env.db.write(TellAuthors(items=(told,)), Context(at=future))
    waits = "SELECT deliver_after FROM notifications WHERE held_from IS NOT NULL"
    assert stored(env, waits)[0][0] > future
    machine.set(-30 * DAY)
    await ClockWatch(env.bot).run()
    machine.clock.told(machine.jobs.time())
    await ClockWatch(env.bot).run()
    assert stored(env, waits) == []
    due = stored(env, "SELECT deliver_after, created_at FROM notifications WHERE dedupe_key = 'journal:1'")
    assert due == [(int(machine.jobs.time()),) * 2]


async def test_those_who_were_told_wrongly_are_told_how_it_is(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice that had been sent is corrected by another one, which is due at once."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    await asked_for_cover(env)
    machine.set(30 * DAY)
    machine.clock.trust()
    for job in (CoverExpiry, HandoffJob):
        await job(env.bot).run()
    with closing(sqlite3.connect(env.settings.database.path, timeout=10)) as connection:
        connection.execute("UPDATE notifications SET delivered_at = created_at")
        connection.commit()
    machine.set(-30 * DAY)
    machine.clock.look()
    machine.clock.told(machine.jobs.time())
    await ClockWatch(env.bot).run()

    due = stored(env, f"{WAITING.split(' ORDER', maxsplit=1)[0]} AND deliver_after <= {machine.jobs.now}")
    assert any("Cover" in str(title) for title, _ in due)
    assert any("You are now on duty" in str(title) for title, _ in due)


async def test_what_people_did_meanwhile_stays_and_is_told_now(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that was made while the clock was ahead is told of when it is right again, not in a year."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    machine.set(2 * DAY)
    machine.clock.trust()
    third = (await env.db.read(sprints))[2]
    write = RequestCover(sprint_id=third.id, discipline="account", replacement_id=env.staff("avery").id)
    await env.db.write(write, Context(actor=env.staff("casey").id, at=machine.jobs.now))
    machine.set(-2 * DAY)
    machine.clock.look()
    machine.clock.told(machine.jobs.time())
    await ClockWatch(env.bot).run()

    asked = f"SELECT deliver_after <= {machine.jobs.now} FROM notifications WHERE dedupe_key LIKE '%asked%'"
    assert stored(env, asked) == [(1,)]
    assert stored(env, "SELECT status FROM overrides") == [("open",)]


async def test_jobs_wait_for_the_clock_and_administrators_are_told_once(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is doubted nothing is done by it; put right, everything goes on as if nothing had been."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    await asked_for_cover(env)
    monkeypatch.setattr(CoverExpiry, "interval", 0.01)
    monkeypatch.setattr(HandoffJob, "interval", 0.01)
    monkeypatch.setattr(ClockWatch, "interval", 0.01)
    before = stored(env, STATE)
    machine.set(30 * DAY)
    async with JobRunner(env.bot, [ClockWatch, CoverExpiry, HandoffJob]) as jobs, asyncio.timeout(20):
        while jobs.runs["clock_watch"] < 30:
            await asyncio.sleep(0.01)
        assert jobs.runs["cover_expiry"] == jobs.runs["handoff"] == 0
        assert alerts(env) == ["clock_doubted"]
        machine.set(-30 * DAY)
        while not (jobs.runs["cover_expiry"] and jobs.runs["handoff"]):
            await asyncio.sleep(0.01)
        assert alerts(env) == ["clock_believed"]
    assert stored(env, STATE) == before


async def test_an_administrator_says_that_the_clock_is_right(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command shows what is doubted; told to, it ends the doubt and notes who said so."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    machine.set(400 * DAY)
    shown = words_of(await env.admin.slash(env.channel, "database clock"))
    assert "set ahead by 400.0 days" in shown
    assert not machine.clock.believable
    shown = words_of(await env.admin.slash(env.channel, "database clock", trust=True))
    assert "believed as it is" in shown
    assert machine.clock.confirmed


async def test_a_clock_that_is_wrong_by_little_is_told_once_until_it_was_right(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two minutes are told with how many, and stop nothing; wrong again, they are told again."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    watch = ClockWatch(env.bot)
    assert env.db.protection is not None
    for wrong, expected in ((120, 1), (0, 0), (-120, 1)):
        machine.set(wrong)
        for _ in range(4):
            machine.clock.told(machine.jobs.time() - wrong)
            machine.wait(1)
            await watch.run()
            assert machine.clock.ready
        told = [item.text for item in env.db.protection.waiting]
        assert [("2.0 minutes" in item) for item in told] == [True] * expected
        assert set(alerts(env)) == ({"clock_apart"} if expected else set())
        shown = words_of(await env.admin.slash(env.channel, "database clock"))
        assert ("2.0 minutes" in shown) == bool(expected)
        machine.set(-wrong)


async def test_a_clock_that_an_administrator_called_right_is_not_told_of(
    rota_env: BotEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever it differs from Discord's."""
    env, machine = rota_env, Machine(rota_env, monkeypatch)
    for _ in range(4):
        machine.clock.told(machine.jobs.time() - 4000)
    machine.clock.trust()
    await ClockWatch(env.bot).run()
    assert machine.clock.ready
    assert "clock_apart" not in alerts(env)
