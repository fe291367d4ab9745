"""Notices: queued with the change, once per key, sent later, counted when they fail."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from modelus_bot.subjects.notices.queries import due_notices
from modelus_bot.subjects.notices.writes.outbox import MarkDelivered, MarkFailed, notify, notify_managers
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


def test_notices_are_due_in_order_of_time_and_until_delivered(staffed: Rota) -> None:
    """Not before their time; person by person, oldest first, so many of each; delivered ones never again."""
    now = staffed.at
    queue(staffed, ADA, after=now + 100)
    queue(staffed, BEN, after=now)
    queue(staffed, ADA, after=now - 100)
    assert [item.id for item in staffed.ask(due_notices, now)] == [3, 2]
    assert [item.id for item in staffed.ask(due_notices, now + 100, 1)] == [3, 2]
    assert [item.id for item in staffed.ask(due_notices, now + 100)] == [3, 1, 2]
    assert staffed.do(MarkDelivered(ids=(3, 2))) == 2
    assert staffed.do(MarkDelivered(ids=(3, 1))) == 1
    assert staffed.ask(due_notices, now + 100) == ()


def test_a_failed_notice_waits_and_counts(staffed: Rota) -> None:
    """It comes back at its new time with its attempts; a delivered or unknown one is left alone."""
    queue(staffed, ADA)
    later = staffed.at + 60
    assert staffed.do(MarkFailed(id=1, error="closed", retry_at=later)) == 1
    assert staffed.ask(due_notices, later - 1) == ()
    assert staffed.ask(due_notices, later)[0].attempts == 1
    assert staffed.do(MarkFailed(id=1, error="closed", retry_at=later)) == 2
    staffed.do(MarkDelivered(ids=(1,)))
    assert staffed.do(MarkFailed(id=1, error="closed", retry_at=later)) == 0
    assert staffed.do(MarkFailed(id=99, error="closed", retry_at=later)) == 0
    assert staffed.value("SELECT last_error FROM notifications") == "closed"


def test_batches_have_a_size() -> None:
    """None or too many are refused before anything starts."""
    for ids in ((), tuple(range(201))):
        with pytest.raises(ValidationError):
            MarkDelivered(ids=ids)
