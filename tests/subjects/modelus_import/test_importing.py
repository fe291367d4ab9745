"""Moving in from the original bot: every row is accounted for, once, whatever happens in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.database.administration import ForeignDatabase, ForeignTable
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.blocs.writes.making import CreateBloc
from modelus_bot.subjects.imports.model.outcome import RowReport
from modelus_bot.subjects.laws.queries.records import law_sheet
from modelus_bot.subjects.laws.writes.standing import RepealLaw
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.modelus_import.model.source import TABLES, ModelusSource
from modelus_bot.subjects.modelus_import.rules.planning import portions_of
from modelus_bot.subjects.modelus_import.rules.tables import WANTED, source_of
from modelus_bot.subjects.modelus_import.writes.importing import ImportModelusRows
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.subjects.nations.writes.offices import EndOffice
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.treaties.rules import LASTS
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty
from tests.subjects.modelus_import.original import EDITOR, PRESIDENT, ROWS, VICE, make_original
from tests.subjects.rota import ADA, ADMIN, Rota, copied, made

ZONE = ZoneInfo("America/New_York")


def read(more: dict[str, Any] | None = None) -> ModelusSource:
    """Return what a file of the original's shape has."""
    with TemporaryDirectory() as folder:
        path = make_original(Path(folder) / "old.db", more)
        return source_of("old.db", asyncio.run(ForeignDatabase.read(path, WANTED)).tables)


