"""Staff find what was said about reports by its words, whatever they type, and nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.conversations.model import Hit, Sought
from modelus_bot.subjects.conversations.queries import _BEST, _NEWEST, kept_search, search
from modelus_bot.subjects.conversations.writes import DeleteMessage, EditMessage, KeepSearch, store
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter
from modelus_bot.text.searching import MARKS, asked_for
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    GUEST,
    MANAGER,
    Rota,
    copied,
    fill_roster,
    made,
    plan_sprints,
    staff,
)
from tests.subjects.triage.triage_cases import report

TEXTS = (
    "The receipt is in Zoë's café",
    "Reply about the Müller treaty",
    "A note: Müller lies",
    "Answer, treaty!",
)


def prepare(rota: Rota) -> None:
    """Two items with some talk, and what two people said to each other."""
    staff(rota)
    fill_roster(rota, ADA)
    plan_sprints(rota, 2)
    first = report(rota)
    rota.do(ReplyToReporter(item_id=first.id, text=TEXTS[0]), BEN)
    rota.do(ReplyToReporter(item_id=first.id, text=TEXTS[1]), BEN)
    rota.at += 86_400
    rota.do(AddNote(item_id=first.id, text=TEXTS[2]), ADA)
    rota.do(AnswerStaff(item_id=first.id, text=TEXTS[3]), GUEST)
    other = report(rota, ADMIN)
    rota.do(ReplyToReporter(item_id=other.id, text="A treaty for another"), BEN)
    rota.call(store, BEN, "a private treaty", recipient=ADA)


@pytest.fixture(scope="module")
def filled() -> bytes:
    """Return a file with what was said."""
    return made(prepare)


@pytest.fixture
def talk(filled: bytes) -> Iterator[Rota]:
    """Open a copy of it."""
    with copied(filled) as rota:
        yield rota


def hits(rota: Rota, text: str, viewer: int = BEN, **wanted: object) -> list[Hit]:
    """Return what somebody finds."""
    asked = Sought(viewer, text, **wanted)  # type: ignore[arg-type]
    return list(rota.ask(search, Viewer(viewer), asked, 20, 0))


def texts(rota: Rota, text: str, viewer: int = BEN, **wanted: object) -> list[str]:
    """Return their excerpts without marks."""
    return [
        hit.excerpt.replace(MARKS[0], "").replace(MARKS[1], "") for hit in hits(rota, text, viewer, **wanted)
    ]


def test_words_are_found_however_they_are_written(talk: Rota) -> None:
    """Case and accents do not count, all words must be there, the last may be a beginning; newest first."""
    assert texts(talk, "muller") == [TEXTS[2], TEXTS[1]]
    assert texts(talk, "ZOE CAFÉ") == texts(talk, "zoë cafe") == [TEXTS[0]]
    assert texts(talk, "treaty mull") == [TEXTS[1]]
    assert texts(talk, "mull treaty") == []
    assert texts(talk, "treaty", order="best") == sorted(texts(talk, "treaty", order="best"), key=len)
    assert len(texts(talk, "treaty", order="best")) == len(texts(talk, "treaty")) == 3
    marked = hits(talk, "tre")[0].excerpt
    assert marked == f"A {MARKS[0]}treaty{MARKS[1]} for another"


def test_filters_leave_out_the_rest(talk: Rota) -> None:
    """By member, as author or reporter; without or only notes; by day."""
    assert texts(talk, "treaty", member_id=ADMIN) == ["A treaty for another"]
    assert texts(talk, "treaty", member_id=GUEST) == [TEXTS[3], TEXTS[1]]
    assert texts(talk, "muller", member_id=ADA) == texts(talk, "muller", part="notes") == [TEXTS[2]]
    assert texts(talk, "muller", part="talk") == [TEXTS[1]]
    start = talk.value("SELECT min(created_at) FROM chat_messages")
    assert texts(talk, "muller", last=start + 1) == [TEXTS[1]]
    assert texts(talk, "muller", first=start + 1) == [TEXTS[2]]


def test_only_staff_search_and_nobody_finds_what_two_said_to_each_other(talk: Rota) -> None:
    """The reporter of an item is refused, as is everybody without a role; managers find no more."""
    with pytest.raises(NotAllowed):
        texts(talk, "treaty", GUEST)
    for viewer in (BEN, MANAGER, ADMIN):
        assert texts(talk, "private", viewer) == []
        assert len(texts(talk, "treaty", viewer)) == 3


def test_what_is_changed_or_taken_back_is_found_no_more(talk: Rota) -> None:
    """The index follows each change of a row."""
    number = hits(talk, "receipt")[0].id
    talk.do(EditMessage(message_id=number, text="The invoice"), BEN)
    assert texts(talk, "receipt") == []
    assert hits(talk, "invoice")[0].edited_at == talk.at
    talk.do(DeleteMessage(message_id=number), BEN)
    assert texts(talk, "invoice") == texts(talk, "deleted") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=100))
@example("\"'*")
@example('"treaty" OR (NOT message:*) NEAR(a b, 2) ^x -y + {z}')
@example("🙂 !!! ***")
@example("\0")
@example("𝕏𝟛 ① ﷽ \u0301\u0301 \ud7ff")
@example("a" * 100)
def test_whatever_is_typed_is_words(talk: Rota, text: str) -> None:
    """Nothing typed is an error, and nothing but words is a search for nothing."""
    assert isinstance(texts(talk, text), list)
    assert isinstance(texts(talk, text, order="best"), list)
    if not any(map(str.isalnum, text)):
        assert asked_for(text) is None


def test_what_was_looked_for_is_kept_for_its_pages(talk: Rota) -> None:
    """For who asked and for staff alone; unknown ones are none."""
    asked = KeepSearch(text="treaty", part="talk")
    wanted = talk.do(asked, BEN)
    outcome = json.dumps({"asked_by": BEN, "text": "treaty", "part": "talk"})
    talk.rows("INSERT INTO requests VALUES('7', 'KeepSearch', ?, x'00', ?, 0)", BEN, outcome)
    assert talk.ask(kept_search, "7") == wanted
    assert talk.ask(kept_search, "8") is None
    assert isinstance(talk.refusal(asked, GUEST), NotAllowed)


@pytest.mark.parametrize("analyzed", [False, True])
def test_plans(talk: Rota, analyzed: bool) -> None:
    """The index of the words is read backwards, and nothing is sorted but the newest 500 for the best."""
    if analyzed:
        talk.rows("ANALYZE")
    values = dict.fromkeys(("member", "internal", "first", "last"))
    values |= {"words": "a", "open": "", "close": "", "limit": 1, "offset": 0, "compared": 500}
    newest, best = (
        "\n".join(row["detail"] for row in talk.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
        for sql in (_NEWEST, _BEST)
    )
    for plan in (newest, best):
        assert "SCAN chat_search VIRTUAL TABLE INDEX" in plan
        assert "chat_messages" not in plan
    assert "TEMP B-TREE" not in newest
    assert best.count("TEMP B-TREE") == 1
