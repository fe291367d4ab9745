"""Aliases of nations: other names that find them, beside the names that they had."""

from __future__ import annotations

from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.nations.queries.lookup import named_nations, nation_called
from modelus_bot.subjects.nations.queries.mapped import map_view
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.rules.names import MOST_ALIASES
from modelus_bot.subjects.nations.writes.aliases import AddAlias, RemoveAlias
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.naming import RenameNation
from tests.subjects.nations.nation_cases import DAKOTA, TEXAS, aliased, found
from tests.subjects.rota import ADMIN, MANAGER, Rota


def test_an_alias_finds_its_nation(staffed: Rota) -> None:
    """Typed in any case, with a prefix before it, suggested, on the map; who gave it is kept."""
    rota = staffed
    aliased(rota)
    rota.at += 1
    rota.do(AddAlias(nation_id=TEXAS, name="Empire  of the Star"), ADMIN)
    typed = ("tx", "TX", "Republic of TX", "empire of THE star")
    assert {rota.ask(nation_called, name) for name in typed} == {TEXAS}
    assert [(one.nation_id, one.alias, one.former) for one in rota.ask(named_nations, "star")] == [
        (TEXAS, "Empire of the Star", None)
    ]
    assert [one and one.nation_id for _, one in rota.ask(map_view, "gdp", ("tx", "x")).regions] == [1, None]
    assert rota.ask(nation_sheet, TEXAS).aliases == ("TX", "Empire of the Star")
    assert rota.ask(nation_sheet, TEXAS).former_names == ()
    kept = "SELECT kind, by_user FROM nation_names WHERE name = 'tx'"
    assert rota.rows(kept) == [("alias", ADMIN)]
    told = 'SELECT count(*) FROM audit_logs WHERE nation_id = 1 AND new_values LIKE \'%"alias":"TX"%\''
    assert rota.value(told) == 1
    rota.check()


def test_what_cannot_be_an_alias(staffed: Rota) -> None:
    """What finds a nation already, what cannot be seen, more than a few; for administrators alone."""
    rota = staffed
    found(rota)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    for name, rule in (
        ("dakota", "alias.taken"),
        ("State of Dakota", "alias.taken"),
        ("tejas", "alias.unchanged"),
        ("TEXAS", "alias.unchanged"),
        ("\u2800", "nation.name"),
    ):
        assert rota.refusal(AddAlias(nation_id=TEXAS, name=name), ADMIN).rule == rule
    assert rota.refusal(AddAlias(nation_id=DAKOTA, name="texas"), ADMIN).rule == "alias.taken"
    for write in (AddAlias(nation_id=TEXAS, name="TX"), RemoveAlias(nation_id=TEXAS, name="Texas")):
        assert isinstance(rota.refusal(write, MANAGER), NotAllowed)
    for number in range(MOST_ALIASES):
        rota.do(AddAlias(nation_id=TEXAS, name=f"TX {number}"), ADMIN)
    assert rota.refusal(AddAlias(nation_id=TEXAS, name="TX"), ADMIN).rule == "alias.most"
    rota.do(ArchiveNation(nation_id=DAKOTA), ADMIN)
    assert rota.refusal(AddAlias(nation_id=DAKOTA, name="DK"), ADMIN).rule == "nation.archived"


def test_an_alias_is_taken_away_and_a_former_name_is_not(staffed: Rota) -> None:
    """A nation that gets the alias as its name has it as that; a new nation's name counts before it."""
    rota = staffed
    aliased(rota)
    rota.do(RenameNation(name="tx", nation_id=TEXAS), ADMIN)
    assert rota.ask(nation_sheet, TEXAS).aliases == ()
    assert isinstance(rota.refusal(RemoveAlias(nation_id=TEXAS, name="Texas"), ADMIN), NotFound)
    rota.do(AddAlias(nation_id=TEXAS, name="Lone Star"), ADMIN)
    rota.do(CreateNation(name="Lone Star", gdp=1, population=1), ADMIN)
    assert rota.ask(nation_called, "lone star") == 3
    change = rota.do(RemoveAlias(nation_id=TEXAS, name="LONE star"), ADMIN)
    assert (change.name, change.given, change.aliases) == ("Lone Star", False, ())
    assert isinstance(rota.refusal(RemoveAlias(nation_id=TEXAS, name="Lone Star"), ADMIN), NotFound)
