"""One's own inbox: what is in it, in which order, read by whom; and what people choose about it."""

from __future__ import annotations

import pytest

from modelus_bot.database import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.notices.model import Delivery, QuietHours
from modelus_bot.subjects.notices.queries import inbox, own_notice, preferences, unread
from modelus_bot.subjects.notices.rules.kinds import NoticeType
from modelus_bot.subjects.notices.writes.choosing import SetDelivery, SetQuietHours
from modelus_bot.subjects.notices.writes.outbox import notify, notify_each
from modelus_bot.subjects.notices.writes.reading import MarkAllRead, MarkRead
from modelus_bot.subjects.notices.writes.sending import PackNotices
from tests.subjects.rota import ADA, BEN, GUEST, Rota

NIGHT = SetQuietHours(quiet_from=0, quiet_to=1439, zone="UTC")
"""It is quiet but for the last minute of the day."""


def tell(
    rota: Rota, title: str, person: int = ADA, kind: NoticeType = "oncall", after: int | None = None
) -> int:
    """Queue a notice and return its number."""
    rota.call(notify, person, kind, title, "Text", dedupe_key=title, deliver_after=after)
    return int(rota.value("SELECT id FROM notifications WHERE dedupe_key = ? AND user_id = ?", title, person))


def titles(rota: Rota, person: int = ADA, *, unread_only: bool = False) -> list[str]:
    """Return what is in somebody's inbox."""
    return [item.title for item in rota.ask(inbox, Viewer(person), rota.at, 50, 0, unread_only)]


def packed(rota: Rota) -> list[str]:
    """Return the titles of what leaves for Ada now."""
    return [item.title for parcel in rota.do(PackNotices(user_id=ADA)) for item in parcel.notices]


def ways(rota: Rota) -> list[str | None]:
    """Return how each notice left."""
    return [row[0] for row in rota.rows("SELECT way FROM notifications ORDER BY id")]


def test_unread_ones_come_first_and_the_newest_of_each(staffed: Rota) -> None:
    """Pages are cut from this order; only one's own are there."""
    for title in "abcd":
        tell(staffed, title)
        staffed.at += 1
    tell(staffed, "Ben's", BEN)
    staffed.do(MarkRead(id=4), ADA)
    assert titles(staffed) == ["c", "b", "a", "d"]
    assert titles(staffed, unread_only=True) == ["c", "b", "a"]
    assert [item.title for item in staffed.ask(inbox, Viewer(ADA), staffed.at, 2, 2)] == ["a", "d"]
    assert staffed.ask(unread, Viewer(ADA), staffed.at) == (3, 3)
    assert staffed.ask(unread, Viewer(GUEST), staffed.at) == (0, 0)


def test_what_is_for_later_is_not_there_before(staffed: Rota) -> None:
    """Neither listed, counted, opened, nor marked as read."""
    number = tell(staffed, "later", after=staffed.at + 60)
    tell(staffed, "now")
    assert titles(staffed) == ["now"]
    assert staffed.ask(unread, Viewer(ADA), staffed.at) == (1, 2)
    assert staffed.ask(own_notice, ADA, number, staffed.at) is None
    assert staffed.do(MarkAllRead(up_to=2), ADA) == 1
    staffed.at += 60
    assert titles(staffed) == ["later", "now"]


def test_reading_is_audited_and_takes_it_from_the_outbox(staffed: Rota) -> None:
    """What somebody has read is not sent to them afterwards; reading again changes nothing."""
    number = tell(staffed, "a")
    assert staffed.do(MarkRead(id=number), ADA).is_read is False
    assert staffed.do(MarkRead(id=number), ADA).is_read is True
    assert packed(staffed) == []
    assert ways(staffed) == ["read"]
    entries = "SELECT record_id, changed_by FROM audit_logs WHERE table_name = 'notifications'"
    assert staffed.rows(entries) == [(str(number), ADA)]


def test_nobody_opens_another_persons(staffed: Rota) -> None:
    """It is not there for them, whoever they are; nothing is marked."""
    number = tell(staffed, "a")
    for write in (MarkRead(id=number), MarkRead(id=99)):
        refusal = staffed.refusal(write, BEN)
        assert isinstance(refusal, NotFound)
        assert "in your inbox" in str(refusal)
    assert staffed.do(MarkAllRead(up_to=99), BEN) == 0
    assert staffed.ask(own_notice, BEN, number, staffed.at) is None


def test_what_comes_after_the_question_stays_unread(staffed: Rota) -> None:
    """Nobody marks what they were not asked about."""
    last = tell(staffed, "a")
    tell(staffed, "b")
    assert staffed.do(MarkAllRead(up_to=last), ADA) == 1
    assert titles(staffed, unread_only=True) == ["b"]


