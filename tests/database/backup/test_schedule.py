"""Copies are due by the age of the newest one, whatever the clock and the bot did meanwhile."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.schedule import SET_BACK, Schedule, due_in
from modelus_bot.database.core.errors import BackupFailed
from tests.waiting import eventually, stays

TIMES = st.floats(0, 4e9)
EVERY = st.floats(1, 31 * 86_400)


@given(newest=st.none() | TIMES, every=EVERY, now=TIMES)
def test_the_next_copy_is_never_further_away_than_one_interval(
    newest: float | None, every: float, now: float
) -> None:
    """No clock, however wrong, puts copies off for long."""
    assert 0 <= due_in(newest, every, now) <= every


@given(newest=TIMES, every=EVERY, passed=st.floats(0, 1))
def test_a_restart_does_not_restart_the_clock(newest: float, every: float, passed: float) -> None:
    """What is left to wait depends on the newest copy alone, not on when the bot began."""
    left = due_in(newest, every, newest + passed * every)
    assert abs(left - (1 - passed) * every) < 1e-3 * every


def test_a_copy_from_the_future_makes_the_next_one_due() -> None:
    """When the clock was set back, a new copy sets the count right; a few seconds are no reason."""
    assert due_in(10_000.0, 3600, 5_000.0) == 0
    assert due_in(5_000.0 + SET_BACK / 2, 3600, 5_000.0) == 3600
    assert due_in(None, 3600, 5_000.0) == 0


class Copies:
    """What a schedule sees of the copies, and a clock that runs as told."""

    def __init__(self) -> None:
        self.now, self.newest, self.made = 1000.0, 900.0, 0
        self.fails = False

    async def make(self) -> None:
        """Make a copy, or fail."""
        if self.fails:
            self.fails = False
            raise BackupFailed("no room")
        self.made += 1
        self.newest = self.now


async def test_an_edit_of_the_settings_is_noticed_at_once() -> None:
    """A shorter interval makes a copy due, switching off stops copies, switching on goes on."""
    copies = Copies()
    schedule = Schedule(BackupSettings(every=3600), lambda: copies.now, lambda: copies.newest, copies.make)
    schedule.start()
    try:
        await stays(lambda: copies.made == 0, 0.1)
        assert copies.made == 0
        schedule.apply(BackupSettings(every=60))
        await eventually(lambda: copies.made == 1)
        schedule.apply(BackupSettings(every=60, schedule="off"))
        copies.now += 1000
        await stays(lambda: copies.made == 1, 0.1)
        assert copies.made == 1
        schedule.apply(BackupSettings(every=60))
        await eventually(lambda: copies.made == 2)
    finally:
        await schedule.stop()


async def test_a_failure_does_not_end_the_schedule() -> None:
    """After a copy failed the next one is tried, without an hour in between."""
    copies = Copies()
    copies.fails = True
    schedule = Schedule(BackupSettings(every=1), lambda: copies.now, lambda: copies.newest, copies.make)
    schedule.start()
    try:
        await eventually(lambda: copies.made == 1)
    finally:
        await schedule.stop()
