"""Cover requests: asking, asking again, deciding, and what happens to duty."""

from __future__ import annotations

import pytest

from modelus_bot.database.core.operation import Write
from modelus_bot.subjects.covers.model import CoverCard, CoverChange
from modelus_bot.subjects.covers.queries import cards_of, covers
from modelus_bot.subjects.covers.writes.posted import ForgetCards, RememberCard
from modelus_bot.subjects.covers.writes.steps import (
    ApproveCover,
    DeclineCover,
    ExpireCovers,
    RefuseCover,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.subjects.members.writes.members import DeactivateMember, SetRole
from modelus_bot.subjects.oncall.queries import duties
from modelus_bot.subjects.oncall.writes import Handoff, SetHolder
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.rosters.writes.edits import RemoveFromRoster
from modelus_bot.subjects.sprints.writes import ArchiveSprint
from tests.subjects.covers.cover_cases import Seen, ask, bring_to, seen
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    GUEST,
    MANAGER,
    SECOND_MANAGER,
    Rota,
    fill_roster,
    instant,
    sprint_start,
)


@pytest.mark.parametrize(
    ("status", "after"),
    [
        ("open", "open"),
        ("taken", "taken"),
        ("approved", "approved"),
        ("declined", "open"),
        ("withdrawn", "open"),
        ("revoked", "open"),
    ],
)
def test_asking_again_is_the_same_row(rota: Rota, status: str, after: str) -> None:
    """The attempt is counted; what was ended is open again; an approval is never undone."""
    number = bring_to(rota, status)
    assert ask(rota) == number
    found = seen(rota, number)
    assert (found.status, found.attempts) == (after, 2)
    assert found.decided_by == (MANAGER if after == "approved" else None)
    assert rota.value("SELECT count(*) FROM overrides") == 1


def test_what_expired_can_be_asked_for_again_only_while_the_sprint_lasts(rota: Rota) -> None:
    """Its sprint is over, so it cannot; the row stays as it was."""
    number = bring_to(rota, "expired")
    wish = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=BEN)
    assert rota.refusal(wish, ADA).rule == "cover.over"
    assert seen(rota, number).status == "expired"


@pytest.mark.parametrize("end", [WithdrawCover, DeclineCover])
def test_an_open_call_is_one_row_too(rota: Rota, end: type[WithdrawCover | DeclineCover]) -> None:
    """Asked again while open, taken or ended, it is the same row; the schema alone cannot know that."""
    number = ask(rota, None)
    assert ask(rota, None) == number
    rota.do(TakeCover(cover_id=number), CLEO)
    assert ask(rota, None) == number
    assert seen(rota, number) == Seen("taken", CLEO, None, 3)
    rota.do(UntakeCover(cover_id=number), CLEO)
    rota.do(end(cover_id=number), ADA if end is WithdrawCover else MANAGER)
    assert ask(rota, None) == number
    assert seen(rota, number) == Seen("open", None, None, 4)
    assert rota.value("SELECT count(*) FROM overrides") == 1


def test_requests_to_different_people_are_different_rows(rota: Rota) -> None:
    """One may ask Ben, Cleo and anybody for the same turn."""
    assert len({ask(rota, BEN), ask(rota, CLEO), ask(rota, None)}) == 3


def test_taking_a_call_continues_an_earlier_request_to_the_same_person(rota: Rota) -> None:
    """The ended one comes back, with the message of the call, which is withdrawn; one row per pair stays."""
    earlier = bring_to(rota, "declined")
    call = ask(rota, None)
    rota.do(RememberCard(cover_id=call, channel_id=7, message_id=777), None)
    change = rota.do(TakeCover(cover_id=call), BEN)
    assert change.cover.id == earlier
    assert (change.cover.status, change.cover.attempts) == ("taken", 2)
    assert rota.ask(cards_of, earlier) == (CoverCard(777, 7, "card"),)
    assert seen(rota, call).status == "withdrawn"
    assert rota.ask(cards_of, call) == ()
    rota.do(ApproveCover(cover_id=earlier), MANAGER)
    assert rota.on_duty() == BEN


