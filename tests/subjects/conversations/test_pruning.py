"""What was said goes when its days are over, by the clock, and its words leave the search with it."""

from __future__ import annotations

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.conversations.model import Sought
from modelus_bot.subjects.conversations.pruning import PruneMessages, old_messages
from modelus_bot.subjects.conversations.queries import search
from modelus_bot.subjects.conversations.writes import store
from modelus_bot.subjects.triage.writes.closing import ResolveItem
from modelus_bot.subjects.triage.writes.talking import ReplyToReporter
from tests.subjects.rota import ADA, BEN, Rota
from tests.subjects.triage.triage_cases import report

DAY = 86_400


def test_what_was_said_goes_so_many_days_after_its_report_was_closed(rota: Rota) -> None:
    """Of what is open nothing goes, however old; what two said to each other goes by its own age."""
    closed, still_open = report(rota), report(rota)
    for item in (closed, still_open):
        rota.do(ReplyToReporter(item_id=item.id, text=f"words {item.id}"), BEN)
    rota.call(store, BEN, "private words", recipient=ADA)
    rota.at += 100 * DAY
    rota.do(ResolveItem(item_id=closed.id, resolution="done"), BEN)

    def old(at: int) -> list[str]:
        marks = rota.ask(old_messages, at, 0, 100)
        return [rota.value("SELECT message FROM chat_messages WHERE id = ?", mark) for mark in marks]

    assert old(rota.at - 200 * DAY) == []
    assert old(rota.at) == ["private words"]
    assert old(rota.at + 1) == ["words 1", "private words", "Resolved by Ben: done"]
    everything = tuple(row[0] for row in rota.rows("SELECT id FROM chat_messages"))
    assert rota.do(PruneMessages(ids=everything, before=rota.at)) == 1
    assert rota.do(PruneMessages(ids=everything, before=rota.at + 1)) == 2
    assert rota.rows("SELECT message FROM chat_messages") == [("words 2",)]
    found = rota.ask(search, Viewer(BEN), Sought(BEN, "words"), 10, 0)
    assert [hit.item for hit in found] == [still_open.id]
