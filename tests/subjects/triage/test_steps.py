"""The steps of an item: who may take them, from where, what they change, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from modelus_bot.database import Write
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.triage.writes import steps, talking
from modelus_bot.subjects.triage.writes.closing import MarkDuplicate, RateItem, RejectItem, ResolveItem
from modelus_bot.subjects.triage.writes.steps import (
    AssignItem,
    ClaimItem,
    ReleaseItem,
    SetPriority,
    SnoozeItem,
)
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter
from tests.subjects.rota import ADA, BEN, DAN, GUEST, MANAGER, Rota
from tests.subjects.triage.triage_cases import again, report, told, words

HOUR = 3600
STAFFS: tuple[Write[Any], ...] = (
    ClaimItem(item_id=1),
    ReleaseItem(item_id=1),
    AssignItem(item_id=1, member_id=BEN),
    SetPriority(item_id=1, level="high", reason="r"),
    SnoozeItem(item_id=1, until=2**40),
    ReplyToReporter(item_id=1, text="t"),
    AddNote(item_id=1, text="t"),
    ResolveItem(item_id=1, resolution="r"),
    RejectItem(item_id=1, reason="r"),
    MarkDuplicate(item_id=1, of=2),
)


def name(write: Write[Any]) -> str:
    """Name a write in the list of tests."""
    return type(write).__name__


@pytest.mark.parametrize("write", STAFFS, ids=name)
def test_only_staff_take_steps(rota: Rota, write: Write[Any]) -> None:
    """A player cannot, not even with their own report; of one that is not there staff learn that."""
    assert rota.refusal(write, ADA).rule == "triage.unknown"
    report(rota)
    assert rota.refusal(write, GUEST).rule == "staff"


@pytest.mark.parametrize("write", STAFFS, ids=name)
def test_what_is_closed_stays_as_it_is(rota: Rota, write: Write[Any]) -> None:
    """Every step says so."""
    found = report(rota)
    report(rota)
    rota.do(RejectItem(item_id=found.id, reason="r"), ADA)
    assert rota.refusal(write, MANAGER).rule == "triage.rejected"


@pytest.mark.parametrize("write", STAFFS[:5] + STAFFS[7:], ids=name)
def test_who_looked_at_an_older_version_looks_again(rota: Rota, write: Write[Any]) -> None:
    """What was decided on what is not so any more is not done."""
    found = report(rota)
    report(rota)
    rota.do(SetPriority(item_id=found.id, level="low", reason="r"), ADA)
    old = write.model_copy(update={"version": found.version})
    if isinstance(write, ReleaseItem):
        rota.do(ClaimItem(item_id=found.id), MANAGER)
    assert rota.refusal(old, MANAGER).rule == "triage.stale"


def test_the_first_who_claims_has_it(rota: Rota) -> None:
    """The second is told who has it; claiming one's own again changes nothing."""
    found = report(rota)
    change = rota.do(ClaimItem(item_id=found.id), BEN)
    assert (change.after.status, change.after.assigned_to, change.after.by_duty) == ("in_review", BEN, False)
    refused = rota.refusal(ClaimItem(item_id=found.id), DAN)
    assert refused.rule == "triage.claimed"
    assert "Ben has claimed" in str(refused)
    assert rota.do(ClaimItem(item_id=found.id), BEN).after == change.after
    assert words(rota, found) == ["Claimed by Ben."]


def test_the_holder_claims_by_duty(rota: Rota) -> None:
    """Theirs goes on with the duty."""
    assert rota.do(ClaimItem(item_id=report(rota).id), ADA).after.by_duty


def test_what_is_released_is_the_holders_again(rota: Rota) -> None:
    """Whoever claimed it, or a manager, releases; the holder is told."""
    found = report(rota)
    assert rota.refusal(ReleaseItem(item_id=found.id), BEN).rule == "triage.pending"
    rota.do(ClaimItem(item_id=found.id), BEN)
    assert rota.refusal(ReleaseItem(item_id=found.id), DAN).rule == "triage.release"
    change = rota.do(ReleaseItem(item_id=found.id), MANAGER)
    assert (change.after.status, change.after.assigned_to, change.after.by_duty) == ("pending", ADA, True)
    assert told(rota, ADA) == ["New report 1 (A title)", "Item 1 (A title)"]