@pytest.mark.parametrize("status", ["open", "taken"])
def test_taking_a_call_while_asked_by_name_is_refused(rota: Rota, status: str) -> None:
    """The request by name is there to be accepted."""
    number = bring_to(rota, status)
    other = rota.do(
        RequestCover(sprint_id=rota.sprint_id(0), discipline="account", for_user=ADA), MANAGER
    ).cover.id
    assert rota.do(TakeCover(cover_id=other), BEN).cover.status == "taken"
    if status == "open":
        call = ask(rota, None)
        assert rota.refusal(TakeCover(cover_id=call), BEN).rule == "overrides_unique_request"
    assert seen(rota, number).status == status


def test_giving_back_what_has_an_open_call_beside_it_ends_it(rota: Rota) -> None:
    """Two open calls of one requester for one turn cannot be; the call that is there goes on."""
    number = ask(rota, BEN)
    call = ask(rota, None)
    rota.do(TakeCover(cover_id=number), BEN)
    assert rota.do(UntakeCover(cover_id=number), BEN).cover.status == "withdrawn"
    assert seen(rota, call).status == "open"


def test_approving_the_current_sprint_passes_duty_at_once_and_tells_everybody(rota: Rota) -> None:
    """Holder, source, notices and the audit entry come with the same commit."""
    number = bring_to(rota, "taken")
    rota.do(Handoff())
    change = rota.do(ApproveCover(cover_id=number), MANAGER)
    assert change.duty_changed
    assert rota.on_duty() == BEN
    assert rota.value("SELECT source FROM current_holders WHERE discipline = 'account'") == "override"
    assert "You are no longer on duty: Account" in rota.notices(ADA)
    assert "You are now on duty: Account" in rota.notices(BEN)
    calendar, days = rota.calendar, (sprint_start(0), sprint_start(1))
    first, last = (f"<t:{calendar.handoff(day)}:f>" for day in days)
    approved = f"Cover request 1 for Account in Sprint 0, {first} to {last}: it is approved."
    told = rota.rows("SELECT user_id FROM notifications WHERE message = ? ORDER BY user_id", approved)
    assert told == [(ADA,), (BEN,)]
    operation, old, new, by = rota.rows(
        "SELECT operation, old_values ->> 'status', new_values ->> 'status', changed_by"
        " FROM audit_logs WHERE table_name = 'overrides' ORDER BY id DESC"
    )[0]
    assert (operation, old, new, by) == ("UPDATE", "taken", "approved", MANAGER)


def test_revoking_gives_duty_back(rota: Rota) -> None:
    """At once, and both are told why."""
    number = bring_to(rota, "approved")
    change = rota.do(RevokeCover(cover_id=number, reason="mistake"), SECOND_MANAGER)
    assert change.duty_changed
    assert rota.on_duty() == ADA
    assert rota.value("SELECT count(*) FROM notifications WHERE message LIKE '%revoked: mistake.'") == 2
    assert rota.value("SELECT count(*) FROM audit_logs WHERE new_values ->> 'reason' = 'mistake'") == 1


def test_a_cover_of_a_later_sprint_waits_for_it(rota: Rota) -> None:
    """Duty stays today and passes to the replacement when the sprint begins."""
    number = ask(rota, BEN, number=3)
    assert not rota.do(ApproveCover(cover_id=number), MANAGER).duty_changed
    assert rota.on_duty() == ADA
    assert [item.source for item in rota.ask(duties, BEN, rota.at, rota.calendar)][:2] == [
        "rotation",
        "override",
    ]
    rota.at = instant(sprint_start(3), "08:00")
    rota.do(Handoff())
    assert rota.on_duty() == BEN
    assert rota.holders()[3] == ADA


