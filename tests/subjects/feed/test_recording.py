"""Feature: the feed: each change is told of in its own transaction, and not at all where it is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database import Viewer
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.offline.snapshot.contents import kept_contents
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.feed.cards import post_card, recent_card
from modelus_bot.subjects.feed.model import Event, FeedPost
from modelus_bot.subjects.feed.pruning import PruneEvents, old_events
from modelus_bot.subjects.feed.queries import (
    _PACKED,
    _POSTED,
    _RECENT,
    _REFUSAL,
    _WAITING,
    on_its_way,
    recent_events,
)
from modelus_bot.subjects.feed.rules.packing import MOST, fitting, ready
from modelus_bot.subjects.feed.writes.posting import _NEXT, NoteFeedPost, PackEvents, RefuseEvents
from modelus_bot.subjects.feed.writes.recording import _ABOUT, _LAST, happened
from modelus_bot.subjects.laws.writes.making import EditLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, RestoreNation
from modelus_bot.subjects.nations.writes.editing import UndoChange
from modelus_bot.subjects.nations.writes.leading import SetGovernment
from modelus_bot.subjects.nations.writes.naming import RenameNation, SetPrefix
from modelus_bot.subjects.nations.writes.offices import EndOffice
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, UpdateWar
from modelus_bot.ui.rendering import LONGEST, embed_of
from tests.subjects.laws.law_cases import DRAFT, SECRET, WATER, legislated, write_law
from tests.subjects.nations.nation_cases import DAKOTA, FIRST_EDIT, TEXAS, edited, found, give, president
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, GUEST, Rota, copied, made, staff
from tests.subjects.wars.war_cases import DAY, UTAH, fought

_BEGUN: dict[str, bytes] = {}


@pytest.fixture
def nations() -> Iterator[Rota]:
    """Return a file with Texas and Dakota."""
    if "nations" not in _BEGUN:
        _BEGUN["nations"] = made(lambda rota: (staff(rota), found(rota)))
    with copied(_BEGUN["nations"]) as rota:
        yield rota
        rota.check()


def told(rota: Rota) -> list[str]:
    """Return all headlines, the oldest first."""
    return [row[0] for row in rota.rows("SELECT headline FROM events ORDER BY id")]


def clear(rota: Rota) -> None:
    """Forget what was told of until now."""
    rota.connection.execute("DELETE FROM events")


def post_all(rota: Rota) -> int:
    """Post what waits, as the job does, and return in how many messages."""
    messages = 0
    while (post := rota.do(PackEvents(channel_id=900, since=0))) is not None:
        messages += 1
        assert rota.do(NoteFeedPost(ids=post.ids, message_id=1000 + messages)) == len(post.events)
    return messages


def test_what_happens_to_a_nation(nations: Rota) -> None:
    """Founded, renamed, governed, led, archived, restored; nothing of what is no news."""
    rota = nations
    assert told(rota) == ["Texas was founded", "Dakota was founded"]
    clear(rota)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    rota.do(SetPrefix(prefix="Republic of", nation_id=TEXAS), ADMIN)
    rota.do(SetGovernment(government="Republic", nation_id=TEXAS), ADMIN)
    give(rota, ADA, "president")
    give(rota, BEN, "vice_president")
    give(rota, ADA, "president", DAKOTA)
    rota.do(EndOffice(user_id=BEN), ADMIN)
    rota.do(ArchiveNation(nation_id=TEXAS), ADMIN)
    assert told(rota) == [
        "Texas is called Tejas now",
        "Tejas is called Republic of Tejas now",
        "Republic of Tejas turned from Democracy to Republic",
        "Dakota has a new president",
        "Republic of Tejas was archived",
    ]
    assert rota.rows("SELECT kind, nation_id, user_id, ref_table, ref_id FROM events WHERE user_id > 0") == [
        ("nation.leader", DAKOTA, ADA, "nations", DAKOTA)
    ]


def test_what_is_taken_back_before_it_is_told(nations: Rota) -> None:
    """A name, a form of government, an office, an archived nation: back as it was, and nothing is told."""
    rota = nations
    clear(rota)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    rota.do(RenameNation(name="Texas", nation_id=TEXAS), ADMIN)
    rota.do(SetGovernment(government="Republic", nation_id=TEXAS), ADMIN)
    rota.do(SetGovernment(government="Democracy", nation_id=TEXAS), ADMIN)
    give(rota, ADA, "president")
    rota.do(EndOffice(user_id=ADA), ADMIN)
    rota.do(ArchiveNation(nation_id=TEXAS), ADMIN)
    rota.do(RestoreNation(nation_id=TEXAS), ADMIN)
    assert told(rota) == []
    give(rota, ADA, "president")
    give(rota, CLEO, "president")
    rota.do(EndOffice(user_id=CLEO), ADMIN)
    assert told(rota) == ["Texas has a new president"] * 2 + ["Texas has no president any more"]


def test_what_is_taken_back_afterwards(nations: Rota) -> None:
    """Once it is posted, or on its way, the way back is told as well."""
    rota = nations
    clear(rota)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    on_its_way = rota.do(PackEvents(channel_id=900, since=0))
    assert on_its_way is not None
    rota.do(RenameNation(name="Texas", nation_id=TEXAS), ADMIN)
    assert told(rota) == ["Texas is called Tejas now", "Tejas is called Texas now"]
    rota.do(NoteFeedPost(ids=on_its_way.ids, message_id=1))
    rota.do(ArchiveNation(nation_id=TEXAS), ADMIN)
    assert post_all(rota) == 1
    rota.do(RestoreNation(nation_id=TEXAS), ADMIN)
    assert told(rota)[2:] == ["Texas was archived", "Texas is back"]


def test_a_dry_run_tells_nothing(nations: Rota) -> None:
    """Previewed, a change leaves no event."""
    clear(nations)
    nations.preview(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    assert told(nations) == []


def test_an_undone_change_of_a_figure(staffed: Rota) -> None:
    """What a later subject told of a figure's change goes with its undo, or is corrected."""
    rota = staffed
    edited(rota)
    clear(rota)
    about = ("nation_history", FIRST_EDIT)
    rota.call(happened, "disaster.struck", "A flood hits Texas", nation_id=TEXAS, about=about)
    rota.preview(UndoChange(history_id=FIRST_EDIT), ADMIN)
    assert told(rota) == ["A flood hits Texas"]
    assert post_all(rota) == 1
    rota.do(UndoChange(history_id=FIRST_EDIT), ADMIN)
    assert told(rota) == ["A flood hits Texas", "Taken back: A flood hits Texas"]
    rota.do(UndoChange(history_id=FIRST_EDIT + 1), ADMIN)
    rota.call(happened, "disaster.struck", "Fire", about=("nation_history", FIRST_EDIT + 2))
    rota.do(UndoChange(history_id=FIRST_EDIT + 2), ADMIN)
    assert "Fire" not in told(rota)


