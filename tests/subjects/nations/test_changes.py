"""What leaders decide and administrators set: by whom, within which limits, and what is kept of it."""

from __future__ import annotations

import pytest

from modelus_bot.database.core.operation import Write
from modelus_bot.database.integrity.quarantine import QuarantineRows
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.nations.invariants import INVARIANTS
from modelus_bot.subjects.nations.queries.cities import cities_of
from modelus_bot.subjects.nations.queries.history import figure_course, nation_history
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.queries.ranking import ranking
from modelus_bot.subjects.nations.queries.records import nation, nation_sheet
from modelus_bot.subjects.nations.rules.flags import MOST_BYTES, picture_kind
from modelus_bot.subjects.nations.rules.governments import GOVERNMENTS
from modelus_bot.subjects.nations.rules.names import PREFIXES
from modelus_bot.subjects.nations.rules.spans import begin_of
from modelus_bot.subjects.nations.rules.waiting import DAY, HOUR
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, EndLeaves, RestoreNation, SendOnLeave
from modelus_bot.subjects.nations.writes.cities import AddCity, MakeCapital, RemoveCity
from modelus_bot.subjects.nations.writes.editing import EditNation, UndoChange
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.leading import Describe, SetFlag, SetGovernment, SetTax
from modelus_bot.subjects.nations.writes.naming import RenameNation, SetPrefix
from modelus_bot.subjects.nations.writes.offices import EndOffice
from tests.subjects.nations.nation_cases import DAKOTA, FIRST_EDIT, TEXAS, found, president
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, MANAGER, Rota

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\0\x01" * 2 + bytes(30)


def test_there_are_as_many_choices_as_promised() -> None:
    """57 prefixes and 24 forms of government, none twice."""
    assert (len(set(PREFIXES)), len(set(GOVERNMENTS))) == (57, 24)


@pytest.mark.parametrize(
    ("write", "deputy"),
    [
        (RenameNation(name="Tejas"), False),
        (SetPrefix(prefix="State of"), False),
        (SetGovernment(government="theocracy"), False),
        (SetTax(tax_bp=2500), True),
        (Describe(description="Large."), True),
        (SetFlag(channel_id=5, message_id=6), True),
        (AddCity(name="Austin"), True),
    ],
    ids=lambda item: type(item).__name__,
)
def test_who_decides_what(staffed: Rota, write: Write[object], deputy: bool) -> None:
    """Presidents all of it, vice presidents some, nobody anything of another nation, administrators all."""
    rota = staffed
    president(rota)
    assert isinstance(rota.refusal(write, CLEO), NotAllowed)
    assert isinstance(rota.refusal(write.model_copy(update={"nation_id": DAKOTA}), ADA), NotAllowed)
    if deputy:
        rota.preview(write, BEN)
    else:
        assert rota.refusal(write, BEN).rule == "nation.deputy"
    rota.preview(write, ADA)
    rota.preview(write.model_copy(update={"nation_id": DAKOTA}), ADMIN)
    rota.do(write, ADA)
    assert rota.value("SELECT count(*) FROM audit_logs WHERE changed_by = ? AND nation_id = 1", ADA) == 1


def test_taxes_follow_the_clock_and_the_budget_follows_them(staffed: Rota) -> None:
    """Seven days apart to the second, in whatever zone; what changes nothing waits for nothing."""
    rota = staffed
    president(rota)
    assert rota.refusal(SetTax(tax_bp=2000), ADA).rule == "nation.unchanged"
    change = rota.do(SetTax(tax_bp=2150), BEN)
    assert change.before is not None
    assert (change.before.budget, change.after.budget) == (480_000_000_000, 516_000_000_000)
    begun = rota.at
    rota.at = begun + 7 * DAY - 1
    assert f"<t:{begun + 7 * DAY}:R>" in str(rota.refusal(SetTax(tax_bp=1), ADA))
    rota.do(EditNation(nation_id=TEXAS, metric="tax_bp", mode="set", value=10_000), ADMIN)
    rota.at += 1
    rota.do(SetTax(tax_bp=1), ADA, zone="Pacific/Kiritimati")
    rota.at -= 30 * DAY
    rota.do(SetTax(tax_bp=2), ADA)


