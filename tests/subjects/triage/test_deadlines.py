"""The clock of an item: each step once, at its time and never before, whatever happens to item and bot."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.clock.writes import TakeBackFuture
from modelus_bot.subjects.triage.model import PRIORITIES, Priority
from modelus_bot.subjects.triage.rules import HOURS, LEVELS, due_levels
from modelus_bot.subjects.triage.writes.closing import ResolveItem
from modelus_bot.subjects.triage.writes.deadlines import JOB, TickClock
from modelus_bot.subjects.triage.writes.steps import ClaimItem, SetPriority, SnoozeItem
from modelus_bot.subjects.triage.writes.talking import ReplyToReporter
from tests.daily_size import FULL
from tests.subjects.rota import (
    ADA,
    BEN,
    GUEST,
    MANAGER,
    SECOND_MANAGER,
    Rota,
    copied,
    fill_roster,
    made,
    plan_sprints,
    staff,
)
from tests.subjects.triage.triage_cases import again, report, told

HOUR = 3600
LATE = "Late: item 1 (A title), priority"


def late(rota: Rota, person: int) -> int:
    """Return how often somebody was told that an item is late."""
    return sum(title.startswith("Late:") for title in told(rota, person))


def test_each_step_comes_once_and_at_its_time(rota: Rota) -> None:
    """Holder at the deadline, the next sprint's holder half the time later, managers after the same again."""
    found = report(rota)
    start = rota.at
    seen = []
    for minutes in range(0, 60 * 60, 30):
        rota.at = start + minutes * 60
        if rota.do(TickClock()).escalated:
            seen.append((minutes / 60, late(rota, ADA), late(rota, BEN), late(rota, MANAGER)))
    assert seen == [(24, 1, 0, 0), (36, 1, 1, 0), (48, 1, 1, 1)]
    assert late(rota, SECOND_MANAGER) == 1
    assert told(rota, ADA)[-1] == f"{LATE} medium"
    runs = rota.rows("SELECT run_key, status FROM job_runs WHERE job = ?", JOB)
    assert runs == [(f"{found.id}:{level}", "delivered") for level in (1, 2, 3)]


def test_after_a_long_downtime_everybody_is_told_once(rota: Rota) -> None:
    """All three steps are made up for in one run."""
    report(rota)
    rota.at += 100 * HOUR
    assert rota.do(TickClock()).escalated == 3
    assert rota.do(TickClock()).escalated == 0
    assert [late(rota, person) for person in (ADA, BEN, MANAGER, SECOND_MANAGER)] == [1, 1, 1, 1]


def test_nobody_on_duty_means_managers_at_once(rota: Rota) -> None:
    """They are not told the same a second time under the name of a later step."""
    report(rota, category="bug")
    rota.at += 24 * HOUR
    rota.do(TickClock())
    assert late(rota, MANAGER) == 1


@pytest.mark.parametrize("how", ["reply", "resolve"])
def test_an_answer_ends_it_and_a_claim_does_not(rota: Rota, how: str) -> None:
    """Whoever has claimed something is told, too, when nobody has answered."""
    found = report(rota)
    rota.do(ClaimItem(item_id=found.id), BEN)
    if how == "reply":
        rota.at += 24 * HOUR
        rota.do(TickClock())
        assert (late(rota, BEN), late(rota, ADA)) == (1, 1)
        rota.do(ReplyToReporter(item_id=found.id, text="t"), BEN)
    else:
        rota.do(ResolveItem(item_id=found.id, resolution="r"), BEN)
    rota.at += 1000 * HOUR
    assert rota.do(TickClock()).escalated == 0


def test_what_has_slept_wakes_once(rota: Rota) -> None:
    """Whoever has it is told, and the deadline is the one that was worked out before."""
    found = report(rota)
    rota.do(SnoozeItem(item_id=found.id, until=rota.at + 30 * HOUR), BEN)
    rota.at += 30 * HOUR - 1
    assert rota.do(TickClock()).woken == 0
    rota.at += 1
    assert [rota.do(TickClock()).woken for _ in range(2)] == [1, 0]
    assert told(rota, ADA)[1:] == ["Item 1 (A title) is awake again"]
    rota.at += 24 * HOUR - 1
    assert rota.do(TickClock()).escalated == 0
    rota.at += 1
    assert rota.do(TickClock()).escalated == 1
    assert again(rota, found).escalated == 1


def test_steps_of_a_future_that_did_not_come_are_taken_again(rota: Rota) -> None:
    """The machine's clock was a week ahead: whoever was told too early is told when it is time."""
    report(rota)
    now = rota.at
    rota.at += 7 * 24 * HOUR
    assert rota.do(TickClock()).escalated == 3
    rota.rows("UPDATE notifications SET delivered_at = ? WHERE user_id = ?", rota.at, ADA)
    rota.at = now + 60
    rota.do(TakeBackFuture(beyond=now + HOUR))
    assert rota.do(TickClock()).escalated == 0
    rota.at = now + 24 * HOUR
    assert rota.do(TickClock()).escalated == 1
    assert (late(rota, ADA), late(rota, BEN)) == (2, 0)


def prepare(rota: Rota) -> None:
    """Enter staff, a roster and sprints around the spring change of the clocks."""
    staff(rota)
    fill_roster(rota, ADA, BEN)
    plan_sprints(rota, 12)