def test_laws_that_everybody_may_read(staffed: Rota) -> None:
    """Enacted, opened, repealed; of a draft and a private law there is no event at all."""
    rota = staffed
    legislated(rota)
    assert told(rota)[-1] == "Texas enacted law 1: Water Act"
    clear(rota)
    rota.do(EnactLaw(law_id=DRAFT), ADA)
    rota.do(EditLaw(law_id=WATER, body="Other."), ADA)
    rota.do(RepealLaw(law_id=WATER), ADA)
    rota.do(SetLawReaders(law_id=SECRET, is_public=True), ADA)
    assert told(rota) == [
        "Texas enacted law 2: Water Act II",
        "Texas repealed law 1: Water Act",
        "Texas lets everybody read law 3: Militia Plan",
    ]
    rota.do(SetLawReaders(law_id=SECRET, is_public=False), ADA)
    assert "Militia Plan" not in repr(rota.rows("SELECT * FROM events"))
    rota.do(RepealLaw(law_id=SECRET), ADA)
    private = write_law(rota, "Spies", is_public=False, draft=True).after.id
    rota.do(EnactLaw(law_id=private), ADA)
    rota.do(RepealLaw(law_id=private), ADA)
    assert len(told(rota)) == 2


def test_a_law_that_is_closed_after_it_was_told_of(staffed: Rota) -> None:
    """Its own people and administrators still find it in what happened, others do not, nor does the copy."""
    rota = staffed
    legislated(rota)
    post_all(rota)
    rota.do(SetLawReaders(law_id=WATER, is_public=False), ADA)
    seen = {
        who: [event.headline for event in rota.ask(recent_events, Viewer(who), 20)]
        for who in (GUEST, CLEO, ADA, ADMIN)
    }
    named = {who: any("Water Act" in headline for headline in found) for who, found in seen.items()}
    assert named == {GUEST: False, CLEO: False, ADA: True, ADMIN: True}
    assert len(seen[GUEST]) == len(seen[ADA]) - 1
    kept = kept_contents(ReadTransaction(rota.connection), DECLARED.kept_tables, 1, DECLARED.kept_rows)
    assert b"Water Act" not in kept.tables["events"].content
    assert b"Texas was founded" in kept.tables["events"].content