def test_managers_and_the_holder_assign(rota: Rota) -> None:
    """To staff, who are told; to nobody else, by nobody else."""
    found = report(rota)
    assert rota.refusal(AssignItem(item_id=found.id, member_id=DAN), BEN).rule == "triage.assign"
    assert rota.refusal(AssignItem(item_id=found.id, member_id=GUEST), ADA).rule == "triage.not_staff"
    assert rota.refusal(AssignItem(item_id=found.id, member_id=99), ADA).rule == "member.unknown"
    change = rota.do(AssignItem(item_id=found.id, member_id=DAN), ADA)
    assert (change.after.status, change.after.assigned_to, change.after.by_duty) == ("in_review", DAN, False)
    assert told(rota, DAN) == ["Item 1 (A title)"]
    assert rota.do(AssignItem(item_id=found.id, member_id=DAN), MANAGER).after == change.after
    assert told(rota, DAN) == ["Item 1 (A title)"]


def test_a_priority_moves_the_deadline(rota: Rota) -> None:
    """Counted from the report; the trail has the reason."""
    found = report(rota)
    after = rota.do(SetPriority(item_id=found.id, level="critical", reason="It burns"), BEN).after
    assert (after.priority, after.respond_by) == ("critical", found.created_at + HOUR)
    assert rota.do(SetPriority(item_id=found.id, level="critical", reason="r"), BEN).after == after
    trail = rota.value("SELECT new_values FROM audit_logs WHERE table_name = 'triage_items'"
                       " ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert "It burns" in trail


def test_the_clock_stands_still_while_it_sleeps(rota: Rota) -> None:
    """Snoozed again and woken early, only the time that it slept counts."""
    found = report(rota)
    assert rota.refusal(SnoozeItem(item_id=found.id), BEN).rule == "triage.awake"
    for until in (rota.at, rota.at - 1, rota.at + steps.LONGEST_SNOOZE + 1):
        assert rota.refusal(SnoozeItem(item_id=found.id, until=until), BEN).rule == "triage.snooze"
    start = rota.at
    rota.do(SnoozeItem(item_id=found.id, until=start + 10 * HOUR), BEN)
    assert again(rota, found).respond_by == start + 34 * HOUR
    rota.at = start + 2 * HOUR
    rota.do(SnoozeItem(item_id=found.id, until=start + 5 * HOUR), BEN)
    assert again(rota, found).respond_by == start + 29 * HOUR
    rota.at = start + 3 * HOUR
    after = rota.do(SnoozeItem(item_id=found.id), BEN).after
    assert (after.snoozed_until, after.respond_by) == (None, start + 27 * HOUR)


def test_a_reply_is_relayed_and_stops_the_clock(rota: Rota) -> None:
    """The reporter reads it; the second reply changes nothing of the clock."""
    found = report(rota)
    rota.at += 60
    first = rota.do(ReplyToReporter(item_id=found.id, text="We look\ninto *it*"), BEN).after
    assert first.first_response_at == rota.at
    message = rota.value("SELECT message FROM notifications WHERE user_id = ?", GUEST)
    assert message == "Ben writes:\nWe look\ninto \\*it\\*"
    rota.at += 60
    assert rota.do(ReplyToReporter(item_id=found.id, text="Done"), DAN).after == first
    assert told(rota, GUEST) == ["Reply to your report 1 (A title)"] * 2
    assert words(rota, found, internal=False) == ["We look\ninto *it*", "Done"]


def test_a_note_stays_among_staff(rota: Rota) -> None:
    """The reporter is told nothing, and it does not stop the clock."""
    found = report(rota)
    rota.do(AddNote(item_id=found.id, text="He lies"), BEN)
    assert told(rota, GUEST) == []
    assert again(rota, found).first_response_at is None
    assert words(rota, found, internal=True) == ["He lies"]


def test_an_answer_reaches_whoever_has_the_item(rota: Rota) -> None:
    """The claimer, else the holder, else the managers; nobody answers on what is not theirs."""
    found = report(rota)
    rota.do(AnswerStaff(item_id=found.id, text="More"), GUEST)
    assert told(rota, ADA)[1:] == ["Answer on item 1 (A title)"]
    rota.do(ClaimItem(item_id=found.id), BEN)
    rota.do(AnswerStaff(item_id=found.id, text="And more"), GUEST)
    assert told(rota, BEN) == ["Answer on item 1 (A title)"]
    unheld = report(rota, category="bug")
    rota.do(AnswerStaff(item_id=unheld.id, text="More"), GUEST)
    assert told(rota, MANAGER)[1:] == ["Answer on item 2 (A title)"]
    assert rota.refusal(AnswerStaff(item_id=found.id, text="x"), BEN).rule == "triage.own"
    rota.do(ResolveItem(item_id=found.id, resolution="Done"), BEN)
    assert rota.refusal(AnswerStaff(item_id=found.id, text="x"), GUEST).rule == "triage.closed"


@pytest.mark.parametrize(
    ("write", "status"),
    [(ResolveItem(item_id=1, resolution="Because"), "resolved"),
     (RejectItem(item_id=1, reason="Because"), "rejected")],
    ids=("resolve", "reject"),
)  # fmt: skip
def test_closing_tells_the_reporter(rota: Rota, write: Write[Any], status: str) -> None:
    """It answers, wakes and ends the item."""
    found = report(rota)
    rota.do(SnoozeItem(item_id=1, until=rota.at + HOUR), BEN)
    after = rota.do(write, BEN).after
    assert (after.status, after.resolution, after.resolved_at) == (status, "Because", rota.at)
    assert (after.first_response_at, after.snoozed_until, after.assigned_to) == (rota.at, None, ADA)
    assert told(rota, GUEST) == [f"Your report 1 (A title) is {status}"]
    assert words(rota, found, internal=False) == [f"{status.capitalize()} by Ben: Because"]


def test_a_duplicate_links_to_the_first(rota: Rota) -> None:
    """Also where the other one is a duplicate itself; never to itself."""
    first, second, third = (report(rota) for _ in range(3))
    assert rota.refusal(MarkDuplicate(item_id=first.id, of=first.id), BEN).rule == "triage_no_own_duplicate"
    assert rota.refusal(MarkDuplicate(item_id=first.id, of=99), BEN).rule == "triage.unknown"
    rota.do(MarkDuplicate(item_id=second.id, of=first.id), BEN)
    after = rota.do(MarkDuplicate(item_id=third.id, of=second.id), BEN).after
    assert (after.status, after.duplicate_of) == ("resolved", first.id)
    circle = rota.refusal(MarkDuplicate(item_id=first.id, of=second.id), BEN)
    assert circle.rule == "triage_no_own_duplicate"
    assert "item 1" in str(again(rota, third).resolution)


def test_duplicates_follow_the_first_to_its_end(rota: Rota) -> None:
    """When it becomes a duplicate itself they link to the other one, and their reporters hear of its end."""
    first, second, third = (report(rota) for _ in range(3))
    rota.do(MarkDuplicate(item_id=second.id, of=first.id), BEN)
    rota.do(MarkDuplicate(item_id=first.id, of=third.id), BEN)
    assert [again(rota, item).duplicate_of for item in (first, second)] == [third.id, third.id]
    rota.do(ResolveItem(item_id=third.id, resolution="Private words"), BEN)
    assert told(rota, GUEST)[-2:] == ["About your report 1 (A title)", "About your report 2 (A title)"]
    said = rota.rows("SELECT message FROM notifications WHERE title GLOB 'About your report*'")
    assert {row[0] for row in said} == {"Item 3, with which your report was dealt, is resolved."}


def test_the_reporter_rates_and_changes_it_once(rota: Rota) -> None:
    """Their own, when it is closed; the same stars again are no change."""
    found = report(rota)
    rate = {stars: RateItem(item_id=found.id, stars=stars) for stars in range(1, 6)}
    assert rota.refusal(rate[5], GUEST).rule == "triage.open"
    rota.do(ResolveItem(item_id=found.id, resolution="r"), BEN)
    assert rota.refusal(rate[5], BEN).rule == "triage.own"
    assert rota.do(rate[2], GUEST).rating == 2
    assert rota.do(rate[2], GUEST).ratings == 1
    assert rota.do(rate[4], GUEST).rating == 4
    refused: Refusal = rota.refusal(rate[5], GUEST)
    assert refused.rule == "triage.rated"
    assert "4 of 5" in str(refused)


@pytest.mark.parametrize("letter", ["*", "x"])
def test_a_long_reply_is_whole_or_says_where_it_is(rota: Rota, letter: str) -> None:
    """Marks that Discord would draw need twice the room; half of one is never left."""
    found = report(rota)
    rota.do(ReplyToReporter(item_id=found.id, text=letter * talking.LONGEST_TEXT), BEN)
    message = rota.value("SELECT message FROM notifications WHERE user_id = ?", GUEST)
    if letter == "x":
        assert message == f"Ben writes:\n{letter * talking.LONGEST_TEXT}"
    else:
        assert message.endswith("*…\n(`/triage show` with number 1 has all of it.)")
    assert words(rota, found) == [letter * talking.LONGEST_TEXT]
