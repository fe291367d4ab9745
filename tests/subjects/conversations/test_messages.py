"""What was said is kept in order, notes only for staff, and its author may correct or take it back."""

from __future__ import annotations

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.conversations.model import GONE
from modelus_bot.subjects.conversations.queries import (
    messages_behind,
    messages_of_item,
    own_messages,
    unposted_messages,
)
from modelus_bot.subjects.conversations.writes import (
    DeleteMessage,
    EditMessage,
    NoteCopied,
    NotePosted,
    store,
)
from modelus_bot.subjects.triage.queries.items import conversation
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter
from tests.subjects.rota import ADMIN, BEN, DAN, GUEST, Rota
from tests.subjects.triage.triage_cases import report


def talked(rota: Rota) -> int:
    """Report, reply, note, answer; return the item's number."""
    found = report(rota)
    rota.do(ReplyToReporter(item_id=found.id, text="Reply"), BEN)
    rota.do(AddNote(item_id=found.id, text="Note"), BEN)
    rota.do(AnswerStaff(item_id=found.id, text="Answer"), GUEST)
    return found.id


def test_the_reporter_never_reads_a_note(rota: Rota) -> None:
    """Staff read everything in order and page by page; the reporter what was said between them."""
    number = talked(rota)
    for viewer, expected in ((BEN, ["Reply", "Note", "Answer"]), (GUEST, ["Reply", "Answer"])):
        found = rota.ask(conversation, Viewer(viewer), number, 10)
        assert [message.text for message in found] == expected
        pages = [rota.ask(conversation, Viewer(viewer), number, 1, place) for place in range(len(expected))]
        assert [page[0].text for page in pages] == expected


def test_authors_correct_their_own_words(rota: Rota) -> None:
    """That it was edited shows; nobody edits anybody else's, nor what the bot remarked."""
    talked(rota)
    rota.at += 60
    after = rota.do(EditMessage(message_id=1, text="Better"), BEN)
    assert (after.text, after.edited_at) == ("Better", rota.at)
    assert rota.do(EditMessage(message_id=1, text="Better"), BEN) == after
    assert rota.refusal(EditMessage(message_id=1, text="x"), DAN).rule == "message.own"
    assert rota.refusal(EditMessage(message_id=99, text="x"), BEN).rule == "message.unknown"


def test_what_is_taken_back_leaves_its_place(rota: Rota) -> None:
    """Its text is nowhere any more, the trail included; administrators may do it for others."""
    number = talked(rota)
    assert rota.refusal(DeleteMessage(message_id=3), BEN).rule == "message.own"
    first = rota.do(DeleteMessage(message_id=3), GUEST)
    assert (first.text, first.deleted_at) == (GONE, rota.at)
    assert rota.do(DeleteMessage(message_id=3), GUEST) == first
    rota.do(DeleteMessage(message_id=2), ADMIN)
    assert rota.refusal(EditMessage(message_id=3, text="x"), GUEST).rule == "message.deleted"
    found = rota.ask(conversation, Viewer(BEN), number, 10)
    assert [message.text for message in found] == ["Reply", GONE, GONE]
    trail = rota.rows("SELECT old_values, new_values FROM audit_logs WHERE table_name = 'chat_messages'")
    assert not [row for row in trail if any(word in str(row) for word in ("Reply", "Note", "Answer"))]


def test_what_is_posted_is_not_posted_again(rota: Rota) -> None:
    """Where a message is shown is noted once; what was taken back before is never posted."""
    number = talked(rota)
    rota.do(DeleteMessage(message_id=2), BEN)
    assert [message.id for message in rota.ask(unposted_messages, number, 10)] == [1, 3]
    assert rota.do(NotePosted(posted=((1, 901), (3, 903)))) == 2
    assert rota.do(NotePosted(posted=((1, 905),))) == 0
    assert rota.ask(unposted_messages, number, 10) == ()


def test_words_between_two_people_are_found_from_both_sides(rota: Rota) -> None:
    """Whoever wrote first, it is one conversation."""
    rota.call(lambda tx: store(tx, BEN, "Hi", recipient=DAN))
    rota.call(lambda tx: store(tx, DAN, "Hello", recipient=BEN))
    pair = "SELECT message FROM chat_messages WHERE pair_lo = ? AND pair_hi = ? AND recipient_id IS NOT NULL"
    assert rota.rows(f"{pair} ORDER BY created_at, id", min(BEN, DAN), max(BEN, DAN)) == [("Hi",), ("Hello",)]
    assert "idx_chat_conversation" in rota.plan(f"{pair} ORDER BY created_at", BEN, DAN)
    assert rota.call(lambda tx: messages_of_item(tx, 1, internal=True, limit=9)) == ()


def test_what_was_relayed_follows(rota: Rota) -> None:
    """The notice says what it says now; who has had it already is told, once for each change."""
    number = report(rota).id
    rota.do(ReplyToReporter(item_id=number, text="First"), BEN)
    told = (
        "SELECT title, message FROM notifications WHERE user_id = ? AND dedupe_key GLOB 'triage:*:m:*'"
        " ORDER BY id"
    )
    rota.do(EditMessage(message_id=1, text="Second *one*"), BEN)
    (relayed,) = rota.rows(told, GUEST)
    assert relayed[1] == "Ben writes (corrected):\nSecond \\*one\\*"
    rota.rows("UPDATE notifications SET delivered_at = 1")
    rota.at += 60
    rota.do(EditMessage(message_id=1, text="Third"), BEN)
    assert [row[0] for row in rota.rows(told, GUEST)][1:] == [f"Corrected: a message about report {number}"]
    rota.rows("UPDATE notifications SET delivered_at = 1")
    rota.do(DeleteMessage(message_id=1), BEN)
    texts = [row[1] for row in rota.rows(told, GUEST)]
    assert texts == [f"Ben writes:\n{GONE}"] * 3
    assert rota.rows(told, GUEST)[-1][0] == f"Taken back: a message about report {number}"
    rota.do(AddNote(item_id=number, text="Note"), BEN)
    before = rota.rows("SELECT * FROM notifications")
    rota.do(DeleteMessage(message_id=2), BEN)
    assert rota.rows("SELECT * FROM notifications") == before


def test_a_copy_is_behind_until_it_shows_what_is_said_now(rota: Rota) -> None:
    """Also when it was changed before its place was noted, or again while it was written."""
    talked(rota)
    assert rota.ask(messages_behind, 0, 9) == ()
    rota.do(EditMessage(message_id=1, text="Better"), BEN)
    assert rota.ask(messages_behind, 0, 9) == ()
    rota.do(NotePosted(posted=((1, 900),)))
    assert [message.text for message in rota.ask(messages_behind, 0, 9)] == ["Better"]
    rota.do(EditMessage(message_id=1, text="Best"), BEN)
    assert rota.do(NoteCopied(copied=((1, "Better"),))) == 0
    assert rota.do(NoteCopied(copied=((1, "Best"),))) == 1
    assert rota.ask(messages_behind, 0, 9) == ()
    assert [one.text for one in rota.ask(own_messages, Viewer(BEN), 9)] == ["Note", "Best"]
    assert [one.text for one in rota.ask(own_messages, Viewer(GUEST), 9)] == ["Answer"]