def test_a_law_that_is_closed_while_it_is_on_its_way(staffed: Rota) -> None:
    """Where that message turns out not to be there, it is not sent as it was, and the law is left out."""
    rota = staffed
    legislated(rota)
    post = rota.do(PackEvents(channel_id=900, since=0))
    assert post is not None
    known = rota.ask(on_its_way).post
    assert known == post
    rota.do(SetLawReaders(law_id=WATER, is_public=False), ADA)
    known = rota.ask(on_its_way).post
    assert known is not None
    assert known.closed
    rota.do(RefuseEvents(ids=post.ids))
    again = rota.do(PackEvents(channel_id=900, since=0))
    assert again is not None
    assert len(again.events) == len(post.events) - 1
    assert not [event for event in again.events if event.kind == "law.enacted"]


def test_wars(staffed: Rota) -> None:
    """Begun, joined, left and ended; whoever joins and leaves before it is told is not told of."""
    rota = staffed
    fought(rota)
    assert told(rota)[-1] == "The war “River War” has begun: Texas against Dakota, Ohio"
    clear(rota)
    rota.do(JoinWar(war_id=1, nation_id=UTAH, side="A", on=DAY), ADMIN)
    rota.do(LeaveWar(war_id=1, nation_id=UTAH, on=DAY), ADMIN)
    assert told(rota) == []
    rota.do(JoinWar(war_id=1, nation_id=UTAH, side="other", on=DAY), ADMIN)
    post_all(rota)
    rota.do(UpdateWar(war_id=1, casualties=7, on=DAY), ADMIN)
    rota.do(LeaveWar(war_id=1, nation_id=UTAH, on=DAY), ADMIN)
    rota.do(JoinWar(war_id=1, nation_id=UTAH, side="A", on=DAY), ADMIN)
    rota.do(EndWar(war_id=1, reason="Peace. " * 40, on=DAY), ADMIN)
    assert told(rota)[:3] == [
        "Utah joined the war “River War”",
        "Utah left the war “River War”",
        "Utah joined the war “River War” on side A",
    ]
    assert told(rota)[3].startswith("The war “River War” has ended: Peace. Peace.")
    assert len(told(rota)[3]) == 200


