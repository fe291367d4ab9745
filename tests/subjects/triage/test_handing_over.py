"""Open items go on with their duty, each once, and the new holder is told once of all of them."""

from __future__ import annotations

from datetime import timedelta

from modelus_bot.subjects.covers.writes.steps import ApproveCover, RequestCover, TakeCover
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.oncall.writes import Handoff, SetHolder
from modelus_bot.subjects.triage.writes.closing import ResolveItem
from modelus_bot.subjects.triage.writes.handing_over import HandOver
from modelus_bot.subjects.triage.writes.steps import ClaimItem
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, MANAGER, Rota, instant, sprint_start
from tests.subjects.triage.triage_cases import again, report, told, words


def test_the_next_sprints_holder_gets_what_is_open(rota: Rota) -> None:
    """What waits and what the old holder worked on; not what others claimed, nor what is closed."""
    waits, claimed, others, closed = (report(rota, title=f"T{number}") for number in range(4))
    rota.do(ClaimItem(item_id=claimed.id), ADA)
    rota.do(ClaimItem(item_id=others.id), DAN)
    rota.do(ResolveItem(item_id=closed.id, resolution="r"), ADA)
    assert rota.do(HandOver()) == 0
    rota.at = instant(sprint_start(1), "07:59")
    assert rota.do(HandOver()) == 0
    rota.at += 60
    rota.do(Handoff())
    assert [rota.do(HandOver()) for _ in range(3)] == [2, 0, 0]
    now = [again(rota, item) for item in (waits, claimed, others, closed)]
    assert [item.assigned_to for item in now] == [BEN, BEN, DAN, ADA]
    assert [item.status for item in now] == ["pending", "pending", "in_review", "resolved"]
    assert told(rota, BEN) == ["2 open items are handed over to you: Account"]
    (text,) = rota.rows(
        "SELECT message FROM notifications WHERE user_id = ? AND type = 'issue_reported'", BEN
    )
    assert "from Ada:\n• 1 (T0), medium\n• 2 (T1), medium" in text[0]
    assert words(rota, waits) == ["Handed over from Ada to Ben."]


def test_missed_sprints_hand_over_once(rota: Rota) -> None:
    """After weeks of downtime it goes straight to whoever has the duty now."""
    found = report(rota)
    rota.at = instant(sprint_start(5), "12:00")
    assert rota.do(HandOver()) == 1
    assert again(rota, found).assigned_to == CLEO
    assert told(rota, BEN) == []


def test_days_that_are_covered_move_what_waits_only(rota: Rota) -> None:
    """What somebody works on stays theirs while another stands in for some days of the turn."""
    waits, claimed = report(rota), report(rota)
    rota.do(ClaimItem(item_id=claimed.id), ADA)
    day = sprint_start(0) + timedelta(days=5)
    request = rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(0), discipline="account", first_day=day, last_day=day
        ), ADA
    )  # fmt: skip
    rota.do(TakeCover(cover_id=request.cover.id), CLEO)
    rota.do(ApproveCover(cover_id=request.cover.id), MANAGER)
    rota.at = instant(day, "12:00")
    assert rota.do(HandOver()) == 1
    assert [again(rota, item).assigned_to for item in (waits, claimed)] == [CLEO, ADA]
    rota.do(ClaimItem(item_id=waits.id), CLEO)
    assert rota.do(HandOver()) == 0
    rota.at = instant(day + timedelta(days=1), "12:00")
    assert rota.do(HandOver()) == 1
    assert again(rota, waits).assigned_to == ADA


def test_a_duty_that_gets_somebody_gets_what_waited(rota: Rota) -> None:
    """Nobody had it when it was reported."""
    found = report(rota, category="bug")
    assert rota.do(HandOver()) == 0
    rota.do(SetHolder(discipline="be_eng", member_id=DAN, name="Dan", reason="r"), MANAGER)
    assert rota.do(HandOver()) == 1
    assert again(rota, found).assigned_to == DAN
    assert told(rota, DAN) == ["1 open item is handed over to you: Backend engineer"]


def test_who_is_deactivated_leaves_nothing_behind(rota: Rota) -> None:
    """What they claimed goes to whoever has its duty, and waits again."""
    found = report(rota)
    rota.do(ClaimItem(item_id=found.id), DAN)
    rota.do(DeactivateMember(discord_id=DAN, reason="r"), ADMIN)
    assert [rota.do(HandOver()) for _ in range(2)] == [1, 0]
    assert (again(rota, found).assigned_to, again(rota, found).status) == (ADA, "pending")
