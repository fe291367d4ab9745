"""Nations are founded by administrators, found by any name, and led by those who hold an office."""

from __future__ import annotations

import pytest

from modelus_bot.database.integrity.quarantine import QuarantineRows
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.nations.invariants import INVARIANTS
from modelus_bot.subjects.nations.queries.history import nation_history
from modelus_bot.subjects.nations.queries.lookup import named_nations, nation_called
from modelus_bot.subjects.nations.queries.offices import office_held_by, office_history, offices_of
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.nations.writes.editing import UndoChange
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.subjects.nations.writes.powers import led_nation
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, found, give, president
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, MANAGER, NAMES, Rota


def test_a_nation_is_founded_with_the_beginning_of_its_history(staffed: Rota) -> None:
    """Its figures are exact, the columns that follow are right, and each figure has its first entry."""
    rota = staffed
    write = CreateNation(name="Texas", gdp=2_400_000_000_001, population=7, tax_bp=1, prefix="republic OF")
    assert isinstance(rota.refusal(write, MANAGER), NotAllowed)
    change = rota.do(write, ADMIN)

    assert change.before is None
    assert change.after.full_name == "Republic of Texas"
    assert rota.rows("SELECT budget, gdp_per_capita FROM nations") == [
        (change.after.budget, change.after.gdp_per_capita)
    ]
    assert (change.after.budget, change.after.gdp_per_capita) == (240_000_000, 342_857_142_857)
    begun = rota.rows("SELECT metric, old, new, cause, changed_by FROM nation_history ORDER BY id")
    assert len(begun) == 9
    assert begun[0] == ("gdp", None, 2_400_000_000_001, "admin", ADMIN)
    assert rota.rows("SELECT operation, nation_id FROM audit_logs WHERE table_name = 'nations'") == [
        ("INSERT", 1)
    ]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("tEXas", "nation.name_taken"),
        ("Ｔｅｘａｓ", "nation.name_taken"),
        ("Kingdom of Hawaii", "nation.name_prefix"),
        ("---", "nation.name"),
        ("\u200b\u2800.", "nation.name"),
    ],
)
def test_names_that_nations_cannot_have(staffed: Rota, name: str, rule: str) -> None:
    """One that is taken, in whatever case or width; one with a prefix in it; one that nobody can see."""
    found(staffed)
    refusal = staffed.refusal(CreateNation(name=name, gdp=1, population=1), ADMIN)
    assert isinstance(refusal, InvalidInput)
    assert refusal.rule == rule


def test_nations_are_found_by_any_name(staffed: Rota) -> None:
    """By the present name in any case, with a prefix, by a former one; the present one counts first."""
    rota = staffed
    found(rota)
    rota.connection.execute("INSERT INTO nation_names VALUES('Lone Star', 1, 'former', NULL, 0)")
    rota.connection.execute("INSERT INTO nation_names VALUES('dakota', 1, 'former', NULL, 0)")
    for typed, number in (
        ("TEXAS", TEXAS),
        ("Grand Duchy of texas", TEXAS),
        ("lone  STAR", TEXAS),
        ("Republic of Lone Star", TEXAS),
        ("Dakota", DAKOTA),
    ):
        assert rota.ask(nation_called, typed) == number
    with pytest.raises(NotFound):
        rota.ask(nation_called, "Atlantis")
    rota.connection.execute("INSERT INTO nation_names VALUES('lone star', 2, 'former', NULL, 0)")
    with pytest.raises(InvalidInput, match="2 nations"):
        rota.ask(nation_called, "Lone Star")


def test_nations_are_suggested_by_any_name(staffed: Rota) -> None:
    """What begins with it first, present names before former ones, each nation once; else the likest."""
    rota = staffed
    found(rota)
    rota.connection.execute("INSERT INTO nation_names VALUES('Lone Star', 1, 'former', NULL, 0)")

    def suggested(typed: str) -> list[tuple[int, str | None]]:
        return [(item.nation_id, item.former) for item in rota.ask(named_nations, typed)]

    assert suggested("") == [(DAKOTA, None), (TEXAS, None)]
    assert suggested("a") == [(DAKOTA, None), (TEXAS, None), (TEXAS, "Lone Star")][:2]
    assert suggested("lone") == [(TEXAS, "Lone Star")]
    assert suggested("texsa") == [(TEXAS, None)]
    assert suggested("%") == []
    rota.connection.execute("UPDATE nations SET status = 'archived' WHERE id = 1")
    assert suggested("tex") == []
    assert [item.nation_id for item in rota.ask(named_nations, "tex", archived=True)] == [TEXAS]


