"""Who waits how long for a database that does not answer: one table, and what holds for every case."""

from __future__ import annotations

from itertools import product

import pytest

from modelus_bot.database.offline.wait_policy import SHORT_WAIT, WaitRequest, patience, seconds_to_wait

USUAL = 2.0


@pytest.mark.parametrize(
    ("asking", "seconds"),
    [
        # The bot's own writes that cannot be saved have time ...
        (WaitRequest(), None),
        (WaitRequest(deadline=60.0), None),
        # ... unless something is wrong.
        (WaitRequest(others_wait=True), USUAL),
        (WaitRequest(in_vain=True), USUAL),
        (WaitRequest(others_wait=True, deadline=60.0), USUAL),
        (WaitRequest(in_vain=True, deadline=0.5), 0.5),
        # People wait as long as they are used to.
        (WaitRequest(by_person=True), USUAL),
        (WaitRequest(by_person=True, deadline=60.0), USUAL),
        (WaitRequest(by_person=True, deadline=0.5), 0.5),
        (WaitRequest(by_person=True, in_vain=True), USUAL),
        # What can be saved waits no longer than that, whoever asks ...
        (WaitRequest(deferrable=True), USUAL),
        (WaitRequest(deferrable=True, by_person=True), USUAL),
        (WaitRequest(deferrable=True, others_wait=True), USUAL),
        (WaitRequest(deferrable=True, deadline=60.0), USUAL),
        (WaitRequest(deferrable=True, deadline=0.5), 0.5),
        # ... and hardly at all once somebody has waited in vain.
        (WaitRequest(deferrable=True, in_vain=True), SHORT_WAIT),
        (WaitRequest(deferrable=True, by_person=True, in_vain=True), SHORT_WAIT),
        (WaitRequest(deferrable=True, in_vain=True, deadline=60.0), SHORT_WAIT),
        (WaitRequest(deferrable=True, in_vain=True, deadline=0.1), 0.1),
    ],
)
def test_who_waits_how_long(asking: WaitRequest, seconds: float | None) -> None:
    """Each kind of write, at each kind of moment, waits the seconds of the table."""
    assert seconds_to_wait(asking, USUAL) == seconds


def test_nothing_waits_longer_than_its_deadline_or_than_people_do() -> None:
    """In every one of the cases there are, whatever the settings say."""
    flags = (False, True)
    cases = product(flags, flags, flags, flags, (None, 0.0, 0.1, 1.0, 60.0), (0.05, 0.25, 2.0))
    for deferrable, by_person, others_wait, in_vain, deadline, usual in cases:
        asking = WaitRequest(deferrable, by_person, others_wait, in_vain, deadline)
        seconds = seconds_to_wait(asking, usual)
        has_time = not (deferrable or by_person or others_wait or in_vain)
        assert (seconds is None) is has_time, asking
        if seconds is not None:
            assert 0 <= seconds <= usual, asking
            assert deadline is None or seconds <= deadline, asking


@pytest.mark.parametrize(
    ("usual", "in_vain", "seconds"),
    [(2.0, False, 2.0), (2.0, True, SHORT_WAIT), (0.1, False, 0.1), (0.1, True, 0.1)],
)
def test_hurry_never_makes_anybody_wait_longer(usual: float, in_vain: bool, seconds: float) -> None:
    """Settings below a quarter of a second stay as they are."""
    assert patience(usual, in_vain=in_vain) == seconds
