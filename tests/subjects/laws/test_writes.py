"""Laws are written, changed and ended by those who may, and numbered when everybody can read them."""

from __future__ import annotations

import pytest

from modelus_bot.database import Viewer
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.laws.queries.lists import law_book, law_called, laws, named_laws
from modelus_bot.subjects.laws.queries.records import law_sheet, revision_texts, revisions_of
from modelus_bot.subjects.laws.queries.tags import tag_sheet, tags
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw, RenameLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders, TagLaw
from modelus_bot.subjects.laws.writes.tags import AddTag, RemoveTag
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.nations.writes.naming import RenameNation
from tests.subjects.laws.law_cases import BODY, DRAFT, SECRET, WATER, legislated, write_law
from tests.subjects.nations.nation_cases import DAKOTA, give
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, GUEST, Rota

OUTSIDE, INSIDE = Viewer(EVE), Viewer(BEN)


def listed(rota: Rota, viewer: Viewer, **asked: int) -> list[str]:
    """Return how the laws that somebody reads are cited."""
    return [found.citation for found in rota.ask(laws, viewer, **asked)]


def test_only_open_laws_are_numbered(staffed: Rota) -> None:
    """Private ones and drafts have their own number, so nobody can count them; enacting gives the next."""
    legislated(staffed)
    assert listed(staffed, OUTSIDE) == ["Texas 1"]
    assert listed(staffed, INSIDE) == ["#3", "#2", "Texas 1"]

    change = staffed.do(EnactLaw(law_id=DRAFT), ADA)
    assert (change.after.number, change.name.citation) == (2, "Texas 2")
    assert staffed.do(SetLawReaders(law_id=SECRET, is_public=True), ADA).after.number == 3
    assert listed(staffed, OUTSIDE) == ["Texas 2", "Texas 3", "Texas 1"]
    assert staffed.do(SetLawReaders(law_id=WATER, is_public=False), ADA).after.number == 1
    assert listed(staffed, OUTSIDE) == ["Texas 2", "Texas 3"]
    staffed.check()


def test_every_text_is_kept_and_closed_ones_stay_closed(staffed: Rota) -> None:
    """What a law said as a draft is not for everybody once it is in force."""
    legislated(staffed)
    staffed.do(EditLaw(law_id=DRAFT, body="Second.", note="Better"), ADA)
    staffed.do(EnactLaw(law_id=DRAFT), ADA)
    staffed.do(EditLaw(law_id=DRAFT, body="Third.", note="Best"), ADA)

    def texts(viewer: Viewer) -> list[str]:
        return [text.body for text in staffed.ask(revisions_of, viewer, "1-2", 10)[1]]

    assert texts(INSIDE) == ["Third.", "Second.", BODY]
    assert texts(OUTSIDE) == ["Third.", "Second."]
    assert staffed.ask(law_sheet, OUTSIDE, "1-2").revision.note == "Best"
    assert staffed.ask(revision_texts, OUTSIDE, "1-2", 2, 3)[1].body == "Second."
    with pytest.raises(NotFound):
        staffed.ask(revision_texts, OUTSIDE, "1-2", 1, 3)
    with pytest.raises(NotFound):
        staffed.ask(law_sheet, OUTSIDE, "#3")


def test_who_may_write_and_change_laws(staffed: Rota) -> None:
    """Office holders write; the president and administrators change all, the vice president their own."""
    legislated(staffed)
    write = AddLaw(name="X", body="Y", username="Eve")
    assert isinstance(staffed.refusal(write, EVE), NotAllowed)
    mine = write_law(staffed, "Ben's", BEN).after.id
    edit = EditLaw(law_id=mine, body="New.")
    assert staffed.refusal(edit, EVE).rule == "law.not_own"
    assert staffed.refusal(EditLaw(law_id=WATER, body="New."), BEN).rule == "law.not_author"
    for person in (BEN, ADA, ADMIN):
        staffed.do(EditLaw(law_id=mine, body=f"New by {person}."), person)
    give(staffed, CLEO, "president", DAKOTA)
    assert staffed.refusal(edit, CLEO).rule == "law.not_own"
    staffed.do(DeactivateMember(discord_id=ADA, reason="x"), ADMIN)
    assert staffed.refusal(EditLaw(law_id=mine, body="Late."), ADA).rule == "member.inactive"


