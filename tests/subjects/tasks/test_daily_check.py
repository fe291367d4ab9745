"""The daily check: once a day from 06:00, however the bot is away, and one notice for each rise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.operation import Write
from modelus_bot.subjects.clock.writes import TakeBackFuture
from modelus_bot.subjects.tasks.model import StaffTask, TaskChange
from modelus_bot.subjects.tasks.writes.checking import CheckTasks
from modelus_bot.subjects.tasks.writes.editing import CancelTask, EditTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask, SetProgress
from tests.daily_size import FULL
from tests.subjects.rota import ADA, BEN, CLEO, MANAGER, ZONE, Rota, copied, instant, made, staff
from tests.subjects.tasks.task_cases import DAY, TODAY, add, stands, told

EXAMPLES = 60 if FULL else 1
YEAR = 365
RUNS = "SELECT run_key, status FROM job_runs WHERE job = 'task_check' ORDER BY run_key"
LATE = "SELECT dedupe_key, user_id FROM notifications WHERE type = 'task_delayed' ORDER BY id"
LEVELS = {"calm": 0, "high": 1, "delayed": 2}
CHANGES = {date(2026, 3, 8), date(2026, 11, 1)}
"""The days on which the clocks of the server's zone change."""


@cache
def prepared() -> bytes:
    """Return a file with the staff."""
    return made(staff)


@contextmanager
def team() -> Iterator[Rota]:
    """Open a new file with the staff."""
    with copied(prepared()) as rota:
        yield rota


def day_of(at: int) -> date:
    """Return the day whose 06:00 came last, by the wall clock."""
    local = datetime.fromtimestamp(at, ZONE)
    return local.date() if local.hour >= 6 else local.date() - DAY


def level(rota: Rota, number: int, day: date) -> str:
    """Return how a task stands on a day, by the table of points."""
    row = rota.rows("SELECT status, progress, end_date FROM tasks WHERE id = ?", number)[0]
    status, progress, left = row[0], row[1], (date.fromisoformat(row[2]) - day).days
    if status not in {"todo", "in_progress"}:
        return "calm"
    if left < 0:
        return "delayed"
    points = 30 if left <= 1 else 20 if left <= 3 else 10 if left <= 7 else 0
    if status == "in_progress":
        points += 15 if progress < 25 else 10 if progress < 50 else 0
    points += 20 if progress == 0 else 0
    return "high" if points >= 40 else "calm"


class Watched:
    """A team whose tasks are followed by an account of their own."""

    def __init__(self, rota: Rota, dice: random.Random) -> None:
        """Begin with some tasks."""
        self.rota = rota
        self.dice = dice
        self.known: dict[int, str] = {}
        self.expected: set[tuple[str, int]] = set()
        self.days: list[date] = []
        for number in range(6):
            end = TODAY + self.dice.randint(2, YEAR - 10) * DAY
            add(rota, MANAGER, user_id=(ADA, BEN, CLEO)[number % 3], end=end)
            self.known[number + 1] = level(rota, number + 1, day_of(rota.at))

    def check(self) -> None:
        """Let the job look, twice, as it does every half minute."""
        report = self.rota.do(CheckTasks())
        assert self.rota.do(CheckTasks()) is None
        day = day_of(self.rota.at)
        if self.days and self.days[-1] >= day:
            assert report is None
            return
        assert report is not None
        assert report.day == day
        self.days.append(day)
        for number in self.known:
            self.note(number, actor=None)

    def work(self) -> None:
        """Let somebody do something to a task."""
        number = self.dice.choice(list(self.known))
        task = stands(self.rota, number)
        write = self.something(number, task)
        managed = isinstance(write, EditTask | CancelTask) or self.dice.random() < 0.3
        actor = MANAGER if managed or task.user_id is None else task.user_id
        if write is not None:
            self.rota.do(write, actor)
            self.note(number, actor)

    def something(self, number: int, task: StaffTask) -> Write[TaskChange] | None:
        """Draw what is done to a task; None for nothing."""
        kind = self.dice.randint(0, 9)
        if not task.is_open:
            again = task.status == "done" and kind < 5
            return MoveTask(task_id=number, to="in_progress") if again else None
        if kind < 5:
            more = task.progress + 5
            return SetProgress(task_id=number, progress=more) if more < 100 else None
        if kind == 5:
            return MoveTask(task_id=number, to="done", take_next=False)
        if kind < 8:
            end = max(task.start + DAY, day_of(self.rota.at) + self.dice.randint(-3, 30) * DAY)
            return EditTask(task_id=number, end=end) if end != task.end else None
        return CancelTask(task_id=number, reason="x") if kind == 9 and self.dice.random() < 0.05 else None

    def note(self, number: int, actor: int | None) -> None:
        """Account for how a task stands now: a rise is told to its owner and maker, but not the author."""
        day = day_of(self.rota.at)
        now = level(self.rota, number, day)
        if LEVELS[now] > LEVELS[self.known[number]]:
            owner = (ADA, BEN, CLEO)[(number - 1) % 3]
            self.expected |= {(f"late:{number}:{now}:{day}", who) for who in {owner, MANAGER} - {actor}}
        self.known[number] = now
        task = stands(self.rota, number)
        assert task.is_delayed == (now == "delayed")
        assert (task.risk == "high") == (now != "calm")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_a_year_with_the_bot_away_at_random(seed: int) -> None:
    """Over both changes of the clock: every day seen once, every rise told once, nothing else told."""
    dice = random.Random(seed)
    with team() as rota:
        watched = Watched(rota, dice)
        end = instant(TODAY + YEAR * DAY)
        while rota.at < end:
            watched.work()
            watched.check()
            near = abs((day_of(rota.at) - date(2026, 3, 8)).days) < 2
            pause = 86_400 * dice.randint(1, 12) if dice.random() < 0.25 and not near else 0
            rota.at += pause or dice.randint(600, 86_400)
        found = rota.rows(LATE)
        assert len(found) == len(set(found))
        assert set(found) == watched.expected
        assert rota.rows(RUNS) == [(str(day), "delivered") for day in watched.days]
        rota.check()