def test_packing(nations: Rota) -> None:
    """Bursts leave as one message, one at a time; the old is passed over, the refused waits."""
    rota = nations
    clear(rota)
    for number in range(MOST + 3):
        rota.call(happened, "treaty.signed", f"Treaty {number}")
        rota.at += 1
    first = rota.do(PackEvents(channel_id=900, since=rota.at - MOST - 1))
    assert first is not None
    assert [event.headline for event in first.events] == [f"Treaty {number}" for number in range(2, MOST + 2)]
    assert rota.do(PackEvents(channel_id=901, since=0)) is None
    assert rota.do(RefuseEvents(ids=first.ids, refusal="Missing Access")) == MOST
    second = rota.do(PackEvents(channel_id=901, since=0))
    assert second is not None
    assert (second.ids, second.channel_id) == (first.ids, 901)
    assert rota.do(NoteFeedPost(ids=second.ids, message_id=5)) == MOST
    assert rota.do(NoteFeedPost(ids=second.ids, message_id=6)) == 0
    assert post_all(rota) == 1
    fates = rota.rows("SELECT fate, count(*), max(refusal) FROM events GROUP BY fate ORDER BY fate")
    assert fates == [("posted", MOST + 1, None), ("too_old", 2, None)]
    assert rota.ask(old_events, rota.at, 0, 99) == tuple(range(1, MOST + 4))
    assert rota.do(PruneEvents(ids=(1, 2, 3), before=rota.at)) == 3


HOSTILE = st.text(alphabet="[]*_~|`<>@:.\\#a\u202e\u0300 ", min_size=1, max_size=200)


@settings(max_examples=25, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=MOST))
def test_a_message_shows_all_that_is_in_it(headlines: list[str]) -> None:
    """However much has to be escaped: it fits into a card, and nothing is cut."""
    events = tuple(
        Event(number, "war.ended", 1, 5 if number % 2 else None, text, 0)
        for number, text in enumerate(headlines)
    )
    post = FeedPost(1, 0, fitting(events))
    card = post_card(post, {5: "@" * 100})
    assert post.events == events[: len(post.events)]
    assert len(card.text) < LONGEST - 300
    assert embed_of(card).description == card.text.strip()
    assert card.text.count("\n") == len(post.events) - 1
    assert recent_card(post.events[:10], {}).text.count("\n") == len(post.events[:10]) - 1


def test_when_what_waits_may_leave() -> None:
    """After a few seconds, at once when a message is full, and where the clock was ahead."""
    assert not ready(None, 0, 100, 10)
    assert not ready(95, 1, 100, 10)
    assert ready(90, 1, 100, 10)
    assert ready(95, MOST, 100, 10)
    assert ready(200, 1, 100, 10)


PLANS = [
    (_RECENT, (10, 0), "SCAN events"),
    (_PACKED, (), "USING INDEX idx_events_unposted"),
    (_WAITING, (), "USING INDEX idx_events_unposted"),
    (_NEXT, (15,), "USING INDEX idx_events_unposted"),
    (_REFUSAL, (1,), "USING INDEX idx_events_channel (channel_id=?)"),
    (_POSTED, (1,), "USING INDEX idx_events_channel (channel_id=?)"),
    (_LAST, ("m",), "USING INDEX idx_events_matter (matter=?)"),
    (_ABOUT, ("laws", 1), "USING INDEX idx_events_ref (ref_table=? AND ref_id=?)"),
]


def test_plans(nations: Rota) -> None:
    """Each statement uses its index and sorts nothing by hand."""
    for sql, parameters, expected in PLANS:
        found = [row[3] for row in nations.connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        assert expected in found[0], (sql, found)
        assert not [step for step in found if "TEMP B-TREE" in step], (sql, found)


def test_the_office_of_somebody_is_told_under_their_number(staffed: Rota) -> None:
    """Names are looked up when it is shown, so that who is forgotten is."""
    president(staffed)
    card = recent_card(staffed.ask(recent_events, Viewer(GUEST), 2), {ADA: "Ada *"})
    assert r"🎖️ Texas has a new president: Ada \*" in card.text
