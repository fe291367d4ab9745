"""Who waits how long for a database that does not answer: one table, and what holds for every case."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from modelus_bot.config import DegradationSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.offline.wait_policy import (
    SHORT_WAIT,
    WaitPolicy,
    WaitRequest,
    allowed_wait,
    seconds_to_wait,
)
from tests.database.offline.journal.waiting import Take
from tests.database.operations import PutSetting, setting

USUAL = 2.0


@pytest.mark.parametrize(
    ("asking", "seconds"),
    [
        # The bot's own writes that cannot be saved have time ...
        (WaitRequest(), None),
        (WaitRequest(deadline=60.0), None),
        # ... unless something is wrong.
        (WaitRequest(others_wait=True), USUAL),
        (WaitRequest(recently_failed=True), USUAL),
        (WaitRequest(others_wait=True, deadline=60.0), USUAL),
        (WaitRequest(recently_failed=True, deadline=0.5), 0.5),
        # People wait as long as they are used to.
        (WaitRequest(by_person=True), USUAL),
        (WaitRequest(by_person=True, deadline=60.0), USUAL),
        (WaitRequest(by_person=True, deadline=0.5), 0.5),
        (WaitRequest(by_person=True, recently_failed=True), USUAL),
        # What can be saved waits no longer than that, whoever asks ...
        (WaitRequest(deferrable=True), USUAL),
        (WaitRequest(deferrable=True, by_person=True), USUAL),
        (WaitRequest(deferrable=True, others_wait=True), USUAL),
        (WaitRequest(deferrable=True, deadline=60.0), USUAL),
        (WaitRequest(deferrable=True, deadline=0.5), 0.5),
        # ... and hardly at all once somebody has waited in vain.
        (WaitRequest(deferrable=True, recently_failed=True), SHORT_WAIT),
        (WaitRequest(deferrable=True, by_person=True, recently_failed=True), SHORT_WAIT),
        (WaitRequest(deferrable=True, recently_failed=True, deadline=60.0), SHORT_WAIT),
        (WaitRequest(deferrable=True, recently_failed=True, deadline=0.1), 0.1),
    ],
)
def test_who_waits_how_long(asking: WaitRequest, seconds: float | None) -> None:
    """Each kind of write, at each kind of moment, waits the seconds of the table."""
    assert seconds_to_wait(asking, USUAL) == seconds


def test_nothing_waits_longer_than_its_deadline_or_than_people_do() -> None:
    """In every one of the cases there are, whatever the settings say."""
    flags = (False, True)
    cases = product(flags, flags, flags, flags, (None, 0.0, 0.1, 1.0, 60.0), (0.05, 0.25, 2.0))
    for deferrable, by_person, others_wait, recently_failed, deadline, usual in cases:
        asking = WaitRequest(deferrable, by_person, others_wait, recently_failed, deadline)
        seconds = seconds_to_wait(asking, usual)
        has_time = not (deferrable or by_person or others_wait or recently_failed)
        assert (seconds is None) is has_time, asking
        if seconds is not None:
            assert 0 <= seconds <= usual, asking
            assert deadline is None or seconds <= deadline, asking


@pytest.mark.parametrize(
    ("usual", "recently_failed", "seconds"),
    [(2.0, False, 2.0), (2.0, True, SHORT_WAIT), (0.1, False, 0.1), (0.1, True, 0.1)],
)
def test_hurry_never_makes_anybody_wait_longer(usual: float, recently_failed: bool, seconds: float) -> None:
    """Settings below a quarter of a second stay as they are."""
    assert allowed_wait(usual, recently_failed=recently_failed) == seconds


@dataclass
class Found:
    """What a policy asks about."""

    depth: int = 0
    as_of: int | None = None


@query(kept=True)
def kept(tx: ReadTransaction) -> int:
    """Read something that can be answered without the database."""
    return 0


def test_one_who_waited_in_vain_hurries_everybody_until_the_database_answers() -> None:
    """Writes and kept questions alike; edited settings arrive in between."""
    found = Found(as_of=1)
    waits = WaitPolicy(DegradationSettings(patience=USUAL), found, found)
    assert (waits.for_read(kept), waits.for_read(setting)) == (USUAL, None)
    assert waits.for_write(Take(name="a"), Context()).deadline == USUAL

    waits.waited_in_vain()
    assert waits.for_read(kept) == SHORT_WAIT
    assert waits.for_write(Take(name="a"), Context()).deadline == SHORT_WAIT
    waits.apply(DegradationSettings(patience=0.1))
    assert waits.for_read(kept) == 0.1

    waits.worked()
    waits.apply(DegradationSettings(patience=3.0))
    assert waits.for_read(kept) == 3.0
    found.as_of = None
    assert waits.for_read(kept) is None


def test_what_can_be_saved_has_a_name_and_goes_behind_what_was_saved_before() -> None:
    """The bot's own changes that cannot be saved stay as they are."""
    found = Found()
    waits = WaitPolicy(DegradationSettings(), found, found)
    own = Context()
    assert waits.for_write(PutSetting(key="a", value=1), own) is own
    assert waits.for_write(Take(name="a"), Context(request_id="known")).request_id == "known"
    assert waits.for_write(Take(name="a"), Context()).request_id
    assert not waits.goes_behind(Take(name="a"))
    found.depth = 1
    assert waits.goes_behind(Take(name="a"))
    assert not waits.goes_behind(PutSetting(key="a", value=1))
