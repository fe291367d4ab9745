"""Quiet hours on any day of any time zone, and what is sent through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.notices.model import QuietHours
from modelus_bot.subjects.notices.rules.kinds import NoticeType
from modelus_bot.subjects.notices.rules.quiet_hours import is_known_zone, quiet_until
from modelus_bot.subjects.notices.writes.choosing import SetQuietHours
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.notices.writes.sending import MarkDelivered, MarkFailed, PackNotices, UnpackNotices
from tests.daily_size import FULL
from tests.subjects.rota import ADA, Rota, copied, made, staff

EXAMPLES, STORIES = (5000, 1500) if FULL else (150, 40)
ZONES = (
    *("America/New_York", "Europe/Berlin", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/Santiago", "Africa/Casablanca", "Pacific/Kiritimati", "America/St_Johns"),
)
"""Half an hour's and three quarters' offsets, half an hour's summer time, changes at midnight."""
CHANGES = (1772953200, 1793512800, 1774746000, 1792890000, 1775314800, 1790434800)
"""About when clocks change in 2026: New York, Berlin and London, Lord Howe and Santiago."""


def shown(zone: str, at: int) -> int:
    """Return the minute of the day that a clock shows there."""
    there = datetime.fromtimestamp(at, ZoneInfo(zone))
    return there.hour * 60 + there.minute


def is_quiet(hours: QuietHours | None, at: int) -> bool:
    """Say whether it is quiet, by the definition that people read."""
    if hours is None:
        return False
    minute = shown(hours.zone, at)
    if hours.begin < hours.end:
        return hours.begin <= minute < hours.end
    return minute >= hours.begin or minute < hours.end


def first_loud(hours: QuietHours | None, at: int) -> int:
    """Return the first instant from ``at`` on that is not quiet, looking at every minute."""
    while is_quiet(hours, at):
        at += 60 - at % 60
    return at


moments = st.one_of(
    st.integers(1767225600, 1830297600),
    st.sampled_from(CHANGES).flatmap(lambda at: st.integers(at - 90_000, at + 90_000)),
)
minutes = st.integers(0, 1439)
quiet_hours = st.builds(QuietHours, minutes, minutes, st.sampled_from(ZONES)).filter(
    lambda hours: hours.begin != hours.end
)


@settings(max_examples=EXAMPLES)
@given(quiet_hours, moments)
def test_the_end_is_the_first_minute_that_is_not_quiet(hours: QuietHours, at: int) -> None:
    """Found at once, it is the one that looking at every minute finds."""
    expected = first_loud(hours, at)
    assert quiet_until(hours, at, "UTC") == (expected if expected != at else None)


def at(text: str, zone: str, fold: int = 0) -> int:
    """Return an instant by what a clock shows."""
    there = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(there.astimezone(UTC).timestamp())


@pytest.mark.parametrize(
    ("begin", "end", "asked", "ends"),
    [
        (22 * 60, 7 * 60, at("2026-03-28T23:00", "Europe/Berlin"), at("2026-03-29T07:00", "Europe/Berlin")),
        (22 * 60, 150, at("2026-03-29T01:59", "Europe/Berlin"), at("2026-03-29T03:00", "Europe/Berlin")),
        (130, 170, at("2026-03-29T03:00", "Europe/Berlin"), None),
        (22 * 60, 7 * 60, at("2026-10-24T23:30", "Europe/Berlin"), at("2026-10-25T07:00", "Europe/Berlin")),
        (60, 150, at("2026-10-25T02:29", "Europe/Berlin"), at("2026-10-25T02:30", "Europe/Berlin")),
        (60, 150, at("2026-10-25T02:00", "Europe/Berlin", 1), at("2026-10-25T02:30", "Europe/Berlin", 1)),
        (
            9 * 60,
            9 * 60 + 1,
            at("2026-06-01T09:00", "Europe/Berlin") + 59,
            at("2026-06-01T09:01", "Europe/Berlin"),
        ),
    ],
)
def test_nights_of_changing_clocks(begin: int, end: int, asked: int, ends: int | None) -> None:
    """A night is shorter or longer, an end may not exist or come twice, a minute is one."""
    assert quiet_until(QuietHours(begin, end, "Europe/Berlin"), asked, "UTC") == ends


def test_a_zone_that_is_gone_is_the_servers() -> None:
    """A name that this machine does not know any more must not stop anything from being sent."""
    assert not is_known_zone("Europe/Atlantis")
    assert not is_known_zone("../../etc/passwd")
    assert not is_known_zone("")
    night = at("2026-06-01T23:00", "Europe/Berlin")
    lost = QuietHours(22 * 60, 7 * 60, "Europe/Atlantis")
    assert quiet_until(lost, night, "Europe/Berlin") == at("2026-06-02T07:00", "Europe/Berlin")