def test_a_new_name_keeps_the_old_one(staffed: Rota) -> None:
    """It is found by both; name and prefix wait together; administrators do not; back again is no alias."""
    rota = staffed
    president(rota)
    rota.do(RenameNation(name="Lone Star"), ADA)
    assert [rota.ask(nation_called, name) for name in ("Texas", "lone star")] == [TEXAS, TEXAS]
    assert rota.ask(nation_sheet, TEXAS).former_names == ("Texas",)
    assert rota.refusal(SetPrefix(prefix="State of"), ADA).rule == "wait.name"
    assert rota.refusal(RenameNation(name="Dakota", nation_id=TEXAS), ADMIN).rule == "nation.name_taken"
    rota.do(RenameNation(name="LONE STAR", nation_id=TEXAS), ADMIN)
    rota.do(CreateNation(name="Texas", gdp=1, population=1), ADMIN)
    assert rota.ask(nation_called, "Texas") == 3
    rota.at += DAY
    rota.do(SetPrefix(prefix="kingdom of"), ADA)
    rota.at += DAY
    rota.do(SetPrefix(prefix=None), ADA)
    rota.at += DAY
    rota.do(RenameNation(name="Lone Star II"), ADA)
    rota.do(RenameNation(name="Lone Star", nation_id=TEXAS), ADMIN)
    assert set(rota.ask(nation_sheet, TEXAS).former_names) == {"Texas", "Lone Star II"}
    assert rota.refusal(SetPrefix(prefix="Kingdom"), ADMIN).rule == "nation.no_office"
    assert rota.refusal(SetPrefix(prefix="Kingdom", nation_id=TEXAS), ADMIN).rule == "nation.prefix"


def test_figures_are_set_by_administrators_within_their_range(staffed: Rota) -> None:
    """Added, subtracted, set; with cause, author and reason; out of range is refused and nothing clamped."""
    rota = staffed
    found(rota)
    edit = EditNation(nation_id=TEXAS, metric="gdp", mode="subtract", value=400_000_000_000)
    assert isinstance(rota.refusal(edit, MANAGER), NotAllowed)
    change = rota.do(edit, ADMIN, reason="A drought")
    assert change.after.gdp == 2_000_000_000_000
    entry = rota.ask(nation_history, TEXAS, "gdp")[0]
    assert (entry.id, entry.old, entry.new) == (FIRST_EDIT, 2_400_000_000_000, 2_000_000_000_000)
    assert (entry.cause, entry.changed_by, entry.reason) == ("admin", ADMIN, "A drought")
    for mode, value in (("subtract", 2_000_000_000_001), ("add", 900_000_000_000_000), ("set", -1)):
        wrong = edit.model_copy(update={"mode": mode, "value": value})
        assert rota.refusal(wrong, ADMIN).rule == "nation.gdp"
    same = EditNation(nation_id=TEXAS, metric="ground", mode="set", value=50)
    assert rota.refusal(same, ADMIN).rule == "nation.unchanged"


