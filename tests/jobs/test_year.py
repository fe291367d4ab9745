"""A year of sprints: each hand-over, reminder, heads-up and post once, at its minute, whatever was down.

Each sprint has days that somebody else covers, so duty passes on in the middle of it, too.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.covers.jobs import CoverExpiry
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.covers.writes.steps import ApproveCover
from modelus_bot.subjects.heads_up.jobs import HeadsUp
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.oncall.writes import Handoff
from modelus_bot.subjects.reminders.jobs import Reminders
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint
from modelus_bot.subjects.weekly_post.jobs import WeeklyPostJob
from tests.commands.acting import card_words, rows
from tests.conftest import BotEnv
from tests.daily_size import FULL
from tests.jobs.clock import Clock

JOBS: tuple[type[Job], ...] = (HandoffJob, Reminders, HeadsUp, CoverExpiry, WeeklyPostJob)
EAST, WEST = "America/New_York", "America/Los_Angeles"
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)
"""Sundays on which clocks change; sprints of a week begin on Sundays, so each is a hand-over's day."""
HANDOFF, WEEKLY, EVENING = "02:30", "01:30", "17:00"
"""At half past two there is no such time in spring, at half past one there are two in autumn."""
DAY = timedelta(days=1)
ROSTER = ("avery", "bo", "casey")
COVERED = (3, 4)
"""The days of each sprint that somebody else covers, counted from its first."""
SPANS = [(AUTUMN - 28 * DAY, 53)] if FULL else [(AUTUMN - 14 * DAY, 4), (SPRING - 14 * DAY, 4)]
"""The first day, and how many sprints; at full size a year with both."""


@dataclass(frozen=True)
class Moment:
    """What is due once: ``kind``, the number of the sprint that it is about, and when, in UTC seconds."""

    at: int
    kind: str
    sprint: int


def instant(day: date, clock: str, zone: str) -> int:
    """Return the UTC seconds of a local time; of two the first, of none the one an hour later."""
    hour, minute = map(int, clock.split(":"))
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp())


def moments_of(first: date, count: int, zone_of: Any) -> list[Moment]:
    """Return everything that is due in a plan, reckoned from the plan alone."""
    found = []
    for number in range(1, count):
        day = first + 7 * number * DAY
        for kind, when, clock in (
            ("handoff", day, HANDOFF),
            ("remind:7", day - 7 * DAY, HANDOFF),
            ("remind:1", day - DAY, HANDOFF),
            ("heads-up", day - 2 * DAY, EVENING),
            ("week", day, WEEKLY),
            ("handoff", day + COVERED[0] * DAY, HANDOFF),
            ("handoff", day + (COVERED[1] + 1) * DAY, HANDOFF),
        ):
            found.append(Moment(instant(when, clock, zone_of(when)), kind, number))
    return sorted(found, key=lambda item: (item.at, item.kind))


def beginnings(moments: list[Moment]) -> dict[int, int]:
    """Return the number of each sprint by the instant of its first hand-over."""
    first: dict[int, int] = {}
    for item in moments:
        if item.kind == "handoff":
            first.setdefault(item.sprint, item.at)
    return {at: number for number, at in first.items()}


class Life:
    """The bot over a year: jobs that run, or are not there, and the clock."""

    def __init__(self, env: BotEnv, clock: Clock) -> None:
        """Begin with jobs that never ran."""
        self.env, self.clock = env, clock
        self.jobs = [job(env.bot) for job in JOBS]

    async def run(self, at: int) -> None:
        """Let every job look once at an instant."""
        self.clock.now = at
        for job in self.jobs:
            await job.run()

    async def stop_and_start(self) -> None:
        """Be down: nothing of the process is left, only the file and what is in Discord."""
        await self.env.restart()
        self.jobs = [job(self.env.bot) for job in JOBS]

    def settle_in(self, zone: str) -> None:
        """Edit the server's zone."""
        server = self.env.bot.settings.server
        update = {
            "timezone": zone, "handoff": HANDOFF, "heads_up": EVENING, "weekly_day": "sunday",
            "weekly_time": WEEKLY, "weekly_channel_id": self.env.staff_channel.id,
        }  # fmt: skip
        changed = self.env.bot.settings.model_copy(update={"server": server.model_copy(update=update)})
        self.env.bot.settings = self.env.settings = changed


