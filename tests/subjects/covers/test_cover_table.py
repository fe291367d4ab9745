"""Every step of a cover request, from every status, by every kind of person."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelus_bot.domain.refusals import Refusal
from tests.subjects.covers.cover_cases import PERSONS, STATUSES, STEPS, Seen, bring_to, seen
from tests.subjects.rota import ADA, BEN, CLEO, Rota, fill_roster, opened, plan_sprints, staff

TABLE = """
step     person      call          open      taken     approved  declined  withdrawn expired   revoked
take     requester   !distinct     !named    status    status    status    status    status    status
take     replacement taken         taken     same      status    status    status    status    status
take     rostered    taken         !named    status    status    status    status    status    status
take     staff       !not_rostered !named    status    status    status    status    status    status
take     manager     !not_rostered !named    status    status    status    status    status    status
take     admin       !not_rostered !named    status    status    status    status    status    status
take     guest       !unknown      !named    status    status    status    status    status    status
untake   requester   status        status    !untake   status    status    status    status    status
untake   replacement status        status    open*     status    status    status    status    status
untake   rostered    status        status    !untake   status    status    status    status    status
untake   staff       status        status    !untake   status    status    status    status    status
untake   manager     status        status    open*     status    status    status    status    status
untake   admin       status        status    open*     status    status    status    status    status
untake   guest       status        status    !untake   status    status    status    status    status
withdraw requester   withdrawn*    withdrawn withdrawn status    status    same      status    status
withdraw replacement !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
withdraw rostered    !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
withdraw staff       !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
withdraw manager     !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
withdraw admin       !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
withdraw guest       !withdraw     !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw !withdraw
refuse   requester   !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
refuse   replacement !refuse       declined  declined  status    status    status    status    status
refuse   rostered    !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
refuse   staff       !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
refuse   manager     !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
refuse   admin       !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
refuse   guest       !refuse       !refuse   !refuse   !refuse   !refuse   !refuse   !refuse   !refuse
approve  requester   !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
approve  replacement !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
approve  rostered    !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
approve  staff       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
approve  manager     !nobody       approved  approved  same      status    status    status    status
approve  admin       !nobody       approved  approved  same      status    status    status    status
approve  guest       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
decline  requester   !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
decline  replacement !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
decline  rostered    !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
decline  staff       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
decline  manager     declined*     declined  declined  status    same      status    status    status
decline  admin       declined*     declined  declined  status    same      status    status    status
decline  guest       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
revoke   requester   !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
revoke   replacement !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
revoke   rostered    !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
revoke   staff       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
revoke   manager     status        status    status    revoked   status    status    status    same
revoke   admin       status        status    status    revoked   status    status    status    same
revoke   guest       !manager      !manager  !manager  !manager  !manager  !manager  !manager  !manager
"""
"""What comes of it: the new status, ``*`` without a replacement; ``same``: nothing changes; ``status``:
refused because of the status; ``!rule``: refused by another rule."""

HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
CASES = [
    (row[0], row[1], status, cell) for row in ROWS for status, cell in zip(HEAD[2:], row[2:], strict=True)
]
RULES = {
    "!distinct": "override_distinct",
    "!nobody": "override_approved_full",
    "!manager": "manager",
    "!unknown": "member.unknown",
}


@pytest.fixture(scope="module")
def prepared(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, int, int]]:
    """Return for each status a file with such a request, its number, and the time there."""
    folder = tmp_path_factory.mktemp("covers")
    base = folder / "base.db"
    shutil.copy(migrated, base)
    with opened(base) as rota:
        staff(rota)
        fill_roster(rota, ADA, BEN, CLEO)
        plan_sprints(rota, 10)
    found: dict[str, tuple[Path, int, int]] = {}
    for status in STATUSES:
        path = folder / f"{status}.db"
        shutil.copy(base, path)
        with opened(path) as rota:
            found[status] = path, bring_to(rota, status), rota.at
    return found


@pytest.fixture
def request_in(
    prepared: dict[str, tuple[Path, int, int]], tmp_path: Path
) -> Iterator[Callable[[str], tuple[Rota, int]]]:
    """Return what opens a copy of the file with a request of a status."""
    path = tmp_path / "covers.db"
    opening = opened(path)

    def open_one(status: str) -> tuple[Rota, int]:
        source, number, at = prepared[status]
        shutil.copy(source, path)
        rota = opening.__enter__()
        rota.at = at
        return rota, number

    yield open_one
    opening.__exit__(None, None, None)


def test_the_table_is_complete() -> None:
    """Every step, every kind of person, every status, once."""
    cases = [case[:3] for case in CASES]
    assert len(cases) == len(set(cases)) == len(STEPS) * len(PERSONS) * len(STATUSES)


@pytest.mark.parametrize(("step", "person", "status", "expected"), CASES)
def test_a_step(
    request_in: Callable[[str], tuple[Rota, int]], step: str, person: str, status: str, expected: str
) -> None:
    """It comes as the table says; a refusal and a repetition write nothing."""
    rota, number = request_in(status)
    before, contents = seen(rota, number), rota.dump()
    write, actor = STEPS[step](number), PERSONS[person]
    if expected == "status" or expected.startswith("!"):
        with pytest.raises(Refusal) as caught:
            rota.do(write, actor)
        assert caught.value.rule == rule_of(expected, before)
        assert rota.dump() == contents
        return
    change = rota.do(write, actor)
    after = seen(rota, number)
    assert change.before == before.status
    assert change.cover.status == after.status
    if expected == "same":
        assert rota.dump() == contents
    else:
        assert after.status + ("" if after.replacement else "*") == expected
        check_decision(after, step, actor)
    assert after.attempts == before.attempts
    rota.check()


def rule_of(expected: str, before: Seen) -> str:
    """Return the rule that a cell of the table stands for."""
    if expected == "status":
        return f"cover.{before.status}"
    return RULES.get(expected, f"cover.{expected[1:]}")


def check_decision(after: Seen, step: str, actor: int) -> None:
    """Check who is noted as the one who decided."""
    decider = {"approve", "decline", "revoke", "withdraw"}
    assert after.decided_by == (actor if step in decider else None)