@pytest.mark.parametrize("law_id", [SECRET, DRAFT, 999])
def test_closed_laws_are_refused_like_those_that_are_not_there(staffed: Rota, law_id: int) -> None:
    """Word for word, whatever is tried."""
    legislated(staffed)
    give(staffed, CLEO, "president", DAKOTA)
    for person in (CLEO, GUEST, EVE):
        for write in (
            EditLaw(law_id=law_id, body="x"),
            RenameLaw(law_id=law_id, name="x"),
            EnactLaw(law_id=law_id),
            RepealLaw(law_id=law_id),
            SetLawReaders(law_id=law_id, is_public=True),
            TagLaw(law_id=law_id, tags=()),
        ):
            refusal = staffed.refusal(write, person)
            assert isinstance(refusal, NotFound)
            assert str(refusal) == str(staffed.refusal(EnactLaw(law_id=12345), person))


def test_names_are_free_again_after_repeal(staffed: Rota) -> None:
    """Two laws in force cannot share one; a repealed one keeps its text, its number and its name."""
    legislated(staffed)
    again = AddLaw(name="WATER act", body="z", username="Ada")
    assert staffed.refusal(again, ADA).rule == "law.name_taken"
    assert staffed.refusal(RenameLaw(law_id=DRAFT, name="water act"), ADA).rule == "law.name_taken"
    repealed = staffed.do(RepealLaw(law_id=WATER), ADA)
    assert (repealed.after.status, repealed.after.number) == ("repealed", 1)
    assert staffed.do(again, ADA).after.number == 2
    assert staffed.ask(law_sheet, OUTSIDE, "1-1").revision.body == BODY
    for write in (EditLaw(law_id=WATER, body="x"), EnactLaw(law_id=WATER), RepealLaw(law_id=WATER)):
        assert staffed.refusal(write, ADA).rule == "law.repealed"
    given_up = staffed.do(RepealLaw(law_id=DRAFT), ADA)
    assert given_up.after.number is None
    assert listed(staffed, OUTSIDE) == ["Texas 2", "Texas 1"]


@pytest.mark.parametrize(
    ("write", "rule"),
    [
        (AddLaw(name="\u200b\u2800", body="x", username="Ada"), "law.name"),
        (AddLaw(name="X", body="\u200b ---", username="Ada"), "law.body"),
        (AddLaw(name="X", body="x", username="Ada", tags=(9,)), "tag.unknown"),
        (EditLaw(law_id=WATER, body=f"\n{BODY} \r\n"), "law.unchanged"),
        (EditLaw(law_id=WATER, body="x", version=1), "law.stale"),
        (RenameLaw(law_id=WATER, name=" Water  Act"), "law.unchanged"),
        (EnactLaw(law_id=WATER), "law.enacted"),
        (SetLawReaders(law_id=WATER, is_public=True), "law.unchanged"),
        (TagLaw(law_id=WATER, tags=(1, 1)), "law.unchanged"),
        (TagLaw(law_id=WATER, tags=(7,)), "tag.unknown"),
    ],
)
def test_what_laws_cannot_be(staffed: Rota, write: EditLaw, rule: str) -> None:
    """Refused with the rule, and nothing is changed."""
    legislated(staffed)
    refusal = staffed.refusal(write, ADA)
    assert refusal.rule == rule
    assert isinstance(refusal, InvalidInput | NotFound | Stale)


def test_tags_are_added_by_staff_and_removed_by_administrators(staffed: Rota) -> None:
    """They are written small; how many laws stand under one depends on who asks."""
    legislated(staffed)
    staffed.do(TagLaw(law_id=SECRET, tags=(1,)), ADA)
    assert [tag.name for tag in staffed.ask(tags)] == ["water"]
    assert [staffed.ask(tag_sheet, viewer, 1).laws for viewer in (OUTSIDE, INSIDE)] == [1, 2]
    assert listed(staffed, OUTSIDE, tag_id=1) == ["Texas 1"]
    assert listed(staffed, INSIDE, tag_id=1, nation_id=1) == ["#2", "Texas 1"]
    assert isinstance(staffed.refusal(AddTag(name="x"), GUEST), NotAllowed)
    assert staffed.refusal(AddTag(name="WATER"), DAN).rule == "tag.taken"
    assert isinstance(staffed.refusal(RemoveTag(tag_id=1), DAN), NotAllowed)
    staffed.do(RemoveTag(tag_id=1), ADMIN)
    assert listed(staffed, OUTSIDE) == ["Texas 1"]
    assert staffed.rows("SELECT * FROM law_tags") == []
    assert staffed.refusal(RemoveTag(tag_id=1), ADMIN).rule == "tag.unknown"