@pytest.fixture(scope="module")
def content() -> bytes:
    """Return a prepared file."""
    return made(prepare)


ZONE = ZoneInfo("America/New_York")
MOMENTS = st.one_of(
    st.integers(0, 40 * 24 * 60),
    st.integers(-90, 90).map(
        lambda minutes: (
            int(
                (datetime(2026, 3, 8, 2, tzinfo=ZONE) - datetime(2026, 1, 7, 12, tzinfo=ZONE))
                / timedelta(minutes=1)
            )
            + minutes
        )
    ),
)
"""Minutes after the rota's noon: any, and those around the hour that the clocks skip."""
STEPS = st.lists(
    st.tuples(
        st.integers(1, 3000),
        st.one_of(
            st.tuples(st.just("tick"), st.none()),
            st.tuples(st.just("down"), st.integers(1, 6000)),
            st.tuples(st.just("snooze"), st.integers(1, 4000)),
            st.tuples(st.just("wake"), st.none()),
            st.tuples(st.just("priority"), st.sampled_from(PRIORITIES)),
        ),
    ),
    max_size=12,
)
"""Minutes until each step, and what is done then."""


class Told:
    """What should be: the clock kept by counting each minute that an item was awake, one by one."""

    def __init__(self, at: int) -> None:
        """Begin at the report."""
        self.created = self.at = at
        self.asleep = 0
        self.until = 0
        self.priority: Priority = "medium"
        self.level = 0

    def pass_to(self, at: int) -> None:
        """Let time pass; what it sleeps does not count."""
        if self.until > self.at:
            self.asleep += min(at, self.until) - self.at
        self.at = at

    def tick(self) -> int:
        """Return how many steps are due now."""
        if self.at < self.until:
            return 0
        awake = self.at - self.created - self.asleep
        hours = HOURS[self.priority] * HOUR
        reached = sum(awake >= hours * (2 + step) / 2 for step in range(LEVELS))
        due = max(0, reached - self.level)
        self.level = max(self.level, reached)
        return due


@given(start=MOMENTS, steps=STEPS)
@settings(max_examples=1000 if FULL else 60)
@example(start=0, steps=[(60 * 23, ("snooze", 120)), (60, ("priority", "critical")), (90, ("tick", None))])
def test_the_clock_is_what_counting_minutes_gives(
    content: bytes, start: int, steps: list[tuple[int, tuple[str, object]]]
) -> None:
    """Random sleeps, priorities and downtimes: as many steps as the count says, no level ever twice."""
    with copied(content) as rota:
        rota.at += start * 60
        report(rota)
        model = Told(rota.at)
        for minutes, (what, value) in [*steps, (9000, ("tick", None))]:
            rota.at += minutes * 60
            model.pass_to(rota.at)
            if what == "down":
                rota.at += int(str(value)) * 60
                model.pass_to(rota.at)
            expected = model.tick()
            assert rota.do(TickClock()).escalated == expected
            if what == "snooze":
                model.until = rota.at + int(str(value)) * 60
                rota.do(SnoozeItem(item_id=1, until=model.until), BEN)
            elif what == "wake" and model.until > rota.at:
                model.until = 0
                rota.do(SnoozeItem(item_id=1), BEN)
            elif what == "priority":
                model.priority = PRIORITIES[PRIORITIES.index(str(value))]  # type: ignore[arg-type]
                rota.do(SetPriority(item_id=1, level=model.priority, reason="r"), BEN)
        counted = "SELECT dedupe_key, count(*) FROM notifications WHERE dedupe_key GLOB 'triage:1:late:*' AND"
        twice = rota.rows(f"{counted} user_id > 0 GROUP BY user_id, dedupe_key HAVING count(*) > 1")
        assert twice == []
        assert rota.value("SELECT count(*) FROM job_runs WHERE job = ?", JOB) == model.level
        assert late(rota, MANAGER) == (1 if model.level == LEVELS else 0)
        assert GUEST not in {row[0] for row in rota.rows("SELECT user_id FROM notifications"
                                                         " WHERE dedupe_key GLOB '*:late:*'")}  # fmt: skip


@given(
    respond_by=st.integers(0, 2**31),
    priority=st.sampled_from(PRIORITIES),
    told_already=st.integers(0, LEVELS),
    at=st.integers(0, 2**32),
)
def test_no_level_is_due_before_the_deadline(
    respond_by: int, priority: Priority, told_already: int, at: int
) -> None:
    """None is due early, none twice, and they come in order."""
    due = due_levels(respond_by, priority, told_already, at)
    assert all(told_already < level <= LEVELS for level in due)
    half = HOURS[priority] * HOUR // 2
    assert all(at >= respond_by + (level - 1) * half for level in due)
    assert not due_levels(respond_by, priority, told_already, at, at + 1)


def test_the_days_of_the_clock_changes_have_their_real_length(rota: Rota) -> None:
    """A day from Saturday noon is Sunday 13:00 when clocks go forward, and 11:00 when they go back."""
    for day, hour in ((date(2026, 3, 7), 13), (date(2026, 10, 31), 11)):
        rota.at = int(datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).timestamp())
        ends = report(rota).respond_by
        assert ends is not None
        assert datetime.fromtimestamp(ends, ZONE).hour == hour
