"""Those in office are told what others do to their nation's laws, authors what becomes of theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelus_bot.database import Write
from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw, RenameLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders, TagLaw
from modelus_bot.subjects.nations.writes.offices import EndOffice
from tests.subjects.laws.law_cases import DRAFT, SECRET, WATER, legislated, write_law
from tests.subjects.nations.nation_cases import DAKOTA, give
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, EVE, Rota, copied, made, staff

OF_DRAFT = "Law #3 of Texas"
OF_SECRET = "Law #2 of Texas"


def _prepare(rota: Rota) -> None:
    staff(rota)
    legislated(rota)
    give(rota, CLEO, "president", DAKOTA)
    rota.rows("DELETE FROM notifications")


@pytest.fixture(scope="module")
def content() -> bytes:
    """Return a file with the laws of Texas, of whose change nobody was told yet."""
    return made(_prepare)


@pytest.fixture
def land(content: bytes) -> Iterator[Rota]:
    """Open a copy of it."""
    with copied(content) as rota:
        yield rota


def told(rota: Rota) -> dict[int, list[str]]:
    """Return the titles of everybody's notices."""
    people = [row[0] for row in rota.rows("SELECT DISTINCT user_id FROM notifications ORDER BY user_id")]
    return {person: rota.notices(person) for person in people}


CASES: list[tuple[Write[LawChange], int, list[int], str]] = [
    (EditLaw(law_id=WATER, body="New."), ADMIN, [ADA, BEN], "Texas 1 has another text"),
    (EditLaw(law_id=WATER, body="New."), ADA, [BEN], "Texas 1 has another text"),
    (RenameLaw(law_id=WATER, name="Rain Act"), ADA, [BEN], "Texas 1 has another name"),
    (RepealLaw(law_id=WATER), ADMIN, [ADA, BEN], "Texas 1 is repealed"),
    (TagLaw(law_id=WATER, tags=()), ADMIN, [ADA, BEN], "Texas 1 is filed under other tags"),
    (SetLawReaders(law_id=WATER, is_public=False), ADA, [BEN], "Texas 1 is not public any more"),
    (SetLawReaders(law_id=SECRET, is_public=True), ADA, [BEN], "Texas 2 is public"),
    (EditLaw(law_id=SECRET, body="Never."), ADMIN, [ADA, BEN], f"{OF_SECRET} has another text"),
    (RepealLaw(law_id=SECRET), ADA, [BEN], f"{OF_SECRET} is repealed"),
    (EnactLaw(law_id=DRAFT), ADA, [BEN], "Texas 2 is in force"),
    (EditLaw(law_id=DRAFT, body="Never."), ADMIN, [ADA, BEN], f"{OF_DRAFT} has another text"),
    (RepealLaw(law_id=DRAFT), ADMIN, [ADA, BEN], f"{OF_DRAFT} is given up"),
    (EditLaw(law_id=DRAFT, body="Never."), ADA, [], ""),
    (RepealLaw(law_id=DRAFT), ADA, [], ""),
    (AddLaw(name="Act", body="B", username="Ben"), BEN, [ADA], "Texas 2 is in force"),
    (AddLaw(name="Act", body="B", username="Ben", draft=True), BEN, [], ""),
    (AddLaw(name="Act", body="B", username="X", nation_id=1), ADMIN, [ADA, BEN], "Texas 2 is in force"),
    (AddLaw(name="A", body="B", username="Ben", is_public=False), BEN, [ADA], "Law #4 of Texas is in force"),
]


@pytest.mark.parametrize(
    ("write", "actor", "people", "title"),
    CASES,
    ids=[f"{type(case[0]).__name__}-{i}" for i, case in enumerate(CASES)],
)
def test_who_is_told(land: Rota, write: Write[LawChange], actor: int, people: list[int], title: str) -> None:
    """Those in office but for who did it; nobody of what its author does to a draft; others nothing."""
    land.do(write, actor)
    assert told(land) == {person: [title] for person in people}
    assert land.rows("SELECT DISTINCT type FROM notifications") == [("nation",)] * bool(people)