@dataclass(frozen=True)
class Step:
    """Something that happens ``after`` so many seconds.

    A kind: somebody is told something, to be sent ``later`` by so many seconds. Quiet hours, or None: they
    are set, or ended. True and False: Discord begins to fail, or to work again.
    """

    after: int
    does: NoticeType | QuietHours | bool | None
    later: int = 0


pauses = st.one_of(st.integers(1, 300), st.integers(1, 40_000))
steps = st.builds(
    Step,
    pauses,
    st.one_of(st.sampled_from(["oncall", "cover", "issue_reported"]), quiet_hours, st.none(), st.booleans()),
    st.one_of(st.just(0), pauses),
)


class Story:
    """Somebody's notices and quiet hours as time passes; the outbox looks whenever something is due."""

    def __init__(self, rota: Rota, begin: int) -> None:
        """Begin with an empty inbox and no quiet hours."""
        self.rota, rota.at = rota, begin
        rota.connection.execute("DELETE FROM notifications")
        rota.connection.execute("UPDATE users SET quiet_from = NULL, quiet_to = NULL")
        self.failing, self.failed = False, False
        self.hours: list[tuple[int, QuietHours | None]] = [(begin, None)]
        self.due: dict[int, tuple[str, int]] = {}
        self.sent: list[tuple[int, int, QuietHours | None]] = []
        """Which notice was sent when, and under which quiet hours."""

    def happens(self, step: Step) -> None:
        """Let time pass and do it."""
        self.passes(self.rota.at + step.after)
        if isinstance(step.does, bool):
            self.failing = step.does
        elif isinstance(step.does, str):
            self.tell(step.does, self.rota.at + step.later)
        else:
            self.choose(step.does)
        self.passes(self.rota.at)

    def tell(self, kind: NoticeType, due: int) -> None:
        """Queue a notice."""
        self.rota.call(notify, ADA, kind, "T", "M", deliver_after=due)
        self.due[self.rota.value("SELECT max(id) FROM notifications")] = (kind, due)

    def choose(self, hours: QuietHours | None) -> None:
        """Set or end quiet hours."""
        self.hours.append((self.rota.at, hours))
        if hours is None:
            write = SetQuietHours(off=True)
        else:
            write = SetQuietHours(quiet_from=hours.begin, quiet_to=hours.end, zone=hours.zone)
        self.rota.do(write, ADA)

    def passes(self, until: int) -> None:
        """Send whatever is due up to then."""
        while (due := self.next_due()) is not None and due <= until:
            self.rota.at = max(self.rota.at, due)
            self.look()
        self.rota.at = until

    def next_due(self) -> int | None:
        """Return when something is due next."""
        found: int | None = self.rota.value(
            "SELECT min(deliver_after) FROM notifications WHERE delivered_at IS NULL"
        )
        return found

    def look(self) -> None:
        """Do what the outbox does."""
        for parcel in self.rota.do(PackNotices(user_id=ADA)):
            ids = tuple(item.id for item in parcel.notices)
            if self.failing:
                self.failed = True
                self.rota.do(MarkFailed(ids=ids, error="no answer", retry_at=self.rota.at + 3600))
                return
            if parcel.only_look:
                self.rota.do(UnpackNotices(ids=ids))
                continue
            self.sent += [(number, self.rota.at, self.hours[-1][1]) for number in ids]
            self.rota.do(MarkDelivered(ids=ids))

    def hours_at(self, at: int) -> QuietHours | None:
        """Return the quiet hours that count at an instant."""
        return [hours for since, hours in self.hours if since <= at][-1]

    def first_chance(self, number: int) -> int:
        """Return the first instant at which a notice may be sent, looking at every minute."""
        kind, at = self.due[number]
        while kind != "issue_reported" and is_quiet(self.hours_at(at), at):
            changes = [since for since, _ in self.hours if since > at]
            at = min([at + 60 - at % 60, *changes])
        return at


@pytest.fixture(scope="module")
def stage() -> Iterator[Rota]:
    """Return one file for all stories."""
    with copied(made(staff)) as rota:
        yield rota


@settings(max_examples=STORIES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=moments, happenings=st.lists(steps, min_size=1, max_size=12))
def test_nothing_is_sent_in_quiet_hours_and_nothing_is_lost(
    stage: Rota, begin: int, happenings: list[Step]
) -> None:
    """Each notice once; never while it is quiet, unless it is urgent; in the first minute when it is not."""
    story = Story(stage, begin)
    for step in happenings:
        story.happens(step)
    story.failing = False
    story.passes(stage.at + 6 * 86_400)
    assert sorted(number for number, _, _ in story.sent) == sorted(story.due)
    for number, sent, hours in story.sent:
        kind, due = story.due[number]
        assert kind == "issue_reported" or not is_quiet(hours, sent)
        assert sent >= due
        assert story.failed or sent < story.first_chance(number) + 60
