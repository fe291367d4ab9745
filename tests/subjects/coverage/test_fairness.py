"""Fairness: whatever happened, the sums are what counting day by day gives."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.coverage.queries import fairness, load_balance
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.covers.writes.steps import ApproveCover
from tests.daily_size import FULL
from tests.subjects.rota import (
    ADA,
    BEN,
    CLEO,
    DAN,
    GUEST,
    MANAGER,
    Rota,
    copied,
    fill_roster,
    made,
    sprint_start,
    staff,
)

EXAMPLES = 1000 if FULL else 30
PEOPLE = (ADA, BEN, CLEO, DAN)
DUTIES = ("account", "producer")
DAY = timedelta(days=1)
BEGINNING = date(2025, 12, 20)
STAFF = Viewer(ADA)
_COVER = """
INSERT INTO overrides(sprint_id, discipline, requested_by, original_id, replacement_id, status, decided_by,
    decided_at, created_at, updated_at, first_day, last_day)
VALUES(?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?)
"""


def _prepare(rota: Rota) -> None:
    staff(rota)
    fill_roster(rota, *PEOPLE)
    fill_roster(rota, ADA, BEN, discipline="producer")


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Return a file with two rosters and no sprint."""
    return made(_prepare)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, tuple[object, ...]]]:
    """Return statements of a history: sprints with gaps, turns of anybody or nobody, covers of all sorts."""
    statements: list[tuple[str, tuple[object, ...]]] = []
    start = BEGINNING
    for number in range(draw(st.integers(1, 5))):
        start += timedelta(days=draw(st.integers(0, 4)))
        end = start + timedelta(days=draw(st.integers(1, 16)))
        index = number if draw(st.integers(0, 9)) else None
        statements.append(
            (
                "INSERT INTO sprints VALUES(?, ?, ?, ?, ?, 0)",
                (number + 1, index, f"S{number}", start.isoformat(), end.isoformat()),
            )
        )
        for duty in DUTIES:
            if draw(st.integers(0, 9)):
                holder = draw(st.sampled_from((*PEOPLE, None)))
                source = draw(st.sampled_from(("rotation", "manual", "import")))
                statements.append(
                    ("INSERT INTO assignments VALUES(?, ?, ?, ?, 0)", (number + 1, duty, holder, source))
                )
                if holder is not None:
                    statements += draw(_covers(number + 1, duty, holder, (end - start).days, start))
        start = end
    return statements


@st.composite
def _covers(
    draw: st.DrawFn, sprint: int, duty: str, holder: int, length: int, start: date
) -> list[tuple[str, tuple[object, ...]]]:
    found: list[tuple[str, tuple[object, ...]]] = []
    others = [person for person in PEOPLE if person != holder]
    status = st.sampled_from(("approved", "approved", "approved", "taken", "declined", "revoked", "expired"))
    day = 0
    while day < length and draw(st.booleans()):
        first = draw(st.integers(day, length - 1))
        last = draw(st.integers(first, length - 1))
        whole = not found and draw(st.booleans())
        days = (
            (None, None)
            if whole
            else tuple((start + timedelta(days=number)).isoformat() for number in (first, last))
        )
        stand_in = draw(st.sampled_from(others))
        found.append(
            (
                _COVER,
                (sprint, duty, holder, holder, stand_in, draw(status), MANAGER, *days),
            )
        )
        day = length if whole else last + 1
    return found


def counted(rota: Rota, first: date, last: date) -> dict[int, dict[str, int]]:
    """Count from the rows, one day after the other."""
    found: defaultdict[int, defaultdict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
    planned = rota.rows("SELECT id, start_date, end_date FROM sprints WHERE sprint_index IS NOT NULL")
    for sprint, start, end in planned:
        covers = rota.rows(
            "SELECT id, discipline, original_id, replacement_id, first_day, last_day FROM overrides"
            " WHERE status = 'approved' AND sprint_id = ?",
            sprint,
        )
        for duty, holder in rota.rows(
            "SELECT discipline, user_id FROM assignments WHERE sprint_id = ?", sprint
        ):
            day = date.fromisoformat(start)
            while day.isoformat() < end:
                today, who = day.isoformat(), holder
                if first <= day <= last:
                    for number, of, whose, by, begins, ends in covers:
                        if of == duty and (begins is None or begins <= today <= ends):
                            who = by
                            found[by]["given"].add(number)
                            found[by]["given_days"].add((number, day))
                            found[whose]["taken"].add(number)
                            found[whose]["taken_days"].add((number, day))
                    if who is not None:
                        found[who]["days"].add((duty, day))
                        found[who]["duties"].add((sprint, duty))
                        if day.strftime("%a") in {"Sat", "Sun"}:
                            found[who]["weekends"].add(day.strftime("%G-%V"))
                day += DAY
    return {
        person: {name: len(items) for name, items in kinds.items()}
        for person, kinds in found.items()
        if kinds
    }


@settings(max_examples=EXAMPLES)
@given(history=histories(), begin=st.integers(-3, 60), length=st.integers(0, 60))
def test_sums_are_what_counting_days_gives(
    prepared: bytes, history: list[tuple[str, tuple[object, ...]]], begin: int, length: int
) -> None:
    """Duties, days, weekends and covers, over any span; whoever is on a roster is there, too."""
    first = BEGINNING + timedelta(days=begin)
    last = first + timedelta(days=length)
    with copied(prepared) as rota:
        for sql, values in history:
            rota.connection.execute(sql, values)
        expected = counted(rota, first, last)
        shares = rota.ask(fairness, STAFF, first, last)
        loads = rota.ask(load_balance, STAFF, first, last)
    names = ("duties", "days", "weekends", "given", "given_days", "taken", "taken_days")
    got = {share.user_id: {name: getattr(share, name) for name in names} for share in shares}
    assert got.keys() == expected.keys() | set(PEOPLE)
    for person, numbers in got.items():
        assert numbers == dict.fromkeys(names, 0) | expected.get(person, {})
    assert sum(share.balance for share in shares) == 0
    assert sum(load.days for load in loads) == sum(share.days for share in shares)
    assert [share.days for share in shares] == sorted((share.days for share in shares), reverse=True)


def test_a_cover_of_days_moves_days_and_a_debt(rota: Rota) -> None:
    """Three days of Ben's turn that Cleo covered: hers to have, his to owe; both had that turn."""
    start = sprint_start(1)
    asked = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(1),
            discipline="account",
            replacement_id=CLEO,
            first_day=start + DAY,
            last_day=start + 3 * DAY,
        ),
        BEN,
    )
    rota.do(ApproveCover(cover_id=asked.cover.id), MANAGER)
    shares = {share.user_id: share for share in rota.ask(fairness, STAFF, start, sprint_start(2) - DAY)}
    assert (shares[BEN].days, shares[BEN].taken_days, shares[BEN].balance) == (11, 3, -3)
    assert (shares[CLEO].days, shares[CLEO].given_days, shares[CLEO].balance) == (3, 3, 3)
    assert (shares[BEN].duties, shares[CLEO].duties, shares[ADA].duties) == (1, 1, 0)
    assert (shares[BEN].weekends, shares[CLEO].weekends) == (2, 0)


def test_only_staff_may_ask(rota: Rota) -> None:
    """The query itself refuses, whatever Discord shows."""
    with pytest.raises(NotAllowed):
        rota.ask(fairness, Viewer(GUEST), sprint_start(0), sprint_start(1))
    with pytest.raises(NotAllowed):
        rota.ask(load_balance, Viewer(GUEST), sprint_start(0), sprint_start(1))