def test_an_author_is_told_as_long_as_they_may_read_it(land: Rota) -> None:
    """Also without an office any more, of what is public; of what is not, they are told nothing."""
    law = write_law(land, "Ben's", BEN).after.id
    secret = write_law(land, "Ben's own", BEN, is_public=False).after.id
    land.do(EndOffice(user_id=BEN), ADMIN)
    land.rows("DELETE FROM notifications")
    land.do(EditLaw(law_id=law, body="Other.", note="Too long"), ADA)
    land.do(EditLaw(law_id=secret, body="Other."), ADMIN)
    assert told(land) == {
        BEN: ["Texas 2 has another text"],
        ADA: [f"Law #{secret} of Texas has another text"],
    }
    text = land.value("SELECT message FROM notifications WHERE user_id = ?", BEN)
    assert text == "Ada changed the text of **Ben's**; the earlier one is kept.\nWhy: Too long"


def test_names_are_told_with_what_they_were(land: Rota) -> None:
    """Of a public law both; one that was public when it got its name and is closed now has none."""
    land.do(RenameLaw(law_id=WATER, name="*Rain* Act"), ADMIN)
    text = land.value("SELECT message FROM notifications WHERE user_id = ?", BEN)
    assert text == r"Ann Admin gave Water Act another name: **\*Rain\* Act**. How it is cited stays."
    land.do(SetLawReaders(law_id=WATER, is_public=False), ADMIN)
    last = land.rows("SELECT message FROM notifications WHERE user_id = ? ORDER BY id DESC LIMIT 1", BEN)
    wanted = "Ann Admin closed it: only administrators and those who hold an office in Texas can read it."
    assert last == [(wanted,)]


def test_nothing_of_a_closed_law_is_in_a_notice(land: Rota) -> None:
    """Neither name, text nor note, even to who may read it: what was sent stays when offices end."""
    for write in (
        EditLaw(law_id=SECRET, body="Militia drills.", note="Militia grows"),
        RenameLaw(law_id=SECRET, name="Militia Act"),
        TagLaw(law_id=SECRET, tags=(1,)),
        SetLawReaders(law_id=WATER, is_public=False),
        RepealLaw(law_id=SECRET),
    ):
        land.do(write, ADMIN)
    rows = land.rows("SELECT * FROM notifications")
    assert len(rows) == 10
    assert "Militia" not in repr([tuple(row) for row in rows])
    assert "Water" not in repr([tuple(row) for row in rows])


def test_names_are_taken_back_when_a_law_is_closed(land: Rota) -> None:
    """From everybody's notices, also those that wait; those in office still see which law it was."""
    law = write_law(land, "Ben's", BEN).after.id
    land.do(EndOffice(user_id=BEN), ADMIN)
    give(land, CLEO, "vice_president")
    land.do(EditLaw(law_id=law, body="Other."), ADMIN)
    give(land, EVE, "vice_president")
    land.do(RenameLaw(law_id=WATER, name="Rain Act"), ADMIN)
    land.do(SetLawReaders(law_id=law, is_public=False), ADMIN)
    about = {
        person: [title for title in titles if "law" in title or "Texas 2" in title]
        for person, titles in told(land).items()
    }
    assert about[BEN] == about[CLEO] == ["About a law"]
    assert about[ADA] == ["Texas 2 is in force", "Texas 2 has another text", "Texas 2 is not public any more"]
    assert about[EVE] == ["Texas 2 is not public any more"]
    assert "Ben's" not in repr([tuple(row) for row in land.rows("SELECT * FROM notifications")])
    kept = land.value("SELECT count(*) FROM notifications WHERE message LIKE '%Rain Act%'")
    assert kept == 2, "those of another law"


def test_each_change_is_told_once(land: Rota) -> None:
    """Two in one second are two; what is filed twice in one is one."""
    for number in (1, 2):
        land.do(EditLaw(law_id=WATER, body=f"Text {number}."), ADMIN)
        land.do(TagLaw(law_id=WATER, tags=(1,) * (number - 1)), ADMIN)
    assert told(land)[BEN] == [
        "Texas 1 has another text",
        "Texas 1 is filed under other tags",
        "Texas 1 has another text",
    ]
