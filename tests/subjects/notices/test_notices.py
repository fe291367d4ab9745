"""Notices: queued with the change, once per key, sent later, counted when they fail."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from modelus_bot.database import Viewer
from modelus_bot.subjects.notices.model import Parcel
from modelus_bot.subjects.notices.queries import due_people, inbox
from modelus_bot.subjects.notices.writes.outbox import notify, notify_managers
from modelus_bot.subjects.notices.writes.sending import (
    MarkDelivered,
    MarkFailed,
    PackNotices,
    UnpackNotices,
)
from tests.subjects.rota import ADA, BEN, MANAGER, SECOND_MANAGER, Rota


def queue(rota: Rota, person: int | None, key: str | None = None, after: int | None = None) -> None:
    """Queue a notice."""
    rota.call(notify, person, "system", "Title", "Text", dedupe_key=key, deliver_after=after)


def test_the_same_key_is_queued_once_for_each_person(staffed: Rota) -> None:
    """Another person or another key is another notice; without a key each one counts."""
    for person, key in [(ADA, "a"), (ADA, "a"), (ADA, "b"), (BEN, "a"), (ADA, None), (ADA, None)]:
        queue(staffed, person, key)
    assert len(staffed.notices(ADA)) == 4
    assert len(staffed.notices(BEN)) == 1


def test_people_without_an_account_get_none(staffed: Rota) -> None:
    """Neither nobody nor somebody imported can be reached."""
    queue(staffed, None)
    queue(staffed, 7)
    assert staffed.value("SELECT count(*) FROM notifications") == 0


def test_long_texts_are_cut_to_what_the_schema_takes(staffed: Rota) -> None:
    """A long name in a sentence never fails the change it tells of."""
    staffed.call(notify, ADA, "system", "T" * 500, "M" * 5000)
    assert staffed.rows("SELECT length(title), length(message) FROM notifications") == [(200, 2000)]


def test_managers_are_told_once_per_key(staffed: Rota) -> None:
    """Every active manager and administrator, and nobody else."""
    for _ in range(2):
        staffed.call(notify_managers, "Title", "Text", dedupe_key="k")
    people = {row[0] for row in staffed.rows("SELECT user_id FROM notifications")}
    assert people == {MANAGER, SECOND_MANAGER, SECOND_MANAGER + 1}
    assert staffed.value("SELECT count(*) FROM notifications") == 3


def pack(rota: Rota, person: int = ADA) -> list[list[int]]:
    """Return the numbers of the notices of each message that leaves for somebody now."""
    return [[item.id for item in parcel.notices] for parcel in parcels(rota, person)]


def parcels(rota: Rota, person: int = ADA) -> tuple[Parcel, ...]:
    """Return the messages that leave for somebody now."""
    return rota.do(PackNotices(user_id=person))


def test_notices_are_due_in_order_of_time_and_until_delivered(staffed: Rota) -> None:
    """Not before their time, then in one message, oldest first; delivered ones never again."""
    now = staffed.at
    queue(staffed, ADA, after=now + 100)
    queue(staffed, BEN, after=now)
    queue(staffed, ADA, after=now - 100)
    assert staffed.ask(due_people, now) == (ADA, BEN)
    assert pack(staffed) == [[3]]
    assert staffed.do(MarkDelivered(ids=(3, 2))) == 2
    assert staffed.do(MarkDelivered(ids=(3,))) == 0
    assert staffed.ask(due_people, now + 99) == ()
    assert staffed.ask(due_people, now + 100) == (ADA,)
    staffed.at += 100
    queue(staffed, ADA)
    assert pack(staffed) == [[1, 4]]


def test_what_was_packed_leaves_as_it_was(staffed: Rota) -> None:
    """Whatever comes up meanwhile has a message of its own, until it is known that the first is not there."""
    queue(staffed, ADA)
    queue(staffed, ADA)
    assert [(one.number, one.fresh) for one in parcels(staffed)] == [(1, True)]
    queue(staffed, ADA)
    assert [(one.number, one.fresh) for one in parcels(staffed)] == [(1, False), (3, True)]
    assert pack(staffed) == [[1, 2], [3]]
    staffed.do(UnpackNotices(ids=(1, 2, 3)))
    assert pack(staffed) == [[1, 2, 3]]


def test_messages_keep_within_what_discord_takes(staffed: Rota) -> None:
    """Ten cards, and six thousand characters in all of them."""
    for _ in range(11):
        queue(staffed, ADA)
    assert list(map(len, pack(staffed))) == [10, 1]
    for _ in range(4):
        staffed.call(notify, BEN, "system", "T" * 200, "M" * 2000)
    assert list(map(len, pack(staffed, BEN))) == [2, 2]


def test_a_failed_notice_waits_and_counts(staffed: Rota) -> None:
    """It comes back at its new time with its attempts; a delivered or unknown one is left alone."""
    queue(staffed, ADA)
    later = staffed.at + 60
    assert staffed.do(MarkFailed(ids=(1,), error="no answer", retry_at=later)) == 1
    assert staffed.ask(due_people, later - 1) == ()
    staffed.at = later
    assert parcels(staffed)[0].notices[0].attempts == 1
    assert staffed.do(MarkFailed(ids=(1,), error="no answer", retry_at=later)) == 2
    staffed.do(MarkDelivered(ids=(1,)))
    assert staffed.do(MarkFailed(ids=(1,), error="too late", retry_at=later)) == 0
    assert staffed.do(MarkFailed(ids=(99,), error="unknown", retry_at=later)) == 0
    assert staffed.value("SELECT last_error FROM notifications") == "no answer"


def test_nothing_overtakes_what_failed(staffed: Rota) -> None:
    """What comes up meanwhile is put off to the same time, and leaves with it when it is not there yet."""
    queue(staffed, ADA)
    assert pack(staffed) == [[1]]
    later = staffed.at + 60
    staffed.do(MarkFailed(ids=(1,), error="no answer", retry_at=later, arrived=False))
    queue(staffed, ADA)
    assert pack(staffed) == []
    assert staffed.ask(due_people, later - 1) == ()
    staffed.at = later
    assert pack(staffed) == [[1, 2]]


def test_what_is_given_up_is_in_the_inbox_with_its_error(staffed: Rota) -> None:
    """It is never sent again and holds up nothing."""
    queue(staffed, ADA)
    staffed.do(MarkFailed(ids=(1,), error="no answer", retry_at=None))
    queue(staffed, ADA)
    assert pack(staffed) == [[2]]
    found = staffed.ask(inbox, Viewer(ADA), staffed.at, 10)
    assert [(item.id, item.way, item.last_error) for item in found] == [
        (2, None, None),
        (1, "given_up", "no answer"),
    ]


def test_batches_have_a_size() -> None:
    """None or too many are refused before anything starts."""
    for ids in ((), tuple(range(201))):
        with pytest.raises(ValidationError):
            MarkDelivered(ids=ids)
