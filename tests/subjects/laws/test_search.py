"""Public laws in force are found by their words, whatever is typed; what is closed or over is in no index."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelus_bot.database import Viewer
from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.schema import broken_searches, mend_searches, merge_searches
from modelus_bot.subjects.laws.buttons.found import FOUND as LIST
from modelus_bot.subjects.laws.buttons.found import SEARCH_LIMIT, found_argument
from modelus_bot.subjects.laws.cards.found import found_card, hit_label, where_words
from modelus_bot.subjects.laws.cards.lists import narrowed
from modelus_bot.subjects.laws.model import LawHit
from modelus_bot.subjects.laws.queries.search import FOUND, laws_with, question
from modelus_bot.subjects.laws.rules.sections import section_at
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw, RenameLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders, TagLaw
from modelus_bot.subjects.laws.writes.tags import AddTag, RemoveTag
from modelus_bot.text.searching import MARKS
from tests.subjects.laws.law_cases import DRAFT, SECRET, WATER, legislated, write_law
from tests.subjects.nations.nation_cases import DAKOTA, give
from tests.subjects.rota import ADA, ADMIN, CLEO, DAN, EVE, Rota, copied, made, staff, viewing

TERMS = "CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, law_search, row)"


def _prepare(rota: Rota) -> None:
    staff(rota)
    legislated(rota)
    give(rota, CLEO, "president", DAKOTA)
    rota.do(AddTag(name="Fürstentümer"), DAN)
    write_law(
        rota, "Dam Act", CLEO, body="Dams of Dakota.\n§ 1. Height\nNot high.\n§ Rivers\nOf zebras.", tags=(2,)
    )


@pytest.fixture(scope="module")
def content() -> bytes:
    """Return a file with laws of two nations."""
    return made(_prepare)


@pytest.fixture
def land(content: bytes) -> Iterator[Rota]:
    """Open a copy of it."""
    with copied(content) as rota:
        yield rota


def hits(rota: Rota, text: str, viewer: int = EVE, **where: int) -> list[LawHit]:
    """Return what somebody finds."""
    return list(rota.ask(laws_with, Viewer(viewer), text, **where))


def cited(rota: Rota, text: str, viewer: int = EVE, **where: int) -> list[str]:
    """Return how what they find is cited."""
    return [hit.citation for hit in hits(rota, text, viewer, **where)]


def terms(rota: Rota) -> set[str]:
    """Return every word that is in the index, however it is kept there; broken ones are none."""
    assert broken_searches(rota.connection) == ()
    rota.connection.execute(TERMS)
    found = {row[0] for row in rota.connection.execute("SELECT term FROM temp.terms")}
    rota.connection.execute("DROP TABLE temp.terms")
    return found


def kept(rota: Rota) -> bytes:
    """Return all that is inside the index."""
    return b"".join(row[0] for row in rota.connection.execute("SELECT block FROM law_search_data"))


def test_words_of_names_texts_and_tags_are_found(land: Rota) -> None:
    """All of them somewhere in the law, whatever their case and accents; the newest law first."""
    assert cited(land, "dams") == ["Dakota 1", "Texas 1 §2"]
    assert cited(land, "FREE wat") == ["Texas 1 §1"]
    assert cited(land, "furstentumer zebra") == ["Dakota 1 §2"]
    assert cited(land, "act") == ["Dakota 1", "Texas 1"]
    assert cited(land, "wat free") == []
    first = hits(land, "dam height")[0]
    assert (first.title, first.section, first.tags) == (f"{MARKS[0]}Dam{MARKS[1]} Act", 1, "fürstentümer")
    assert first.text.startswith(f"{MARKS[0]}Height{MARKS[1]}\nNot high.")


def test_nation_and_tag_leave_out_the_rest(land: Rota) -> None:
    """Each, and both; a nation's or a tag's own word finds nothing."""
    assert cited(land, "dams", nation_id=1) == ["Texas 1 §2"]
    assert cited(land, "dams", tag_id=2) == ["Dakota 1"]
    assert cited(land, "dams", nation_id=1, tag_id=2) == []
    assert cited(land, "\ue000n1") == cited(land, "n1") == []
    assert [cited(land, "act", limit=1, offset=skip) for skip in (0, 1, 2)] == [["Dakota 1"], ["Texas 1"], []]


def test_nothing_closed_is_in_the_index(land: Rota) -> None:
    """Neither words of a private law nor of a draft, whoever looks; administrators find no more."""
    assert {"militia", "mondays", "ii"}.isdisjoint(terms(land))
    assert b"militia" not in kept(land)
    for viewer in (EVE, ADA, ADMIN):
        assert cited(land, "militia", viewer) == cited(land, "ii", viewer) == []
    land.do(SetLawReaders(law_id=SECRET, is_public=True), ADA)
    assert cited(land, "militia mondays") == ["Texas 2"]
    land.do(EnactLaw(law_id=DRAFT), ADA)
    assert cited(land, "ii") == ["Texas 3"]


@pytest.mark.parametrize(
    ("write", "word"),
    [
        (SetLawReaders(law_id=WATER, is_public=False), "only"),
        (RepealLaw(law_id=WATER), "only"),
        (EditLaw(law_id=WATER, body="Another text."), "only"),
        (RenameLaw(law_id=WATER, name="Other Act"), "called"),
        (TagLaw(law_id=WATER, tags=()), "brook"),
        (RemoveTag(tag_id=3), "brook"),
    ],
)
def test_words_leave_with_the_law(land: Rota, write: AddLaw, word: str) -> None:
    """Closed, ended, rewritten, renamed, filed elsewhere: what it said is in the index no more."""
    land.do(AddTag(name="brook"), DAN)
    land.do(TagLaw(law_id=WATER, tags=(3,)), ADA)
    land.do(RenameLaw(law_id=WATER, name="Called Act"), ADA)
    land.do(EditLaw(law_id=WATER, body="§ Only here."), ADA)
    assert cited(land, word) == ["Texas 1 §1" if word == "only" else "Texas 1"]
    land.do(write, ADMIN)
    assert cited(land, word) == []
    assert word not in terms(land)
    merge_searches(land.connection)
    assert word.encode() not in kept(land)


CHANGES = (
    "INSERT INTO laws VALUES({a}, 1, {a}, 'law{a}', 1, 'enacted', 101, 1, 1, NULL, 1, 0, 0)",
    "INSERT INTO law_revisions(law_id, revision, body, published, at) VALUES({a}, {b}, 'text{a}', 1, 0)",
    "UPDATE laws SET revision = {b} WHERE id = {a}",
    "UPDATE laws SET is_public = 1 - is_public WHERE id = {a}",
    "UPDATE laws SET name = 'named{b}', nation_id = {b} WHERE id = {a}",
    "UPDATE laws SET status = 'repealed', repealed_at = 1 WHERE id = {a}",
    "UPDATE laws SET id = {b} WHERE id = {a}",
    "DELETE FROM laws WHERE id = {a}",
    "UPDATE law_revisions SET law_id = {b} WHERE law_id = {a} AND revision = {b}",
    "UPDATE law_revisions SET revision = {b}, published = 1 WHERE law_id = {a}",
    "UPDATE law_revisions SET body = 'other{b}', published = 1 - published WHERE law_id = {a}",
    "DELETE FROM law_revisions WHERE law_id = {a} AND revision = {b}",
    "INSERT INTO law_tags VALUES({b}, {a})",
    "INSERT OR IGNORE INTO law_tags VALUES({b}, {a})",
    "UPDATE law_tags SET law_id = {b} WHERE law_id = {a}",
    "UPDATE law_tags SET tag_id = {b} WHERE law_id = {a}",
    "DELETE FROM law_tags WHERE law_id = {a}",
    "INSERT INTO tags(id, name, created_at) VALUES({a}, 'tag{b}', 0)",
    "UPDATE tags SET name = 'tagged{b}' WHERE id = {a}",
    "DELETE FROM tags WHERE id = {a}",
)


@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no keys"])
def test_the_index_follows_every_change_of_a_row(content: bytes, keys: bool) -> None:
    """Whatever is inserted, changed or deleted from outside, in whatever order, with and without keys."""
    dice = random.Random(7)
    done = 0
    with copied(content) as rota:
        rota.connection.execute(f"PRAGMA foreign_keys={'ON' if keys else 'OFF'}")
        rota.connection.execute("PRAGMA ignore_check_constraints=ON")
        for _ in range(400):
            sql = dice.choice(CHANGES).format(a=dice.randint(1, 5), b=dice.randint(1, 3))
            try:
                done += rota.connection.execute(sql).rowcount
            except sqlite3.IntegrityError:
                continue
            assert broken_searches(rota.connection) == (), sql
    assert done > 40


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE law_search_data SET block = x'0011' WHERE id > 9",
        "DELETE FROM law_search_docsize",
        "DROP TABLE law_search_idx",
        "INSERT INTO law_search(rowid, name, body, tags, place) VALUES(2, 'Militia Plan', '', '', '')",
    ],
)
def test_a_damaged_index_is_made_anew_from_open_laws(land: Rota, damage: str) -> None:
    """Whatever happened to it, and whatever was put in that does not belong there."""
    land.connection.execute(damage)
    assert broken_searches(land.connection) == ("law_search",)
    assert mend_searches(land.connection) == ("law_search",)
    assert cited(land, "dams") == ["Dakota 1", "Texas 1 §2"]
    assert "militia" not in terms(land)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=SEARCH_LIMIT))
@example("\"'*")
@example('"treaty" OR (NOT name:*) NEAR(a b, 2) ^x -y + {z}')
@example("🙂 !!! ***")
@example("\0 \ud7ff 𝕏𝟛 ① ﷽ \u0301")
@example("𝕏" * SEARCH_LIMIT)
@example("a" * SEARCH_LIMIT)
def test_whatever_is_typed_is_words(land: Rota, text: str) -> None:
    """Nothing typed is an error, and what is looked for fits in the id of a button."""
    assert isinstance(hits(land, text, nation_id=1, tag_id=1), list)
    argument = found_argument(text, 999_999, 99_999)
    words = argument.split(":", 2)[2]
    assert len(f"page:{LIST}:More:9999:{argument}".encode("utf-16-le", "replace")) <= 200
    assert isinstance(hits(land, words), list) if words else question(text, None, None) is None


def test_places_in_a_text_have_a_section() -> None:
    """The last one that begins before; its text goes on from there, or from what stands in its number."""
    body = "First.\n§ 7. Water\nIs free.\n§Dams"
    assert section_at(body, 0) == (0, "First.")
    assert section_at(body, body.index("Is")) == (1, "Water\nIs free.")
    assert section_at(body, body.index("7")) == (1, "7. Water\nIs free.")
    assert section_at(body, len(body) - 1) == (2, "Dams")


def test_a_page_shows_where_it_was_found(land: Rota) -> None:
    """Citation, name and words with the hits in bold; where was looked stands below."""
    card = found_card(hits(land, "dams"), "dams", where_words(""), first=True)
    assert card.text == (
        "▸ Dakota 1: Dam Act\n**Dams** of Dakota.\n▸ Texas 1 §2: Water Act\n**Dams**: **Dams** are not."
    )
    tagged = found_card(hits(land, "furst"), "furst", where_words(narrowed("Dakota", "x")), first=True)
    assert "Dam Act (under **fürstentümer**)" in tagged.text
    assert tagged.footer == "Public laws in force of Dakota under x, the newest first"
    assert hit_label(hits(land, "zebras")[0]) == "Dakota 1 §2 Dam Act"
    assert "There is no word to look for." in found_card([], "", "", first=True).text
    assert "has all these words" in found_card([], "x", "", first=True).text
    assert "nothing more" in found_card([], "x", "", first=False).text


def test_plan(land: Rota) -> None:
    """The index is read backwards; nothing is sorted, and no table of laws is read but for what is shown."""
    values = {"words": question("a", 1, 1), "open": "", "close": "", "limit": 1, "offset": 0}
    for _ in range(2):
        rows = land.connection.execute(f"EXPLAIN QUERY PLAN {FOUND}", values)
        plan = "\n".join(row["detail"] for row in rows)
        assert "SCAN law_search VIRTUAL TABLE INDEX" in plan
        assert "TEMP B-TREE" not in plan
        assert "\n" not in plan
        land.rows("ANALYZE")


def test_a_connection_of_viewers_searches_at_once(land: Rota) -> None:
    """Also one on which nobody asked anything before, and again after the schema has changed."""
    sql = "SELECT rowid, name FROM law_search WHERE law_search MATCH 'militia OR dam'"
    with viewing(land.path, GateKind.BARRIER) as connection, seated(connection, Viewer(EVE)):
        assert len(connection.execute(sql).fetchall()) == 1
        land.rows("CREATE TABLE another(x)")
        assert len(connection.execute(sql).fetchall()) == 1