def test_a_cover_does_not_move_the_rotation(rota: Rota) -> None:
    """Whoever is covered has had their turn."""
    planned = rota.holders()
    bring_to(rota, "approved")
    for _ in range(3):
        rota.at += 14 * 86400
        rota.do(Handoff())
        assert rota.holders()[: len(planned)] == planned


def test_nobody_decides_what_they_asked_for_or_would_take(rota: Rota) -> None:
    """Not the manager who asked, not the one who would step in, not by Discord's permission either."""
    rota.do(SetRole(discord_id=BEN, username="Ben", role="admin"))
    number = ask(rota, BEN, by=MANAGER)
    for write in (
        ApproveCover(cover_id=number),
        DeclineCover(cover_id=number),
        RevokeCover(cover_id=number, reason="x"),
    ):
        assert rota.refusal(write, MANAGER).rule == "override_no_self_approval"
        assert rota.refusal(write, BEN).rule == "override_no_self_approval"
    rota.do(ApproveCover(cover_id=number), SECOND_MANAGER)
    assert seen(rota, number).decided_by == SECOND_MANAGER
    for person in (MANAGER, BEN):
        broken = rota.violation("UPDATE overrides SET decided_by = ? WHERE id = ?", person, number)
        assert broken.rule == "override_no_self_approval"


def test_the_bot_itself_decides_nothing(rota: Rota) -> None:
    """A decision has a person."""
    number = ask(rota)
    assert rota.refusal(ApproveCover(cover_id=number)).rule == "actor"


def test_an_administrator_the_bot_has_never_met_can_decide(rota: Rota) -> None:
    """Discord's permission is enough; the bot enters them first."""
    number = ask(rota)
    change = rota.do(ApproveCover(cover_id=number), GUEST, discord_admin=True)
    assert change.cover.decided_by == GUEST
    assert rota.ask(member, GUEST) is not None
    second = rota.do(
        RequestCover(sprint_id=rota.sprint_id(3), discipline="account", for_user=ADA),
        GUEST + 1,
        discord_admin=True,
    )
    assert second.cover.requested_by == GUEST + 1


def test_a_turn_that_passed_on_meanwhile_cannot_be_covered(rota: Rota) -> None:
    """What was asked for a turn that somebody no longer has is refused when it is decided."""
    number = ask(rota, CLEO)
    rota.do(RemoveFromRoster(member_id=ADA, discipline="account"), MANAGER)
    assert rota.on_duty() == BEN
    assert rota.refusal(ApproveCover(cover_id=number), MANAGER).rule == "cover.not_holder"


def test_a_replacement_who_left_the_roster_cannot_be_approved(rota: Rota) -> None:
    """They may have been the right one when they were asked."""
    number = ask(rota, BEN)
    rota.do(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER)
    assert rota.refusal(ApproveCover(cover_id=number), MANAGER).rule == "cover.not_rostered"


def test_a_turn_is_covered_once(rota: Rota) -> None:
    """Further requests for it are refused when asked and when decided, by the rules and by the schema."""
    to_ben, to_cleo = ask(rota, BEN), ask(rota, CLEO)
    rota.do(ApproveCover(cover_id=to_ben), MANAGER)
    assert rota.refusal(ApproveCover(cover_id=to_cleo), MANAGER).rule == "cover.overlap"
    again = RequestCover(sprint_id=rota.sprint_id(0), discipline="account")
    assert rota.refusal(again, ADA).rule == "cover.overlap"
    broken = rota.violation(
        "UPDATE overrides SET status = 'approved', decided_by = ?, decided_at = 1 WHERE id = ?",
        MANAGER,
        to_cleo,
    )
    assert (broken.kind, broken.rule) == ("trigger", "cover overlap")


