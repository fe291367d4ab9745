"""Gaps: days nobody has who is there, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from modelus_bot.domain.cover_days import Days
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.coverage.queries import coverage_gaps
from modelus_bot.subjects.coverage.rules.gaps import unplanned
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.covers.writes.steps import ApproveCover
from modelus_bot.subjects.rosters.writes.edits import SetAway
from modelus_bot.subjects.sprints.writes import EditSprint
from tests.subjects.rota import ADA, BEN, CLEO, GUEST, MANAGER, Rota, sprint_start

DAY = timedelta(days=1)
ALL = (sprint_start(0), sprint_start(3) - DAY)


def kinds(rota: Rota, first: date = ALL[0], last: date = ALL[1]) -> list[tuple[str, Days, int | None]]:
    """Return what is missing in the discipline that has a roster, and what is in no sprint."""
    found = rota.ask(coverage_gaps, Viewer(ADA), first, last)
    return [(gap.kind, gap.days, gap.user_id) for gap in found if gap.label in {"Account", ""}]


def test_a_full_rota_has_none(rota: Rota) -> None:
    """Disciplines without a roster have nobody, and that is said of each."""
    assert kinds(rota) == []
    empty = {gap.label for gap in rota.ask(coverage_gaps, Viewer(ADA), *ALL) if gap.kind == "nobody"}
    assert len(empty) == 4
    assert "Account" not in empty


def test_days_away_are_a_gap_until_somebody_covers_them(rota: Rota) -> None:
    """Short days away move nobody; a cover of one of them leaves the other."""
    first = sprint_start(1) + 2 * DAY
    rota.do(SetAway(member_id=BEN, away_from=first, away_to=first + DAY), BEN)
    assert kinds(rota) == [("away", Days(first, first + DAY), BEN)]
    cover = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(1),
            discipline="account",
            replacement_id=CLEO,
            first_day=first,
            last_day=first,
        ),
        BEN,
    ).cover
    assert ("waiting", Days(first, first), BEN) in kinds(rota)
    rota.do(ApproveCover(cover_id=cover.id), MANAGER)
    assert kinds(rota) == [("away", Days(first + DAY, first + DAY), BEN)]


def test_days_between_sprints_and_after_the_last_are_unplanned(rota: Rota) -> None:
    """A sprint that begins later leaves days; nothing is said of days before the span."""
    start = sprint_start(2)
    rota.do(EditSprint(sprint_id=rota.sprint_id(2), start=start + 3 * DAY, reason="Holiday"), MANAGER)
    assert kinds(rota) == [("unplanned", Days(start, start + 2 * DAY), None)]
    assert kinds(rota, start + DAY) == [("unplanned", Days(start + DAY, start + 2 * DAY), None)]
    end = sprint_start(10)
    assert kinds(rota, end - DAY, end + DAY) == [("unplanned", Days(end, end + DAY), None)]


@pytest.mark.parametrize(
    ("sprints", "missing"),
    [
        ([], [(1, 9)]),
        ([(1, 10)], []),
        ([(3, 5)], [(1, 2), (5, 9)]),
        ([(5, 7), (1, 3)], [(3, 4), (7, 9)]),
        ([(1, 4), (4, 12)], []),
        ([(12, 20)], [(1, 9)]),
    ],
)
def test_what_is_in_no_sprint(sprints: list[tuple[int, int]], missing: list[tuple[int, int]]) -> None:
    """The day on which a sprint ends is the next one's, or nobody's."""
    day = date(2026, 1, 1) - DAY
    given = [(day + start * DAY, day + end * DAY) for start, end in sprints]
    found = [gap.days for gap in unplanned(given, Days(day + DAY, day + 9 * DAY))]
    assert found == [Days(day + first * DAY, day + last * DAY) for first, last in missing]


def test_turns_that_are_not_dealt_yet_are_not_missing(rota: Rota) -> None:
    """Of ten sprints the first seven are dealt; of the others nothing is said."""
    assert kinds(rota, sprint_start(8), sprint_start(9)) == []


def test_only_staff_may_ask(rota: Rota) -> None:
    """The query itself refuses."""
    with pytest.raises(NotAllowed):
        rota.ask(coverage_gaps, Viewer(GUEST), *ALL)
