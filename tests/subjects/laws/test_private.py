"""Feature: laws: what is closed to somebody changes nothing of what they are answered.

The same things are done in two worlds, but in one of them nations also have private laws and drafts. Whoever
holds no office there, or none any more, is answered the same in both, to the letter, whatever they ask, and
is told the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database import Viewer
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.connection import GatedConnection, seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.offline.snapshot.contents import kept_contents
from modelus_bot.database.schema import broken_searches
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.feed.cards import recent_card
from modelus_bot.subjects.feed.queries import recent_events
from modelus_bot.subjects.laws.cards.book import book_page
from modelus_bot.subjects.laws.cards.found import found_card, hit_label, where_words
from modelus_bot.subjects.laws.cards.lists import law_label, laws_card, tag_card
from modelus_bot.subjects.laws.cards.reading import difference_pages, history_card, page_card
from modelus_bot.subjects.laws.queries.lists import law_book, law_called, laws, named_laws
from modelus_bot.subjects.laws.queries.powers import law_to_change
from modelus_bot.subjects.laws.queries.records import law_sheet, revision_texts, revisions_of
from modelus_bot.subjects.laws.queries.search import laws_with
from modelus_bot.subjects.laws.queries.tags import tag_sheet
from modelus_bot.subjects.laws.rules.sections import pages
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw, RenameLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders, TagLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from modelus_bot.subjects.nations.writes.offices import EndOffice
from tests.daily_size import FULL
from tests.subjects.nations.nation_cases import DAKOTA, give, president
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    EVE,
    GUEST,
    NAMES,
    Rota,
    copied,
    made,
    staff,
    viewing,
)

WORD = "zebra"
"""In every name, text and note of what is closed, and nowhere else."""
STRANGERS = (EVE, DAN, GUEST, BEN)
LEADERS = ((ADA, "Texas"), (CLEO, "Dakota"))

Step = tuple[str, bool, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "edit", "rename", "tag", "repeal", "enact", "close"]),
        st.booleans(),
        st.integers(0, 3),
        st.integers(0, 1),
    ),
    min_size=4,
    max_size=14,
)
"""What is done, whether to what is closed, to which law of those, and by which leader."""


@cache
def _founded() -> bytes:
    def prepare(rota: Rota) -> None:
        staff(rota)
        president(rota)
        give(rota, CLEO, "president", DAKOTA)
        rota.do(AddTag(name="trade"), DAN)
        rota.do(AddLaw(name="Act of Ben", body="Ben's.", username="Ben"), BEN)
        rota.do(EndOffice(user_id=BEN), ADMIN)

    return made(prepare)


class _Nations:
    """Does steps in a world, and leaves out those about what is closed where there is nothing like that."""

    def __init__(self, rota: Rota, *, closed: bool) -> None:
        self.rota = rota
        self.closed = closed
        self.refusals: list[str] = []
        self.drafts: set[int] = set()
        """What everybody could read once it is in force, and which therefore stays a draft."""
        self.known: dict[bool, list[tuple[int, int]]] = {True: [], False: [(1, ADA)]}

    def do(self, number: int, step: Step) -> None:
        kind, secret, which, who = step
        if secret and not self.closed:
            return
        word = f"{WORD} " if secret else ""
        if kind == "add" or not self.known[secret]:
            self._add(number, secret, word, which, who)
            return
        law, person = self.known[secret][which % len(self.known[secret])]
        writes: dict[str, Any] = {
            "edit": EditLaw(law_id=law, body=f"{word}See Texas 1 §1, {number}.", note=f"{word}note"),
            "rename": RenameLaw(law_id=law, name=f"{word}Act new {number}"),
            "tag": TagLaw(law_id=law, tags=(1,)),
            "repeal": RepealLaw(law_id=law),
            "enact": EnactLaw(law_id=law),
            "close": SetLawReaders(law_id=law, is_public=False),
        }
        if kind != "enact" or law not in self.drafts:
            self._try(writes[kind], person)

    def _add(self, number: int, secret: bool, word: str, which: int, who: int) -> None:
        person, nation = LEADERS[who]
        write = AddLaw(
            name=f"{word}Act {number}",
            body=f"§ {word}{nation} {number}\n§ As Dakota 1 says.",
            username=NAMES[person],
            is_public=not secret or which == 0,
            draft=secret and which in {0, 1},
            tags=(1,) if which > 1 else (),
        )
        law = self.rota.do(write, person).after
        self.known[secret].append((law.id, person))
        if law.is_public and law.status == "draft":
            self.drafts.add(law.id)

    def _try(self, write: Any, person: int) -> None:
        try:
            self.rota.do(write, person)
        except Refusal as refusal:
            self.refusals.append(str(refusal))


class _Asking:
    """Asks all that a viewer asks on one connection of viewers."""

    def __init__(self, connection: GatedConnection) -> None:
        self.ask = lambda question, *asked: question(ReadTransaction(connection), *asked)


def _answers(rota: Rota, viewer: Viewer) -> list[str]:
    """Return whatever a viewer can be shown, as it is shown."""
    with viewing(rota.path, GateKind.BARRIER) as connection, seated(connection, viewer):
        return list(_shown(_Asking(connection), viewer))


def _shown(rota: _Asking, viewer: Viewer) -> Iterator[str]:
    for nation in (None, 1, 2):
        for tag in (None, 1):
            for status in (None, "draft", "enacted", "repealed"):
                found = rota.ask(laws, viewer, nation, tag, status, 3, 1)
                yield repr((laws_card(found, "Laws", away=False), [one.key for one in found]))
    for typed in ("", "act", WORD, "Texas", "Dakota 1", "#1", "#2", "#3"):
        yield repr([(one.key, law_label(one)) for one in rota.ask(named_laws, viewer, typed)])
        yield _refused(rota, law_called, viewer, typed)
    for key in (f"{nation}-{number}" for nation in (1, 2) for number in range(1, 5)):
        yield from _law(rota, viewer, key)
    for key in (f"#{number}" for number in range(1, 7)):
        yield from _law(rota, viewer, key)
    for text in ("act", "dakota new", "trade", WORD, "note", WORD[:3]):
        for nation, tag in ((None, None), (1, None), (None, 1), (2, 1)):
            hits = rota.ask(laws_with, viewer, text, nation, tag, 3, 1)
            card = found_card(hits, "", where_words(""), first=False)
            yield repr((card, [(one.name.key, hit_label(one)) for one in hits]))
    yield repr(recent_card(rota.ask(recent_events, viewer, 99), {}))
    yield repr(tag_card(rota.ask(tag_sheet, viewer, 1)))
    yield from (book_page(rota.ask(law_book, viewer, nation)).decode() for nation in (1, 2))


def _law(rota: _Asking, viewer: Viewer, key: str) -> Iterator[str]:
    try:
        sheet = rota.ask(law_sheet, viewer, key)
    except Refusal as refusal:
        yield str(refusal)
        yield _refused(rota, law_to_change, viewer, key)
        return
    yield repr([page_card(sheet, page, {}) for page in range(len(pages(sheet.revision.body)))])
    yield repr([(one.key, law_label(one)) for one in sheet.cited])
    name, texts = rota.ask(revisions_of, viewer, key, 9)
    yield repr(history_card(name, texts, {}, sheet.law.revision))
    if len(texts) > 1:
        _, before, after = rota.ask(revision_texts, viewer, key, texts[1].revision, texts[0].revision)
        yield repr(difference_pages(before, after))
    yield _refused(rota, law_to_change, viewer, key)


def _refused(rota: _Asking, question: Any, *given_: Any) -> str:
    try:
        rota.ask(question, *given_)
    except Refusal as refusal:
        return str(refusal)
    return "answered"


@settings(max_examples=300 if FULL else 20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from(STRANGERS))
def test_strangers_are_answered_as_if_nothing_closed_was_there(steps: list[Step], stranger: int) -> None:
    """Lists, searches, suggestions, pages, histories, tags, books, refusals: the same to the letter."""
    with copied(_founded()) as with_closed, copied(_founded()) as without:
        worlds = (_Nations(with_closed, closed=True), _Nations(without, closed=False))
        for number, step in enumerate(steps):
            for world in worlds:
                world.do(number, step)
        seen, expected = (_answers(world.rota, Viewer(stranger)) for world in worlds)

        assert seen == expected
        assert not any(WORD in answer.replace(f"“{WORD}”", "") for answer in seen)
        assert WORD not in " ".join(worlds[0].refusals)
        assert _indexed(with_closed) == _indexed(without)
        assert _told(with_closed, stranger) == _told(without, stranger)
        _nothing_kept(with_closed)
        _nothing_exported(with_closed, stranger)
        if worlds[0].known[True]:
            own = " ".join(_answers(with_closed, Viewer(ADMIN)))
            assert WORD in own


def _indexed(rota: Rota) -> list[tuple[Any, ...]]:
    """Return every word that can be found and how often it occurs; no part of the index has another."""
    assert broken_searches(rota.connection) == ()
    inside = rota.rows("SELECT name FROM sqlite_schema WHERE name GLOB 'law_search_*' AND type = 'table'")
    for (name,) in inside:
        rows = rota.rows(f"SELECT * FROM {name}")
        assert WORD.encode() not in b"".join(_raw(value) for row in rows for value in row)
    rota.connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, law_search, row)")
    return [tuple(row) for row in rota.connection.execute("SELECT * FROM temp.words")]


def _told(rota: Rota, person: int) -> list[tuple[Any, ...]]:
    """Return what somebody was told; nobody is told a word of what is closed, whoever may read it."""
    assert WORD not in repr([tuple(row) for row in rota.rows("SELECT * FROM notifications")])
    return rota.rows("SELECT type, title, message FROM notifications WHERE user_id = ? ORDER BY id", person)


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _nothing_kept(rota: Rota) -> None:
    """What answers while the database is away has nothing closed in it."""
    kept = kept_contents(ReadTransaction(rota.connection), DECLARED.kept_tables, 1, DECLARED.kept_rows)
    assert not [name for name, table in kept.tables.items() if WORD.encode() in table.content]


def _nothing_exported(rota: Rota, person: int) -> None:
    """Nor has what somebody else gets when they ask for all that is kept of them; reports read no laws."""
    for rows in DECLARED.personal:
        exported = rota.rows(rows.exported.replace(":id", "?1"), person)
        assert WORD not in repr(exported)
    assert not {"laws", "law_revisions", "law_tags"} & DECLARED.visibility.reported