def test_set_by_hand_goes_before_pending_requests_and_after_approved_ones(rota: Rota) -> None:
    """A covered turn is not set by hand; a turn set by hand is no longer the requester's to pass on."""
    by_hand = SetHolder(discipline="account", member_id=DAN, name="Dan", reason="x")
    number = ask(rota)
    rota.do(by_hand, MANAGER)
    assert rota.refusal(ApproveCover(cover_id=number), SECOND_MANAGER).rule == "cover.not_holder"
    other = ask(rota, CLEO, number=3)
    rota.do(ApproveCover(cover_id=other), MANAGER)
    rota.at = instant(sprint_start(3), "08:00")
    rota.do(Handoff())
    assert rota.refusal(by_hand, MANAGER).rule == "oncall.covered"


@pytest.mark.parametrize(
    ("write", "actor", "rule"),
    [
        (RequestCover(sprint_id=1, discipline="account"), None, "actor"),
        (RequestCover(sprint_id=1, discipline="account"), BEN, "cover.not_holder"),
        (RequestCover(sprint_id=1, discipline="account", for_user=ADA), BEN, "cover.for_others"),
        (RequestCover(sprint_id=1, discipline="account", for_user=BEN), MANAGER, "cover.not_holder"),
        (RequestCover(sprint_id=1, discipline="chess"), ADA, "discipline.unknown"),
        (RequestCover(sprint_id=99, discipline="account"), ADA, "sprint.unknown"),
        (RequestCover(sprint_id=9, discipline="account"), ADA, "cover.not_holder"),
        (RequestCover(sprint_id=1, discipline="account", replacement_id=ADA), ADA, "override_distinct"),
        (RequestCover(sprint_id=1, discipline="account", replacement_id=DAN), ADA, "cover.not_rostered"),
        (RequestCover(sprint_id=1, discipline="account", replacement_id=GUEST), ADA, "member.unknown"),
        (ApproveCover(cover_id=99), MANAGER, "cover.unknown"),
        (TakeCover(cover_id=99), BEN, "cover.unknown"),
    ],
)
def test_what_is_refused(rota: Rota, write: Write[CoverChange], actor: int | None, rule: str) -> None:
    """Each with its own rule, changing nothing."""
    assert rota.refusal(write, actor).rule == rule


def test_a_manager_on_the_roster_does_not_name_themselves(rota: Rota) -> None:
    """They ask for somebody and take the call like anybody else; then another manager decides."""
    rota.do(SetRole(discord_id=CLEO, username="Cleo", role="project_manager"))
    named = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=CLEO, for_user=ADA)
    assert rota.refusal(named, CLEO).rule == "cover.requester_is_replacement"
    call = rota.do(named.model_copy(update={"replacement_id": None}), CLEO).cover.id
    rota.do(TakeCover(cover_id=call), CLEO)
    assert rota.refusal(ApproveCover(cover_id=call), CLEO).rule == "override_no_self_approval"
    rota.do(ApproveCover(cover_id=call), MANAGER)
    assert rota.on_duty() == CLEO


def test_the_replacement_is_asked_and_asked_again_after_an_end(rota: Rota) -> None:
    """Repeating while it is pending does not tell them twice; asking again after an end does."""
    title = "You are asked to cover a turn"
    number = ask(rota)
    ask(rota)
    assert rota.notices(BEN).count(title) == 1
    rota.do(RefuseCover(cover_id=number), BEN)
    rota.at += 60
    ask(rota)
    assert rota.notices(BEN).count(title) == 2


def test_refusing_is_a_decline_that_nobody_decided(rota: Rota) -> None:
    """The requester is told; refusing twice is once."""
    number = ask(rota)
    rota.do(RefuseCover(cover_id=number), BEN)
    assert seen(rota, number) == Seen("declined", BEN, None, 1)
    assert rota.value("SELECT decided_at FROM overrides") == rota.at
    assert len(rota.notices(ADA)) == 2
    before = rota.dump()
    assert rota.do(RefuseCover(cover_id=number), BEN).before == "declined"
    assert rota.dump() == before