@pytest.mark.parametrize("changing", sorted(CHANGES))
def test_it_is_six_o_clock_on_the_days_the_clocks_change(staffed: Rota, changing: date) -> None:
    """Asked around 06:00 of the day before, that day and the day after, it runs at 06:00 sharp."""
    first = add(staffed, MANAGER, user_id=ADA, start=changing - 9 * DAY, end=changing - DAY)
    staffed.at = instant(changing - DAY, "05:00")
    staffed.do(CheckTasks())
    for day in (changing - DAY, changing, changing + DAY):
        six = int(datetime(day.year, day.month, day.day, 6, tzinfo=ZoneInfo("America/New_York")).timestamp())
        for staffed.at in (six - 30, six - 1):
            assert staffed.do(CheckTasks()) is None
        staffed.at = six
        report = staffed.do(CheckTasks())
        assert report is not None
        assert report.day == day
        assert stands(staffed, first.id).is_delayed is (day >= changing)
    keys = [key for key, who in staffed.rows(LATE) if who == ADA]
    assert keys.count(f"late:{first.id}:delayed:{changing}") == 1
    assert len([key for key in keys if ":delayed:" in key]) == 1


def test_away_for_days_it_is_caught_up_once(staffed: Rota) -> None:
    """Started again after a week, it looks once, for the present day, and tells of what stands."""
    add(staffed, MANAGER, user_id=ADA, end=TODAY + DAY)
    staffed.do(CheckTasks())
    staffed.at += 7 * 86_400
    assert staffed.do(CheckTasks()) is not None
    assert staffed.do(CheckTasks()) is None
    assert staffed.rows(RUNS) == [(str(TODAY), "delivered"), (str(TODAY + 7 * DAY), "delivered")]
    assert told(staffed, ADA, "task_delayed") == 1


def test_a_rise_that_is_told_counts_until_the_next_one(staffed: Rota) -> None:
    """High, then late, then well by new days, then late again on another day: three notices."""
    found = add(staffed, MANAGER, user_id=ADA, end=TODAY + 20 * DAY)
    for days, wanted in ((17, 1), (18, 1), (21, 2), (22, 2)):
        staffed.at = instant(TODAY + days * DAY)
        staffed.do(CheckTasks())
        assert told(staffed, ADA, "task_delayed") == wanted, days
    staffed.do(EditTask(task_id=found.id, end=TODAY + 60 * DAY), MANAGER)
    staffed.at = instant(TODAY + 61 * DAY)
    staffed.do(CheckTasks())
    assert told(staffed, ADA, "task_delayed") == 3


def test_another_zone_repeats_no_day(staffed: Rota) -> None:
    """The server's zone is edited east and back: no day is looked at twice, and none is lost after that."""
    staffed.at = instant(TODAY, "18:00")
    staffed.do(CheckTasks())
    staffed.context = replace(staffed.context, zone="Asia/Tokyo")
    assert staffed.do(CheckTasks()) is not None
    staffed.context = replace(staffed.context, zone="America/New_York")
    assert staffed.do(CheckTasks()) is None
    staffed.at = instant(TODAY + DAY, "06:00")
    assert staffed.do(CheckTasks()) is None
    staffed.at = instant(TODAY + 2 * DAY, "06:00")
    assert staffed.do(CheckTasks()) is not None
    assert [row[0] for row in staffed.rows(RUNS)] == [str(TODAY + number * DAY) for number in range(3)]


def test_a_future_that_did_not_come_is_taken_back(staffed: Rota) -> None:
    """By a clock a year ahead everything was late; set right, nothing is, and it is told when it is so."""
    found = add(staffed, MANAGER, user_id=ADA, end=TODAY + 20 * DAY)
    now = staffed.at
    staffed.at += YEAR * 86_400
    staffed.do(CheckTasks())
    assert stands(staffed, found.id).is_delayed is True
    staffed.connection.execute(
        "UPDATE notifications SET delivered_at = ? WHERE user_id = ?", (staffed.at, ADA)
    )
    staffed.at = now
    staffed.do(TakeBackFuture(beyond=now + 60))
    assert stands(staffed, found.id).is_delayed is False
    assert told(staffed, MANAGER, "task_delayed") == 0
    for days in (0, 18, 21):
        staffed.at = now + days * 86_400
        assert staffed.do(CheckTasks()) is not None
    assert told(staffed, ADA, "task_delayed") == 3
    assert told(staffed, MANAGER, "task_delayed") == 2
    assert timedelta(days=21) + TODAY > found.end
