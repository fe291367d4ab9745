"""Adding up in memory, and when somebody in office is inactive."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.activity.model import Leave
from modelus_bot.subjects.activity.rules.silence import judged, last_there, silence
from modelus_bot.subjects.activity.rules.tally import LARGEST_BATCH, MessageTally
from tests.subjects.rota import instant

TODAY = date(2026, 2, 20)
DAYS = [TODAY - timedelta(days=number) for number in range(30)]
MESSAGES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3 * 86_400))


@given(st.lists(MESSAGES, max_size=60), st.integers(1, 20))
def test_nothing_is_lost_or_counted_twice(messages: list[tuple[int, int, int]], most: int) -> None:
    """What is taken out is what was put in, by channel, member and day; what does not fit is told."""
    tally = MessageTally(Calendar().day_of, most)
    start = instant(date(2026, 3, 7))
    for channel, user, after in messages:
        tally.add(channel, user, f"Name {user}", start + after)
    held = tally.waiting
    counts, names = tally.take()
    assert held == sum(count.messages for count in counts) == len(messages) - tally.lost
    assert tally.waiting == 0
    assert names == {count.user_id: f"Name {count.user_id}" for count in counts}
    if not tally.lost:
        by_day = Counter((c, u, Calendar().day_of(start + after)) for c, u, after in messages)
        assert {count[:3]: count.messages for count in counts} == by_day
        newest = max((start + after for *_, after in messages), default=0)
        assert max((count.last_at for count in counts), default=0) == newest


def test_a_batch_has_an_end() -> None:
    """What is beyond it leaves next; a day begins at the server's midnight, also when clocks change."""
    tally = MessageTally(Calendar("America/New_York").day_of)
    for user in range(LARGEST_BATCH + 3):
        tally.add(1, user, "", instant(TODAY))
    assert [len(tally.take()[0]), len(tally.take()[0]), tally.waiting] == [LARGEST_BATCH, 3, 0]
    for clock in ("23:59", "00:00"):
        tally.add(1, 1, "", instant(date(2026, 3, 8), clock))
    tally.add(1, 1, "", instant(date(2026, 3, 9), "00:00"))
    assert [(count.day.day, count.messages) for count in tally.take()[0]] == [(8, 2), (9, 1)]


def test_silence_counts_days_on_which_others_were_heard() -> None:
    """Neither today, nor days of leave, nor days on which the bot heard nobody."""
    since = TODAY - timedelta(days=10)
    leave = Leave(1, TODAY - timedelta(days=6), TODAY - timedelta(days=4), since)
    assert silence(since, TODAY, DAYS, None) == 9
    assert silence(since, TODAY, DAYS, leave) == 6
    assert silence(since, TODAY, [since, TODAY], None) == 0
    assert silence(TODAY, TODAY, DAYS, None) == 0


def test_somebody_new_in_office_or_back_from_leave_was_there() -> None:
    """Taking an office and speaking of a leave are as good as a message."""
    taken, said = date(2026, 2, 3), date(2026, 2, 9)
    assert last_there(None, taken, None) == taken
    assert last_there(date(2026, 1, 1), taken, None) == taken
    assert last_there(date(2026, 2, 5), taken, Leave(1, said, said, said)) == said
    assert last_there(date(2026, 2, 5), taken, Leave(1, said, said, None)) == date(2026, 2, 5)


def test_who_is_inactive() -> None:
    """At the limit, never without one, and not on leave, their own or their nation's."""
    leave = Leave(1, TODAY, TODAY, TODAY)
    cases = [(13, 14, None), (14, 14, None), (99, 0, None), (0, 14, None), (99, 14, leave)]
    standings = [judged(silent, limit, TODAY, away, nation_on_leave=False) for silent, limit, away in cases]
    assert standings == ["silent", "inactive", "silent", "heard", "leave"]
    assert judged(99, 14, TODAY, None, nation_on_leave=True) == "leave"