@pytest.fixture(scope="module")
def source() -> ModelusSource:
    """Return the sample, read once."""
    return read()


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Return a migrated file."""
    return made(lambda _rota: None)


@pytest.fixture
def rota(prepared: bytes) -> Iterator[Rota]:
    """Return a rota without anybody; keys, rules and the audit chain are looked at in the end."""
    with copied(prepared) as found:
        yield found
        assert found.broken() == []
        found.check()


def run(
    rota: Rota, source: ModelusSource, *, size: int = 7, until: int | None = None, author: int | None = None
) -> RowReport:
    """Take in what a file has, up to a portion, as the command does."""
    report = RowReport(TABLES)
    for number, (ready, left) in enumerate(portions_of(source, ZONE, size)):
        if number == until:
            break
        report.left_out(left)
        if ready:
            write = ImportModelusRows(rows=tuple(item.row for item in ready), author=author)
            report.taken_in(ready, rota.do(write, reason="import"))
    return report


def counts(report: RowReport) -> dict[str, tuple[int, ...]]:
    """Return added, updated, unchanged and left out rows by table."""
    fates = ("added", "updated", "unchanged", "left_out")
    return {table: tuple(report.count(table, fate) for fate in fates) for table in TABLES}  # type: ignore[arg-type]


def test_every_row_arrives_in_exact_units_under_its_name(rota: Rota, source: ModelusSource) -> None:
    """Billions are dollars, forces tenths; prefixes stand apart; cities have one capital."""
    report = run(rota, source)

    assert counts(report) == {
        "nations": (4, 0, 0, 0),
        "nation_renames": (2, 0, 1, 1),
        "user_links": (2, 0, 0, 3),
        "tags": (7, 0, 0, 1),
        "laws": (4, 0, 0, 3),
        "law_tags": (7, 0, 0, 3),
        "wars": (3, 0, 0, 1),
        "alliances": (4, 0, 0, 3),
        "multi_alliances": (3, 0, 0, 1),
        "multi_alliance_members": (2, 0, 1, 4),
    }
    assert all(report.rows(table) == len(ROWS[table]) for table in TABLES)
    assert rota.rows(
        "SELECT name, prefix, gdp, population, stability_bp, tax_bp, debt, ground, air, government, status"
        " FROM nations ORDER BY id"
    ) == [
        ("Texas", None, 2_400_123_456_789, 30_000_000, 6250, 2125, 12_500_000_000, 75, 50,
         "Federal Republic", "active"),
        ("Ohio", "Republic of", 800_000_000_000, 11_800_000, 10_000, 2000, 0, 50, 50, "Democracy", "active"),
        ("Texas 2", "Republic of", 900_000_000_000_000, 5, 0, 2000, 0, 50, 50, "Democracy", "active"),
        ("West Virginia", None, 0, 0, 0, 2000, 0, 50, 50, "Democracy", "active"),
    ]  # fmt: skip
    assert rota.rows("SELECT nation_id, name, is_capital FROM nation_cities ORDER BY id") == [
        (1, "Austin", 1), (1, "Dallas", 0), (1, "Houston", 0), (1, "Waco", 0),
        (4, "Charleston", 1), (4, "Wheeling", 0), (4, "Huntington", 0),
    ]  # fmt: skip
    assert rota.rows(
        "SELECT metric, old, new, cause, reason FROM nation_history WHERE nation_id = 1 AND metric = 'gdp'"
        " ORDER BY id"
    ) == [
        ("gdp", None, 2_300_000_000_000, "import", "import"),
        ("gdp", 2_300_000_000_000, 2_400_123_456_789, "import", "import"),
    ]
    assert rota.rows("SELECT user_id, nation_id, office FROM nation_offices ORDER BY id") == [
        (PRESIDENT, 1, "president"),
        (VICE, 1, "vice_president"),
    ]
    for name in ("tejas", "Lone Star", "Republic of Kingdom of Ohio", "Ohio"):
        assert rota.ask(nation_called, name) == (2 if "Ohio" in name else 1)
    assert rota.value("SELECT count(*) FROM notifications") == 0
    assert rota.value("SELECT count(*) FROM events") == 0
    # 2025-03-01 12:00 in New York; summer time begins a week later.
    assert rota.value("SELECT since FROM nation_offices WHERE id = 1") == 1740848400


def test_laws_keep_both_texts_and_private_ones_stay_private(rota: Rota, source: ModelusSource) -> None:
    """The first text is revision 1; only public laws are numbered and published; wars have sides."""
    run(rota, source)

    assert rota.rows("SELECT name, number, is_public, status, author_id, revision FROM laws ORDER BY id") == [
        ("Tax Act", 1, 1, "enacted", PRESIDENT, 2),
        ("TAX ACT 2", 2, 1, "enacted", VICE, 1),
        ("Secret Plan", None, 0, "enacted", PRESIDENT, 1),
        ("Hidden", None, 0, "enacted", VICE, 1),
    ]
    assert rota.rows("SELECT law_id, revision, body, by_user, published FROM law_revisions ORDER BY id") == [
        (1, 1, "All pay 1 %.", PRESIDENT, 1),
        (1, 2, "All pay 2 %.", EDITOR, 1),
        (2, 1, "Nobody pays.", VICE, 1),
        (3, 1, "We hide the gold.", PRESIDENT, 0),
        (4, 1, "\N{REPLACEMENT CHARACTER} broken", VICE, 0),
    ]
    assert rota.rows("SELECT law_id, count(*) FROM law_tags GROUP BY law_id") == [(1, 2), (3, 5)]
    assert "gold" not in str(rota.rows("SELECT new_values FROM audit_logs"))
    assert rota.rows("SELECT name, status, started_on, ended_on, casualties FROM wars ORDER BY id") == [
        ("Border War", "ended", "2025-04-01", "2025-05-01", 1200),
        ("Great War", "active", "2025-06-01", None, 0),
        ("great war 2", "active", "2025-03-01", None, 0),
    ]
    assert rota.rows("SELECT war_id, nation_id, side FROM war_sides ORDER BY war_id, nation_id") == [
        (1, 1, "A"), (1, 4, "B"), (2, 1, "other"), (2, 2, "other"), (2, 4, "other"),
    ]  # fmt: skip
    assert rota.rows("SELECT kind, casualties, on_day FROM war_events WHERE war_id = 1 ORDER BY id") == [
        ("started", None, "2025-04-01"),
        ("update", 1200, "2025-05-01"),
        ("ended", None, "2025-05-01"),
    ]


def test_treaties_and_blocs_are_what_they_could_be_here(rota: Rota, source: ModelusSource) -> None:
    """Both directions are one treaty; a bloc has a leader, and nobody is in three; nobody is told."""
    run(rota, source)

    made, approved = 1740848400, 1741185000
    late = made + LASTS
    assert rota.rows(
        "SELECT nation_a, nation_b, kind, status, proposed_by, proposed_at, expires_at, decided_at, ended_at"
        " FROM treaties ORDER BY id"
    ) == [
        (1, 2, "alliance", "active", 2, made, late, approved, None),
        (1, 4, "alliance", "declined", 1, made, late, made, None),
        (2, 4, "alliance", "expired", 2, made, late, late, None),
        (2, 3, "alliance", "ended", 3, made, late, made, rota.at),
    ]
    assert rota.rows("SELECT id, name, description, created_at FROM blocs ORDER BY id") == [
        (1, "Gulf Pact", "The sea.", made),
        (2, "GULF PACT 2", None, rota.at),
        (3, "Bloc 3", None, made),
    ]
    assert rota.rows("SELECT bloc_id, nation_id, rank FROM bloc_members ORDER BY bloc_id, at, nation_id") == [
        (1, 1, "leader"),
        (1, 2, "member"),
        (1, 4, "member"),
        (2, 4, "leader"),
        (3, 2, "leader"),
    ]
    assert rota.value("SELECT count(*) FROM notifications") == 0
    assert rota.do(ProposeTreaty(to_id=4, treaty_kind="alliance"), PRESIDENT).after.status == "pending"


def test_treaties_and_blocs_that_are_here_stay(rota: Rota, source: ModelusSource) -> None:
    """An alliance of the two, a bloc of the name, and a bloc that was disbanded meanwhile."""
    for name in ("Texas", "Ohio"):
        rota.do(CreateNation(name=name, gdp=1, population=1))
    rota.do(SetRole(discord_id=ADMIN, username="Ann", role="admin"))
    rota.do(ProposeTreaty(to_id=2, treaty_kind="alliance", nation_id=1), ADMIN)
    rota.do(CreateBloc(bloc_name="gulf pact", nation_id=2), ADMIN)
    said = {f"{item.table} {item.place.short}": item.why for item in run(rota, source).remarks}
    assert said["alliances 2"] == "the two have an alliance here already; what is here stays"
    assert said["multi_alliances 1"] == "a bloc of its name is here already, which stays"
    assert said["multi_alliance_members #1"] == "its bloc was left out: bloc 1"
    assert rota.rows("SELECT status FROM treaties WHERE nation_a = 1 AND nation_b = 2") == [("pending",)]


def test_each_fault_is_named_where_it_stands(rota: Rota, source: ModelusSource) -> None:
    """What was mended, left out and only counted has its reason."""
    said = {f"{item.table} {item.place.short}: {item.why}" for item in run(rota, source).remarks}

    assert {
        "nations 1: its flag must be set again, since what is kept of it is a link that expires",
        "nations 2: its prefixes were stacked, and the first one counts: Republic of Kingdom of Ohio",
        "nations 2: government_type “vibes” is not known here; Democracy counts",
        "nations 3: its name is taken by another or cannot stay, so it is called so: Texas 2",
        "nations 3: provincial_capitals is no list that can be read, and is left out",
        "nation_renames 4: no nation there is called so any more, or several were: Lemuria",
        "user_links 4: somebody else holds this office already",
        "laws 2: its first text was lost there when it was changed",
        "laws 6: is_public is neither true nor false; false counts",
        "wars 1: who fought stands there by a former name, or without a prefix",
        "wars 2: somebody who fought is no nation there, and is left out: Mars",
        "alliances 1: it is merged with the one of the same two nations that counts: alliances 2",
        "alliances 2: nation2 stands there by a former name, or without a prefix",
        "alliances 4: nobody had answered it for fourteen days, so it has expired",
        "alliances 5: when it was broken is not said there; it counts as ended when it is taken in",
        "alliances 6: a nation cannot be allied with itself",
        "alliances 7: no nation there is called so: Mars",
        "multi_alliances 1: its leader had been taken out of it there, and leads it here again",
        "multi_alliances 2: its leader is no nation there; who joined first leads",
        "multi_alliances 4: none of its members is here, or all of them are in two blocs already",
        "multi_alliance_members #4: it is in two blocs already, and no nation is in more",
        "multi_alliance_members #7: its bloc is not there",
        "law_tags #10: its law is filed under 5 tags already, and no law under more",
    } <= said
    later = {table.name: table for table in source.later}
    assert later["user_activity"].rows == 1
    assert "alliances" not in later
    assert "drawn anew" in later["loans"].faults[0]
    assert set(source.untaken["nations"]) == {"military_readiness", "vice_president", "trading_partners"}
    assert "international_countries" not in later  # it has no rows


def test_codes_of_loans_that_still_are_unique_were_not_drawn_anew() -> None:
    """A description, or a column without two alike, says that the table was not made again."""
    loans = [{"loan_code": "L-1", "description": "for roads"}, {"loan_code": "L-1"}]
    (later,) = [table for table in read({"loans": loans}).later if table.name == "loans"]
    assert later.faults == ("codes that several loans share: 1",)


def test_a_second_run_changes_nothing_and_undoes_nothing(rota: Rota, source: ModelusSource) -> None:
    """What was renamed, archived, ended or repealed here meanwhile stays so."""
    run(rota, source)
    rota.do(RenameNation(nation_id=1, name="Tejas"), PRESIDENT)
    rota.do(EndOffice(user_id=VICE))
    rota.do(RepealLaw(law_id=2), PRESIDENT)
    rota.do(ArchiveNation(nation_id=4))
    before = rota.dump()
    again = run(rota, source, size=100)

    assert not again.changed
    assert rota.dump() == before
    named = run(rota, source, author=PRESIDENT)
    assert [item.why for item in named.remarks if item.table == "laws" and item.place.short == "4"] == [
        "its nation is archived here: nation 4"
    ]


def test_stopped_after_any_portion_and_run_again_it_ends_the_same(
    prepared: bytes, source: ModelusSource
) -> None:
    """The rows that were in are there already; the others come, in the same order, with the same numbers."""
    ends = set()
    for stop in random.Random(5).sample(range(1, 12), 2):
        with copied(prepared) as rota:
            run(rota, source, size=5, until=stop)
            run(rota, source, size=5)
            tables = (
                "nations", "nation_names", "nation_offices", "laws", "law_tags", "wars", "war_sides",
                "treaties", "blocs", "bloc_members",
            )  # fmt: skip
            ends.add(str([rota.rows(f"SELECT * FROM {table}") for table in tables]))
    assert len(ends) == 1


def test_who_and_what_is_here_stays(rota: Rota, source: ModelusSource) -> None:
    """A nation of the same name, people who were erased; laws without an author get the one named."""
    rota.do(CreateNation(name="texas", gdp=5, population=6))
    rota.do(SetRole(discord_id=VICE, username="Vera", role=None))
    rota.do(EraseMember(discord_id=VICE))
    report = run(rota, source, author=ADA)
    said = {f"{item.table} {item.place.short}": item.why for item in report.remarks}

    assert said["nations 1"] == "a nation of this name is here; what is here stays"
    assert rota.rows("SELECT name, gdp FROM nations WHERE id = 1") == [("texas", 5)]
    assert said["user_links 2"] == f"the data of who leads it was erased here: user {VICE}"
    assert said["laws 4"] == "nobody is named as who wrote it; --author counts"
    assert rota.value("SELECT count(*) FROM laws WHERE author_id = ?", ADA) == 1
    assert rota.value("SELECT nation_id FROM laws WHERE name = 'Tax Act'") == 1


def test_only_administrators_import(rota: Rota, source: ModelusSource) -> None:
    """The write itself asks; who may not changes nothing."""
    ready, _ = next(portions_of(source, ZONE, 50))
    with pytest.raises(NotAllowed):
        rota.do(ImportModelusRows(rows=tuple(item.row for item in ready)), ADA)
    assert rota.value("SELECT count(*) FROM nations") == 0


def test_private_laws_are_shown_to_their_own_only(rota: Rota, source: ModelusSource) -> None:
    """What the original posted in public is closed here."""
    run(rota, source)
    key = f"#{rota.value('SELECT id FROM laws WHERE name = ?', 'Secret Plan')}"
    assert viewer_text(rota, PRESIDENT, key) == "We hide the gold."
    with pytest.raises(NotFound, match="There is no such law"):
        viewer_text(rota, EDITOR, key)


def viewer_text(rota: Rota, viewer: int, key: str) -> str:
    """Return a law's text as somebody sees it."""
    return rota.ask(law_sheet, Viewer(viewer), key).revision.body


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({}, "it has no table of nations"),
        ({"nations": ("id", "gdp")}, "the table nations lacks the column name"),
        ({"nations": ("id", "name"), "laws": ("id", "name")}, "the table laws lacks the column body_text"),
    ],
)
def test_what_is_another_programs_is_refused(tables: dict[str, tuple[str, ...]], told: str) -> None:
    """It is said what is missing."""
    found = {name: ForeignTable(columns, 1, (), columns, []) for name, columns in tables.items()}
    with pytest.raises(ImportProblem, match=told):
        source_of("old.db", found)