@pytest.mark.parametrize(
    ("kind", "delivery", "shown", "sent"),
    [
        ("oncall", "dm", ["a"], ["a"]),
        ("oncall", "inbox", ["a"], []),
        ("oncall", "off", [], []),
        ("cover", "inbox", ["a"], []),
    ],
)
def test_each_kind_is_delivered_as_chosen(
    staffed: Rota, kind: NoticeType, delivery: Delivery, shown: list[str], sent: list[str]
) -> None:
    """Off is neither sent nor shown; its key counts all the same, so that it is not queued for ever."""
    assert staffed.do(SetDelivery(type=kind, delivery=delivery), ADA) == "dm"
    tell(staffed, "a", kind=kind)
    tell(staffed, "a", kind=kind)
    assert titles(staffed) == shown
    assert packed(staffed) == sent
    assert staffed.value("SELECT count(*) FROM notifications") == 1
    assert staffed.ask(unread, Viewer(ADA), staffed.at)[0] == len(shown)


def test_many_at_once_are_delivered_as_chosen(staffed: Rota) -> None:
    """Each by its own reader's choice."""
    staffed.do(SetDelivery(type="oncall", delivery="off"), ADA)
    staffed.do(SetDelivery(type="oncall", delivery="inbox"), BEN)
    told = [(person, "T", "M", None) for person in (ADA, BEN, GUEST, ADA) if person != GUEST]
    staffed.call(notify_each, "oncall", told)
    assert ways(staffed) == ["off", "inbox", "off"]


def test_a_choice_made_after_it_was_queued_counts(staffed: Rota) -> None:
    """It is not sent any more; it stays in the inbox, since it was told before."""
    tell(staffed, "a")
    staffed.do(SetDelivery(type="oncall", delivery="off"), ADA)
    assert packed(staffed) == []
    assert ways(staffed) == ["inbox"]
    assert titles(staffed, unread_only=True) == ["a"]


@pytest.mark.parametrize("kind", ["cover", "system"])
def test_what_may_not_be_switched_off_says_so(staffed: Rota, kind: NoticeType) -> None:
    """And says why, and what can be done instead."""
    said = str(staffed.refusal(SetDelivery(type=kind, delivery="off"), ADA))
    assert "cannot be switched off" in said
    assert "Choose the inbox" in said


def test_choices_are_audited_once(staffed: Rota) -> None:
    """Choosing the same again changes nothing; nobody chooses for another."""
    for _ in range(2):
        staffed.do(SetDelivery(type="oncall", delivery="inbox"), ADA)
    entries = "SELECT record_id FROM audit_logs WHERE table_name = 'notification_prefs'"
    assert staffed.rows(entries) == [(f"{ADA}:oncall",)]
    assert staffed.ask(preferences, BEN, "UTC").deliveries == {}


def test_quiet_hours_are_kept_with_the_zone(staffed: Rota) -> None:
    """What is not given stays; off ends them; the zone alone can be set; a stranger is entered."""
    assert staffed.do(NIGHT, ADA).quiet == QuietHours(0, 1439, "UTC")
    assert staffed.do(SetQuietHours(zone="Asia/Tokyo"), ADA).quiet == QuietHours(0, 1439, "Asia/Tokyo")
    assert staffed.do(SetQuietHours(quiet_from=1320, quiet_to=420), ADA).quiet == QuietHours(
        1320, 420, "Asia/Tokyo"
    )
    ended = staffed.do(SetQuietHours(off=True), ADA)
    assert (ended.quiet, ended.zone) == (None, "Asia/Tokyo")
    assert staffed.do(NIGHT, GUEST).zone == "UTC"
    assert staffed.ask(preferences, 5, "Asia/Tokyo").zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (SetQuietHours(quiet_from=1), "need both a start and an end"),
        (SetQuietHours(quiet_to=1), "need both a start and an end"),
        (SetQuietHours(quiet_from=1, quiet_to=1), "cannot end when they begin"),
        (SetQuietHours(zone="Europe/Atlantis"), "“Europe/Atlantis” is not a time zone"),
    ],
)
def test_what_are_no_quiet_hours_is_refused(staffed: Rota, write: SetQuietHours, words: str) -> None:
    """With what to do instead."""
    assert words in str(staffed.refusal(write, ADA))


def test_what_is_held_is_in_the_inbox_at_once_and_leaves_when_the_hours_change(staffed: Rota) -> None:
    """Held when it is queued, and judged again by whatever is chosen later."""
    staffed.do(NIGHT, ADA)
    tell(staffed, "a")
    assert titles(staffed, unread_only=True) == ["a"]
    assert packed(staffed) == []
    assert staffed.value("SELECT deliver_after FROM notifications") % 86_400 == 1439 * 60
    tell(staffed, "urgent", kind="issue_reported")
    assert packed(staffed) == ["urgent"]
    staffed.do(SetQuietHours(off=True), ADA)
    assert packed(staffed) == ["urgent", "a"]