def test_an_office_has_one_holder_and_a_member_one_office(staffed: Rota) -> None:
    """Giving one ends what stands against it; all of it is kept, audited and told."""
    rota = staffed
    president(rota)
    rota.at += 60
    change = rota.do(
        GiveOffice(nation_id=DAKOTA, user_id=ADA, username="Ada", office="vice_president"), ADMIN
    )
    assert [(item.user_id, item.nation_id, item.until) for item in change.ended] == [(ADA, TEXAS, rota.at)]
    give(rota, CLEO, "vice_president")

    assert [(item.user_id, item.office) for item in rota.ask(offices_of, TEXAS)] == [(CLEO, "vice_president")]
    held = rota.ask(office_held_by, ADA)
    assert held is not None
    assert (held.nation_id, held.office) == (DAKOTA, "vice_president")
    assert [item.user_id for item in rota.ask(office_history, TEXAS)] == [CLEO, BEN, ADA]
    assert "You are vice president of Texas" in rota.notices(CLEO)
    assert "Your office has ended" in rota.notices(BEN)
    assert rota.value("SELECT count(*) FROM audit_logs WHERE table_name = 'nation_offices'") == 6

    same = GiveOffice(nation_id=DAKOTA, user_id=ADA, username="Ada", office="vice_president")
    assert rota.refusal(same, ADMIN).rule == "office.unchanged"
    shown = GiveOffice(nation_id=DAKOTA, user_id=BEN, username="Ben", office="vice_president", expected=())
    assert isinstance(rota.refusal(shown, ADMIN), Stale)
    for write in (shown, EndOffice(user_id=ADA)):
        assert isinstance(rota.refusal(write, MANAGER), NotAllowed)
    assert rota.do(EndOffice(user_id=ADA), ADMIN).ended[0].nation_id == DAKOTA
    assert isinstance(rota.refusal(EndOffice(user_id=ADA), ADMIN), NotFound)


def test_who_may_act_for_a_nation(staffed: Rota) -> None:
    """Its president; its vice president where that is enough; administrators; nobody else, nor elsewhere."""
    rota = staffed
    president(rota)

    def led(person: int, number: int | None, *, deputy: bool) -> str:
        rota.context = type(rota.context)(actor=person)
        try:
            return rota.call(led_nation, number, deputy=deputy).name
        except NotAllowed as refusal:
            return refusal.rule

    assert led(ADA, None, deputy=False) == "Texas"
    assert led(BEN, None, deputy=True) == "Texas"
    assert led(BEN, TEXAS, deputy=False) == "nation.deputy"
    assert led(ADA, DAKOTA, deputy=True) == "nation.not_own"
    assert led(MANAGER, TEXAS, deputy=True) == "nation.not_own"
    assert led(CLEO, None, deputy=True) == "nation.no_office"
    assert led(ADMIN, DAKOTA, deputy=False) == "Dakota"
    assert led(ADMIN, None, deputy=False) == "nation.no_office"
    rota.context = type(rota.context)()
    rota.do(DeactivateMember(discord_id=ADA, reason="Away for good"), ADMIN)
    assert led(ADA, TEXAS, deputy=True) == "member.inactive"


def test_a_nation_that_is_edited_from_outside_is_seen(staffed: Rota) -> None:
    """Nothing is remembered beside the file; the check tells its history, by which it can be undone."""
    found(staffed)
    staffed.connection.execute("UPDATE nations SET name = 'Tejas', gdp = 5 WHERE id = 1")
    seen = staffed.ask(nation, TEXAS)
    assert seen is not None
    assert (seen.name, seen.gdp, NAMES[ADA]) == ("Tejas", 5, "Ada")
    assert [broken[:3] for broken in staffed.broken()] == [("figures_have_history", "nations", TEXAS)]
    told = staffed.do(QuarantineRows(invariants=INVARIANTS))
    assert (told.moved, told.corrected, told.left) == (0, 1, ())
    (last, begun) = staffed.ask(nation_history, TEXAS, "gdp")
    assert (last.old, last.new, last.reason) == (begun.new, 5, "Changed outside of the bot")
    assert staffed.do(UndoChange(history_id=last.id), ADMIN).after.gdp == begun.new


def test_whoever_is_erased_leads_nothing_any_more(staffed: Rota) -> None:
    """Their office ends with an entry; that they had it stays, and what they wrote as reasons goes."""
    rota = staffed
    president(rota)
    rota.connection.execute("UPDATE nation_history SET reason = 'Mine', changed_by = ? WHERE id = 1", (ADA,))
    rota.at += 60
    rota.do(EraseMember(discord_id=ADA), ADA)
    assert rota.ask(office_held_by, ADA) is None
    assert [(item.user_id, item.until) for item in rota.ask(office_history, TEXAS)] == [
        (BEN, None),
        (ADA, rota.at),
    ]
    assert rota.rows("SELECT reason, changed_by FROM nation_history WHERE id = 1") == [(None, ADA)]
    assert rota.value("SELECT count(*) FROM audit_logs WHERE table_name = 'nation_offices'") == 3