def test_undoing_refuses_what_something_later_depends_on(staffed: Rota) -> None:
    """It names the later change; once that is undone it works; nothing is undone twice, nor a beginning."""
    rota = staffed
    found(rota)
    for value in (1, 2):
        rota.do(EditNation(nation_id=TEXAS, metric="gdp", mode="add", value=value), ADMIN)
    first, second = FIRST_EDIT, FIRST_EDIT + 1
    refusal = rota.refusal(UndoChange(history_id=first), ADMIN)
    assert (refusal.rule, f"change {second}" in str(refusal)) == ("undo.depends", True)
    rota.do(EditNation(nation_id=TEXAS, metric="air", mode="set", value=1), ADMIN)
    assert isinstance(rota.refusal(UndoChange(history_id=second), MANAGER), NotAllowed)
    undone = rota.do(UndoChange(history_id=second), ADMIN)
    assert undone.undid is not None
    assert undone.undid.id == second
    rota.do(UndoChange(history_id=first), ADMIN)
    assert rota.refusal(UndoChange(history_id=first), ADMIN).rule == "undo.undone"
    assert rota.refusal(UndoChange(history_id=1), ADMIN).rule == "undo.beginning"
    assert isinstance(rota.refusal(UndoChange(history_id=999), ADMIN), NotFound)
    assert [(item.new % 10, item.undone) for item in rota.ask(nation_history, TEXAS, "gdp")] == [
        (0, False),
        (1, False),
        (3, True),
        (1, True),
        (0, False),
    ]
    rota.do(EditNation(nation_id=TEXAS, metric="naval", mode="set", value=1), ADMIN)
    rota.connection.execute("UPDATE nations SET naval = 7 WHERE id = 1")
    last = rota.value("SELECT max(id) FROM nation_history")
    assert rota.refusal(UndoChange(history_id=last), ADMIN).rule == "undo.differs"
    rota.connection.execute("UPDATE nations SET naval = 1 WHERE id = 1")


def test_a_history_of_some_days(staffed: Rota) -> None:
    """Only what was changed since then, with what the figure was before; from the beginning without."""
    rota = staffed
    found(rota)
    begun = rota.at
    for day in (1, 2, 3):
        rota.at = begun + day * DAY
        rota.do(EditNation(nation_id=TEXAS, metric="air", mode="set", value=day), ADMIN)
    since = begin_of(2, begun + 4 * DAY)
    lately = rota.ask(nation_history, TEXAS, "air", 10, 0, since)
    assert [(entry.old, entry.new) for entry in lately] == [(2, 3), (1, 2)]
    course = rota.ask(figure_course, TEXAS, "air", 10, since)
    assert (course.entries, course.since, course.before) == (lately, since, 1)
    assert rota.ask(figure_course, TEXAS, "air", 10).before is None
    assert rota.ask(figure_course, TEXAS, "air", 10, begun - 1).before is None
    assert len(rota.ask(nation_history, TEXAS, "air")) == 4


def test_a_nation_has_one_capital(staffed: Rota) -> None:
    """It moves from one city to another, goes with its city, and is one of at most 25."""
    rota = staffed
    president(rota)
    for name in ("Austin", "Coeur d'Alene", "Saint-Étienne 2"):
        rota.do(AddCity(name=name), BEN)
    for name in ("Austin", "saint-étienne 2"):
        rota.do(MakeCapital(name=name), ADA)
    assert [(item.name, item.is_capital) for item in rota.ask(cities_of, TEXAS)] == [
        ("Saint-Étienne 2", True),
        ("Austin", False),
        ("Coeur d'Alene", False),
    ]
    assert rota.refusal(MakeCapital(name="Saint-Étienne 2"), ADA).rule == "city.unchanged"
    assert rota.refusal(AddCity(name="AUSTIN"), ADA).rule == "city.taken"
    assert isinstance(rota.refusal(RemoveCity(name="Waco"), ADA), NotFound)
    for name in ("<b>", "a_b", "--", "Ⓐ:"):
        assert rota.refusal(AddCity(name=name), ADA).rule == "city.name"
    rota.do(RemoveCity(name="Saint-Étienne 2"), ADA)
    assert not any(item.is_capital for item in rota.ask(cities_of, TEXAS))
    for number in range(23):
        rota.do(AddCity(name=f"City {number}"), ADA)
    assert rota.refusal(AddCity(name="One more"), ADA).rule == "city.most"