def test_laws_are_found_by_citation_name_and_nation(staffed: Rota) -> None:
    """Each finds what they may read; what several laws are called has to be picked."""
    legislated(staffed)
    give(staffed, CLEO, "president", DAKOTA)
    write_law(staffed, "Water Act", CLEO)
    assert [staffed.ask(law_called, OUTSIDE, text)[0].citation for text in ("texas 1", "Dakota 1")] == [
        "Texas 1",
        "Dakota 1",
    ]
    assert staffed.ask(law_called, OUTSIDE, "Texas 1 §2")[1] == 2
    with pytest.raises(InvalidInput, match="2 laws have this name"):
        staffed.ask(law_called, OUTSIDE, "water act")
    assert staffed.ask(law_called, INSIDE, "#2 §1")[0].law_id == SECRET
    for text in ("militia plan", "#2", "Texas 2", "#1"):
        with pytest.raises(NotFound):
            staffed.ask(law_called, OUTSIDE, text)

    def suggested(viewer: Viewer, typed: str) -> list[str]:
        return [found.citation for found in staffed.ask(named_laws, viewer, typed)]

    assert suggested(OUTSIDE, "wat") == ["Texas 1", "Dakota 1"]
    assert suggested(INSIDE, "wat") == ["Texas 1", "Dakota 1", "#3"]
    assert suggested(OUTSIDE, "mil") == suggested(OUTSIDE, "#2") == []
    assert suggested(OUTSIDE, "tex") == suggested(OUTSIDE, "Tex 1") == ["Texas 1"]
    assert suggested(OUTSIDE, "tex 2") == suggested(OUTSIDE, "tex 1 §") == []
    assert suggested(INSIDE, "TEXAS") == ["#3", "#2", "Texas 1"]
    assert suggested(INSIDE, "#2 §1") == ["#2"]
    assert suggested(OUTSIDE, "") == ["Dakota 1", "Texas 1"]
    staffed.do(RenameNation(name="Lone Star"), ADA)
    assert suggested(OUTSIDE, "texas") == suggested(OUTSIDE, "lone s") == ["Lone Star 1"]


def test_a_law_book_has_what_the_reader_may_read(staffed: Rota) -> None:
    """In force, by number, private ones last and for their nation alone; drafts are no law yet."""
    legislated(staffed)
    assert [text.name.citation for text in staffed.ask(law_book, OUTSIDE, 1).laws] == ["Texas 1"]
    assert [text.name.citation for text in staffed.ask(law_book, INSIDE, 1).laws] == ["Texas 1", "#2"]
    assert staffed.ask(law_book, Viewer(GUEST, discord_admin=True), 1).laws[1].body.startswith("Everybody")


def test_a_law_book_is_read_in_parts(staffed: Rota) -> None:
    """Each begins after the last law of the one before, whether that has a number or not."""
    legislated(staffed)
    for number in range(3):
        write_law(staffed, f"Act {number}", is_public=number > 1)
    for viewer, wanted in (
        (OUTSIDE, ["Texas 1", "Texas 2"]),
        (INSIDE, ["Texas 1", "Texas 2", "#2", "#4", "#5"]),
    ):
        book = staffed.ask(law_book, viewer, 1, limit=2)
        found = list(book.laws)
        while book.more:
            book = staffed.ask(law_book, viewer, 1, found[-1].name, 2)
            found += book.laws
        assert [text.name.citation for text in found] == wanted


def test_texts_cite_laws_that_the_reader_may_read(staffed: Rota) -> None:
    """A citation of one that is closed, or not there, leads nowhere."""
    legislated(staffed)
    write_law(staffed, "Rain Act", body="§ As Texas 1 §1 says. Not Texas 2, Texas 9 nor Nowhere 1.")
    assert [one.citation for one in staffed.ask(law_sheet, OUTSIDE, "1-2").cited] == ["Texas 1"]
    staffed.do(SetLawReaders(law_id=WATER, is_public=False), ADA)
    assert staffed.ask(law_sheet, OUTSIDE, "1-2").cited == ()
    assert [one.citation for one in staffed.ask(law_sheet, INSIDE, "1-2").cited] == ["Texas 1"]
