"""Rotation: carry, modulo, who moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from modelus_bot.subjects.assignments.rules import (
    Candidate,
    Move,
    Term,
    carry,
    digest_of,
    is_away,
    modulo,
    who_moves,
)

DAY = date(2026, 1, 5)
PEOPLE = [Candidate(10, 1), Candidate(20, 2), Candidate(30, 3)]


def terms(count: int, first: int = 0) -> list[Term]:
    """Return terms of two weeks with ids from 1."""
    return [
        Term(n + 1, n, DAY + timedelta(days=14 * n), DAY + timedelta(days=14 * (n + 1)))
        for n in range(first, first + count)
    ]


def test_carry_starts_with_the_first_person_and_goes_round() -> None:
    """Without a holder before, the first on the roster begins."""
    assert list(carry(PEOPLE, terms(5), None).values()) == [10, 20, 30, 10, 20]


@pytest.mark.parametrize(("last", "following"), [(1, 20), (2, 30), (3, 10), (0, 10), (99, 10)])
def test_carry_goes_on_after_the_last_holder(last: int, following: int) -> None:
    """The next position after the last one is next, whether or not anybody stands on the last one."""
    assert carry(PEOPLE, terms(1), last) == {1: following}


def test_carry_passes_over_who_is_away_and_does_not_make_up_for_it() -> None:
    """Somebody away misses their turn; the turn after it is the next person's."""
    people = [PEOPLE[0], Candidate(20, 2, DAY, DAY + timedelta(days=13)), PEOPLE[2]]
    assert list(carry(people, terms(4), 1).values()) == [30, 10, 20, 30]


def test_carry_leaves_terms_empty_when_nobody_is_there() -> None:
    """Nobody available is nobody on duty, and the turn stays where it was."""
    everybody_away = [
        Candidate(10, 1, DAY, DAY + timedelta(days=13)),
        Candidate(20, 2, DAY, DAY + timedelta(13)),
    ]
    assert list(carry(everybody_away, terms(2), 1).values()) == [None, 20]
    assert carry([], terms(2), None) == {1: None, 2: None}


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (None, None, False),
        (DAY, DAY + timedelta(6), False),
        (DAY, DAY + timedelta(7), True),
        (DAY + timedelta(6), None, True),
        (DAY + timedelta(7), None, False),
        (DAY - timedelta(30), DAY - timedelta(1), False),
        (DAY + timedelta(14), DAY + timedelta(30), False),
        (DAY + timedelta(7), DAY + timedelta(40), False),
        (DAY - timedelta(30), DAY + timedelta(7), True),
    ],
)
def test_away_means_more_than_half_of_the_days(first: date | None, last: date | None, away: bool) -> None:
    """Seven of fourteen days are not yet away, eight are; days outside the term do not count."""
    assert is_away(Candidate(10, 1, first, last), terms(1)[0]) is away


def test_modulo_takes_the_person_at_the_index() -> None:
    """The imported way counts by sprint number, away or not."""
    assert list(modulo(PEOPLE, terms(4, first=4)).values()) == [20, 30, 10, 20]
    assert modulo([], terms(1)) == {1: None}


def test_who_moves_lists_differences_in_the_order_of_the_sprints() -> None:
    """Only slots that differ appear; the sprints' order is that of their names, not of their ids."""
    before = {(1, "account"): 10, (2, "account"): 20, (3, "po"): None}
    after = {(1, "account"): 10, (2, "account"): 30, (3, "po"): 10, (4, "po"): 20}
    assert who_moves(before, after, {3: "C", 1: "A", 2: "B"}, {"po": "Product owner"}) == (
        Move("po", 3, "C", None, 10, "Product owner"),
        Move("account", 2, "B", 20, 30),
        Move("po", 4, "", None, 20, "Product owner"),
    )


def test_the_digest_differs_when_the_moves_do() -> None:
    """The code that confirms moves depends on each of them, and not on names."""
    move = Move("account", 1, "A", 10, 20)
    same = Move("account", 1, "renamed", 10, 20, "Account")
    other = Move("account", 1, "A", 10, 30)
    assert digest_of([move]) == digest_of([same])
    assert len({digest_of([]), digest_of([move]), digest_of([other]), digest_of([move, other])}) == 4