def test_archived_nations_come_back(staffed: Rota) -> None:
    """Not archived while somebody leads it, nor restored while another has its name; nothing is lost."""
    rota = staffed
    president(rota)
    refusal = rota.refusal(ArchiveNation(nation_id=TEXAS), ADMIN)
    assert (refusal.rule, "Ada as president and Ben" in str(refusal)) == ("nation.office_held", True)
    for person in (ADA, BEN):
        rota.do(EndOffice(user_id=person), ADMIN)
    assert isinstance(rota.refusal(ArchiveNation(nation_id=TEXAS, version=99), ADMIN), Stale)
    assert isinstance(rota.refusal(ArchiveNation(nation_id=TEXAS), MANAGER), NotAllowed)
    rota.do(ArchiveNation(nation_id=TEXAS), ADMIN)
    for write in (
        ArchiveNation(nation_id=TEXAS),
        EditNation(nation_id=TEXAS, metric="air", mode="set", value=1),
    ):
        assert rota.refusal(write, ADMIN).rule in {"nation.unchanged", "nation.archived"}
    rota.do(CreateNation(name="Texas", gdp=1, population=1), ADMIN)
    assert rota.refusal(RestoreNation(nation_id=TEXAS), ADMIN).rule == "nation.name_taken"
    rota.do(ArchiveNation(nation_id=3), ADMIN)
    assert rota.do(RestoreNation(nation_id=TEXAS), ADMIN).after.gdp == 2_400_000_000_000
    assert rota.refusal(RestoreNation(nation_id=TEXAS), ADMIN).rule == "nation.unchanged"


def test_a_leave_ends_by_the_clock(staffed: Rota) -> None:
    """On leave it is not ranked; it comes back when its time has come, or when an administrator says so."""
    rota = staffed
    found(rota)
    assert rota.refusal(SendOnLeave(nation_id=TEXAS, comes_back=rota.at), ADMIN).rule == "leave.past"
    rota.do(SendOnLeave(nation_id=TEXAS, comes_back=rota.at + HOUR), ADMIN)
    rota.do(SendOnLeave(nation_id=DAKOTA), ADMIN)
    assert rota.ask(ranking, "gdp").places == ()
    rota.at += HOUR - 1
    assert rota.do(EndLeaves()) == ()
    rota.at += 1
    assert rota.do(EndLeaves()) == (TEXAS,)
    rota.do(RestoreNation(nation_id=DAKOTA), ADMIN)
    assert rota.ask(ranking, "gdp").count == 2


def test_a_flag_is_what_its_bytes_say() -> None:
    """PNG, JPEG, GIF and WebP up to 5 MB; whatever else, cut off or without a size is refused."""
    assert picture_kind(PNG) == "png"
    assert picture_kind(b"\xff\xd8\xff\xe0" + bytes(40)) == "jpg"
    assert picture_kind(b"GIF89a\x01\0\x01\0" + bytes(40)) == "gif"
    assert picture_kind(b"RIFF" + (32).to_bytes(4, "little") + b"WEBPVP8 " + bytes(24)) == "webp"
    for data in (b"", PNG[:15], b"<svg xmlns=''></svg>" * 3, PNG[:16] + bytes(40), b"MZ" + bytes(60)):
        with pytest.raises(InvalidInput, match="whatever its name says"):
            picture_kind(data)
    with pytest.raises(InvalidInput, match="larger than 5 MB"):
        picture_kind(PNG + bytes(MOST_BYTES))


def test_an_outside_change_is_ranked(staffed: Rota) -> None:
    """Rankings read the file as it is."""
    found(staffed)
    staffed.connection.execute("UPDATE nations SET gdp = 9 WHERE id = 1")
    assert [place.name for place in staffed.ask(ranking, "gdp").places] == ["Dakota", "Texas"]
    assert staffed.ask(nation, 77) is None
    staffed.do(QuarantineRows(invariants=INVARIANTS))