def test_requests_expire_at_the_last_hand_over(rota: Rota) -> None:
    """Not a second before; once; decided ones never; whoever asked is told."""
    pending, decided = ask(rota, None), ask(rota, CLEO)
    rota.do(DeclineCover(cover_id=decided), MANAGER)
    rota.at = instant(sprint_start(1), "08:00") - 1
    assert rota.do(ExpireCovers()) == 0
    rota.do(TakeCover(cover_id=pending), BEN)
    rota.at += 1
    for write in (TakeCover(cover_id=pending), ApproveCover(cover_id=pending)):
        assert rota.refusal(write, MANAGER).rule in {"cover.over", "cover.taken"}
    assert rota.do(ExpireCovers()) == 1
    assert rota.do(ExpireCovers()) == 0
    assert seen(rota, pending).status == "expired"
    assert seen(rota, decided).status == "declined"
    assert "ended before anybody decided" in rota.value(
        "SELECT message FROM notifications WHERE user_id = ? ORDER BY id DESC", ADA
    )


def test_requests_for_an_archived_sprint_cannot_be_approved(rota: Rota) -> None:
    """The sprint is no longer part of the rota."""
    number = ask(rota, BEN, number=3)
    rota.do(ArchiveSprint(sprint_id=rota.sprint_id(3), reason="x"), MANAGER)
    assert rota.refusal(ApproveCover(cover_id=number), MANAGER).rule == "sprint.unknown"


@pytest.mark.parametrize(
    ("status", "ended"), [("open", "declined"), ("taken", "declined"), ("approved", "revoked")]
)
def test_deactivating_a_replacement_ends_what_they_would_cover(rota: Rota, status: str, ended: str) -> None:
    """Duty returns to the one who had it; the requester is told; nobody is noted as the one who decided."""
    number = bring_to(rota, status)
    rota.do(DeactivateMember(discord_id=BEN, reason="left"), ADMIN)
    assert seen(rota, number) == Seen(ended, BEN, None, 1)
    assert rota.on_duty() == ADA
    assert "no longer active" in rota.value(
        "SELECT message FROM notifications WHERE user_id = ? AND type = 'cover' ORDER BY id DESC", ADA
    )


def test_past_covers_survive_a_deactivation(rota: Rota) -> None:
    """What happened stays written."""
    number = bring_to(rota, "approved")
    rota.at += 14 * 86400
    rota.do(Handoff())
    rota.do(DeactivateMember(discord_id=BEN, reason="left"), ADMIN)
    assert seen(rota, number).status == "approved"


def test_the_message_of_a_request_is_remembered(rota: Rota) -> None:
    """So that it can be rewritten later; without a request there is nothing to remember."""
    number = ask(rota)
    assert rota.do(RememberCard(cover_id=number, channel_id=7, message_id=555)) is True
    assert rota.do(RememberCard(cover_id=99, channel_id=7, message_id=555)) is False
    for number_of_card in range(100, 130):
        rota.do(RememberCard(cover_id=number, channel_id=7, message_id=number_of_card))
    found = [item.message_id for item in rota.ask(cards_of, number)]
    assert (found[0], len(found), found[-1]) == (100, 20, 555)
    assert rota.do(ForgetCards(message_ids=(555, 556))) == 1
    assert rota.ask(cards_of, number)[-1].message_id == 129


def test_lists_show_what_waits_first_and_page(rota: Rota) -> None:
    """Newest first; by status; all; ten at a time."""
    fill_roster(rota, DAN)
    first = ask(rota, BEN)
    rota.at += 60
    second, third = ask(rota, CLEO), ask(rota, DAN)
    rota.do(DeclineCover(cover_id=second), MANAGER)
    rota.do(TakeCover(cover_id=first), BEN)
    assert [item.id for item in rota.ask(covers)] == [third, first]
    assert [item.id for item in rota.ask(covers, "declined")] == [second]
    assert [item.id for item in rota.ask(covers, "all", 2)] == [third, second]
    assert [item.id for item in rota.ask(covers, "all", 2, 2)] == [first]
    assert rota.ask(covers, "revoked") == ()
    assert rota.ask(covers)[0].is_pending
    assert not rota.ask(covers, "declined")[0].is_pending
