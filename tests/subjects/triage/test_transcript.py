"""The transcript: one page that needs nothing else, runs nothing, and has everything but the notes."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.conversations.model import ChatMessage
from modelus_bot.subjects.triage.cards import transcript as page
from modelus_bot.subjects.triage.cards.transcript import file_name, transcript
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import conversation, require_item
from modelus_bot.subjects.triage.writes.closing import ResolveItem
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter
from tests.subjects.rota import BEN, GUEST, Rota
from tests.subjects.triage.triage_cases import report
from tests.tuning import Tuning

ZONE = "America/New_York"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;\u202e\x00\x1b"


class Read(HTMLParser):
    """Everything a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, content: bytes) -> None:
        """Read it."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def an_item(**fields: object) -> TriageItem:
    """Return an item with every column filled."""
    values: dict[str, object] = dict.fromkeys(TriageItem.__slots__)
    values |= {"id": 7, "reporter_id": GUEST, "title": "T", "description": "D", "category": "bug"}
    values |= {"priority": "high", "status": "resolved", "created_at": 0, "label": ""}
    return TriageItem(**values | fields)  # type: ignore[arg-type]


def said(text: str, sender: int = BEN, *, internal: bool = False) -> ChatMessage:
    """Return a message."""
    return ChatMessage(1, sender, 7, text, "text", internal, None, None, 60)


def test_it_has_what_was_said_and_no_note(rota: Rota) -> None:
    """Also where staff ask for it."""
    found = report(rota, title="Nobody answers")
    rota.do(ReplyToReporter(item_id=1, text="Which day?"), BEN)
    rota.do(AnswerStaff(item_id=1, text="Monday\nat noon"), GUEST)
    rota.do(AddNote(item_id=1, text="He lies"), BEN)
    rota.do(ResolveItem(item_id=1, resolution="It works"), BEN)
    found = rota.call(lambda tx: require_item(tx, 1))
    for viewer in (GUEST, BEN):
        messages = rota.ask(conversation, Viewer(viewer), 1, 100)
        read = Read(transcript(found, messages, {BEN: "Ben", GUEST: "Gus"}, ZONE))
        assert all(
            text in read.text for text in ("Nobody answers", "Which day?", "Monday\nat noon", "It works")
        )
        assert "Resolved by Ben: It works" in read.text
        assert "He lies" not in read.text
    assert file_name(found) == "report-1.html"


@given(text=st.one_of(st.just(HOSTILE), st.text(st.characters(codec="utf-8"), min_size=1)))
def test_whatever_people_write_is_text(text: str) -> None:
    """The page has the same elements as one of harmless words, loads nothing, and keeps every letter."""
    harmless = Read(transcript(an_item(), [said("word")], {BEN: "Ben"}, ZONE))
    item = an_item(title=text, description=text, resolution=text)
    content = transcript(item, [said(text)], {BEN: text}, ZONE)
    read = Read(content)
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in harmless.elements]
    assert {name for _, attributes in read.elements for name in attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "datetime"
    }  # fmt: skip
    assert "default-src 'none'" in str(read.elements)
    kept = "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)
    assert read.text.count(kept) >= 5 or not kept.strip()
    assert not [tag for tag, attributes in read.elements if {"src", "href", "style"} & attributes.keys()]


def test_a_long_one_says_so(tuning: Tuning) -> None:
    """It is cut after so many messages, and not before."""
    tuning(page.LONGEST.at(3))
    texts = [said(f"word {number}") for number in range(5)]
    read = Read(transcript(an_item(), texts, {}, ZONE))
    assert "word 2" in read.text
    assert "word 3" not in read.text
    assert "and 2 more messages" in read.text
    assert "more messages" not in Read(transcript(an_item(), texts[:3], {}, ZONE)).text