def happened(env: BotEnv, first: date) -> Counter[tuple[str, int, int]]:
    """Count what was done: its kind, the sprint, and when."""
    planned = rows(env, "SELECT id, sprint_index, start_date FROM sprints")
    numbers, starts = {row[0]: row[1] for row in planned}, {row[0]: row[2] for row in planned}
    found: Counter[tuple[str, int, int]] = Counter()
    told = rows(env, "SELECT dedupe_key, ref_id, created_at FROM notifications WHERE type = 'oncall'")
    for key, sprint, at in told:
        parts = (key or "").split(":")
        if parts[0] == "remind" and parts[2] == starts[int(parts[1])]:
            found[f"remind:{parts[3]}", numbers[int(parts[1])], at] += 1
        elif parts[0] == "heads-up":
            found[f"heads-up:{parts[3]}", numbers[int(parts[1])], at] += 1
        elif parts[0] == "duty" and parts[2] == "on":
            found["handoff", numbers[sprint], at] += 1
    for key, at in rows(env, "SELECT run_key, started_at FROM job_runs WHERE status = 'delivered'"):
        sunday = date.fromisocalendar(int(key[:4]), int(key[6:]), 7)
        found["week", (sunday - first).days // 7, at] += 1
    return found


def posted(env: BotEnv) -> Counter[str]:
    """Count the posts in the channel by their week."""
    words = [card_words(item) for item in env.staff_channel.history()]
    return Counter(week for text in words for week in re.findall(r"Week (\d{4}-W\d\d)", text))


async def prepare(env: BotEnv, first: date, count: int) -> None:
    """Plan one roster and its sprints, as of the first one's first day."""
    at = instant(first, "12:00", EAST)
    context = Context(at=at, zone=EAST, handoff_minute=150)
    for name in ROSTER:
        write = AddToRoster(member_id=env.staff(name).id, name=name.title(), discipline="account")
        await env.db.write(write, context)
    for begin in range(0, count + 8, 26):
        start = first + 7 * begin * DAY
        many = min(26, count + 8 - begin)
        write_many = AddSprint(name=f"S{begin}", start=start, end=start + 7 * DAY, count=many)
        await env.db.write(write_many, context)
    await env.db.write(Handoff(), context)


@pytest.mark.parametrize("parity", [0, 1])
@pytest.mark.parametrize(("first", "count"), SPANS)
async def test_everything_happens_once_at_its_minute(
    bot_env: BotEnv, monkeypatch: pytest.MonkeyPatch, first: date, count: int, parity: int
) -> None:
    """At every other boundary the bot runs, at the others it is down for up to hours; then the reverse.

    In the last third the server's zone is another one: the edit itself does nothing twice.
    """
    env, clock = bot_env, Clock(monkeypatch)
    clock.drive(env)
    moved = first + 7 * (count * 2 // 3) * DAY + 3 * DAY
    life = Life(env, clock)
    life.settle_in(EAST)
    await prepare(env, first, count)
    moments = moments_of(first, count, lambda day: EAST if day <= moved else WEST)
    await life.run(instant(first, "12:00", EAST))
    begun = clock.now
    starting = beginnings(moments)
    due = sorted({item.at for item in moments if item.at > begun})
    dice = random.Random(parity)
    acted: dict[int, int] = {}
    edited = False
    asked = await ask_for_cover(env, first, begun)
    for place, at in enumerate(due):
        if not edited and at > instant(moved, "12:00", EAST):
            await life.run(instant(moved, "12:00", EAST))
            life.settle_in(WEST)
            before = happened(env, first)
            await life.run(clock.now + 30)
            assert happened(env, first) == before, "the edit alone does nothing"
            edited = True
        following = due[place + 1] if place + 1 < len(due) else at + 86_400
        if place % 2 == parity:
            before = happened(env, first)
            await life.run(at - 1)
            assert happened(env, first) == before, (place, at)
            acted[at] = at
        else:
            await life.stop_and_start()
            acted[at] = at + dice.randrange(1, min(6 * 3600, following - at))
        await life.run(acted[at])
        if at in starting:
            await cover_days(env, first + 7 * starting[at] * DAY, acted[at])
    await life.stop_and_start()
    await life.run(clock.now + 1)

    expected: Counter[tuple[str, int, int]] = Counter()
    for item in moments:
        if item.at in acted:
            kinds = ("heads-up:out", "heads-up:in") if item.kind == "heads-up" else (item.kind,)
            expected.update((kind, item.sprint, acted[item.at]) for kind in kinds)
    got = happened(env, first)
    inside = {key: number for key, number in got.items() if begun < key[2] and 1 <= key[1] < count}
    assert inside == dict(expected)
    assert set(posted(env).values()) == {1}
    assert len(posted(env)) == count - 1
    assert rows(env, "SELECT status FROM overrides WHERE id = ?", asked) == [("expired",)]
    closed = "SELECT count(*) FROM notifications WHERE dedupe_key GLOB 'cover:*:expired:*'"
    assert rows(env, closed) == [(1,)]


async def ask_for_cover(env: BotEnv, first: date, at: int) -> int:
    """Ask for cover of the first sprint that nobody will decide; return the request's number."""
    ((sprint, holder),) = rows(env, "SELECT sprint_id, user_id FROM current_state, current_holders"
                               " WHERE discipline = 'account'")  # fmt: skip
    context = Context(actor=holder, at=at, zone=EAST, handoff_minute=150)
    return (await env.db.write(RequestCover(sprint_id=sprint, discipline="account"), context)).cover.id


async def cover_days(env: BotEnv, start: date, at: int) -> None:
    """Let somebody else of the roster have some days of the sprint that has just begun."""
    ((sprint, holder),) = rows(env, "SELECT sprint_id, user_id FROM current_state, current_holders"
                               " WHERE discipline = 'account'")  # fmt: skip
    other = next(env.staff(name).id for name in ROSTER if env.staff(name).id != holder)
    zone = env.settings.server.timezone
    first, last = (start + number * DAY for number in COVERED)
    write = RequestCover(
        sprint_id=sprint, discipline="account", replacement_id=other, first_day=first, last_day=last
    )
    asked = await env.db.write(write, Context(actor=holder, at=at, zone=zone, handoff_minute=150))
    approve = ApproveCover(cover_id=asked.cover.id)
    await env.db.write(approve, Context(actor=env.manager.id, at=at, zone=zone, handoff_minute=150))
