"""Covers of days: who has which day of a turn, what stands in the way, and duty that changes hands twice."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Days, StandIn, Turn, days_words, in_the_way
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.assignments.queries import effective_holder
from modelus_bot.subjects.covers.model import CoverChange
from modelus_bot.subjects.covers.queries import cover
from modelus_bot.subjects.covers.writes.steps import (
    ApproveCover,
    ExpireCovers,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.subjects.members.writes.members import DeactivateMember
from modelus_bot.subjects.oncall.queries import duties, oncall_now, oncall_on
from modelus_bot.subjects.oncall.writes import Handoff, HandoffNote, SetHolder
from modelus_bot.subjects.rosters.writes.edits import SetAway
from modelus_bot.subjects.sprints.queries.away import turns_while_away
from modelus_bot.subjects.sprints.queries.sprints import sprints_with_holders
from modelus_bot.subjects.sprints.writes import AddSprint, EditSprint
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    FIRST_DAY,
    MANAGER,
    NAMES,
    SPRINT_DAYS,
    Rota,
    copied,
    fill_roster,
    instant,
    made,
    plan_sprints,
    sprint_start,
    staff,
)

DAY = timedelta(days=1)


def day(number: int, sprint: int = 0) -> date:
    """Return a day of a sprint, counted from 0."""
    return sprint_start(sprint) + number * DAY


def ask_days(
    rota: Rota, first: int, last: int, replacement: int | None = BEN, *, by: int = ADA, sprint: int = 0
) -> CoverChange:
    """Ask for cover of days of Ada's turn, in her name or as a manager."""
    return rota.do(
        RequestCover(
            sprint_id=rota.sprint_id(sprint),
            discipline="account",
            replacement_id=replacement,
            for_user=None if by == ADA else ADA,
            first_day=day(first, sprint),
            last_day=day(last, sprint),
        ),
        by,
    )


def approved(rota: Rota, first: int, last: int, replacement: int = BEN, *, sprint: int = 0) -> int:
    """Have days of Ada's turn covered, and return the request's number."""
    number = ask_days(rota, first, last, replacement, sprint=sprint).cover.id
    rota.do(ApproveCover(cover_id=number), MANAGER)
    return number


def test_days_as_people_write_them() -> None:
    """One day, several of a month, and over the end of one."""
    written = [
        days_words(Days(date(2026, 12, 3), date(2026, 12, 3))),
        days_words(Days(date(2026, 12, 3), date(2026, 12, 5))),
        days_words(Days(date(2026, 11, 30), date(2026, 12, 2))),
    ]
    assert written == ["Dec 3", "Dec 3–5", "Nov 30–Dec 2"]


def test_a_day_is_had_from_its_hand_over_to_the_next(rota: Rota) -> None:
    """To the second: nobody else at the beginning, nobody else at the end, each told once."""
    approved(rota, 4, 5)
    begin, end = instant(day(4), "08:00"), instant(day(6), "08:00")
    seen = []
    for at in (begin - 1, begin, begin + 30, end - 1, end, end + 30):
        rota.at = at
        report = rota.do(Handoff())
        assert not report.new_sprint
        seen.append((rota.on_duty(), len(report.changes)))
        assert rota.broken() == []
    assert seen == [(ADA, 0), (BEN, 1), (BEN, 0), (BEN, 0), (ADA, 1), (ADA, 0)]
    assert rota.notices(BEN)[-2:] == ["You are now on duty: Account", "You are no longer on duty: Account"]
    assert rota.notices(ADA)[-1] == "You are now on duty: Account"
    texts = rota.rows("SELECT message FROM notifications WHERE title LIKE 'You are now%' ORDER BY id")
    assert f"<t:{end}:f>" in texts[-2][0], "the cover ends with its last day"
    assert f"<t:{instant(sprint_start(1), '08:00')}:f>" in texts[-1][0], "the turn ends with the sprint"


def test_whoever_is_covered_later_hears_until_when_they_are_on_duty(rota: Rota) -> None:
    """Duty that began ends with the first day that somebody else has."""
    approved(rota, 2, 3, BEN, sprint=3)
    for number in (2, 3):
        rota.at = instant(sprint_start(number), "08:00")
        rota.do(Handoff())
    message = rota.value(
        "SELECT message FROM notifications WHERE user_id = ? AND title LIKE 'You are now%' ORDER BY id DESC",
        ADA,
    )
    assert f"until <t:{instant(day(2, 3), '08:00')}:f>" in message


def test_days_missed_while_the_bot_was_away_are_made_up(rota: Rota) -> None:
    """After a cover came and went nobody is told; in the middle of one its holder is on duty at once."""
    approved(rota, 4, 5)
    approved(rota, 7, 9, CLEO)
    rota.at = instant(day(6), "09:00")
    before = rota.dump()
    rota.do(Handoff())
    assert rota.dump() == before
    rota.at = instant(day(8), "20:00")
    rota.do(Handoff())
    assert (rota.on_duty(), rota.notices(BEN).count("You are now on duty: Account")) == (CLEO, 0)


def test_approved_at_once_and_revoked_at_once(rota: Rota) -> None:
    """Days that have begun change hands with the decision, both ways."""
    number = ask_days(rota, 1, 4).cover.id
    assert rota.do(ApproveCover(cover_id=number), MANAGER).duty_changed
    assert rota.on_duty() == BEN
    assert rota.refusal(
        SetHolder(discipline="account", member_id=CLEO, name="Cleo", reason="x"), MANAGER
    ).rule == ("oncall.covered")
    assert rota.do(RevokeCover(cover_id=number, reason="x"), MANAGER).duty_changed
    assert rota.on_duty() == ADA


def test_days_of_the_same_turn_have_several_covers(rota: Rota) -> None:
    """As long as they have no day in common; what stands in the way is named, at asking and at deciding."""
    approved(rota, 3, 5)
    waiting = ask_days(rota, 6, 8, CLEO).cover.id
    clash = ask_days(rota, 8, 9, BEN).cover.id
    rota.do(ApproveCover(cover_id=waiting), MANAGER)
    refused = rota.refusal(ApproveCover(cover_id=clash), MANAGER)
    assert refused.rule == "cover.overlap"
    assert f"covered on Jan 11–13: cover request {waiting}, by Cleo, stands in the way" in str(refused)
    for first, last in ((5, 5), (0, 3), (0, 13), (4, 4)):
        wish = RequestCover(
            sprint_id=rota.sprint_id(0), discipline="account", first_day=day(first), last_day=day(last)
        )
        assert "cover request 1, by Ben, stands in the way" in str(rota.refusal(wish, ADA))
    whole = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=BEN)
    assert rota.refusal(whole, ADA).rule == "cover.overlap"
    stolen = rota.violation(
        "UPDATE overrides SET status = 'approved', decided_by = ?, decided_at = 1 WHERE id = ?",
        MANAGER,
        clash,
    )
    assert stolen.rule == "cover overlap", "the schema refuses it, too"


def test_a_covered_turn_has_no_days_to_cover(rota: Rota) -> None:
    """A cover of the whole turn stands in the way of each of its days."""
    whole = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=BEN)
    number = rota.do(whole, ADA).cover.id
    later = ask_days(rota, 5, 5, CLEO).cover.id
    rota.do(ApproveCover(cover_id=number), MANAGER)
    refused = rota.refusal(ApproveCover(cover_id=later), MANAGER)
    assert "is already covered: cover request 1, by Ben, stands in the way" in str(refused)


@pytest.mark.parametrize(
    ("first", "last", "rule"),
    [
        (None, 3, "override_days_both"),
        (3, None, "override_days_both"),
        (5, 4, "override_days_order"),
        (-1, 3, "cover.days"),
        (12, 14, "cover.days"),
        (0, 1, "cover.over"),
    ],
)
def test_days_that_cannot_be_covered(rota: Rota, first: int | None, last: int | None, rule: str) -> None:
    """Half a range, one that runs backwards, days of another turn, days that are over."""
    write = RequestCover(
        sprint_id=rota.sprint_id(0),
        discipline="account",
        first_day=day(first) if first is not None else None,
        last_day=day(last) if last is not None else None,
    )
    assert rota.refusal(write, ADA).rule == rule


def test_the_first_and_the_last_day_of_a_turn_can_be_covered(rota: Rota) -> None:
    """The day that the next sprint takes over is not among them."""
    approved(rota, 13, 13)
    rota.at = instant(day(14), "07:59")
    rota.do(Handoff())
    assert rota.on_duty() == BEN
    approved(rota, 0, 0, CLEO, sprint=3)
    rota.at = instant(day(0, 3), "08:00")
    rota.do(Handoff())
    assert rota.on_duty() == CLEO
    assert rota.ask(duties, ADA, rota.at, rota.calendar)[0].is_current is False


def test_the_same_days_are_the_same_request(rota: Rota) -> None:
    """Asked again it counts; other days, or the whole turn, are other requests; open calls, too."""
    for replacement in (BEN, None):
        numbers = [ask_days(rota, 4, 5, replacement).cover.id for _ in range(2)]
        other = ask_days(rota, 4, 6, replacement).cover.id
        whole = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=replacement)
        assert len({*numbers, other, rota.do(whole, ADA).cover.id}) == 3
        assert rota.value("SELECT attempts FROM overrides WHERE id = ?", numbers[0]) == 2
    call = rota.value("SELECT id FROM overrides WHERE replacement_id IS NULL AND last_day = ?", str(day(6)))
    rota.do(TakeCover(cover_id=call), CLEO)
    rota.do(UntakeCover(cover_id=call), CLEO)
    rota.do(WithdrawCover(cover_id=call), ADA)
    assert ask_days(rota, 4, 6, None).cover.attempts == 2


def test_a_request_without_days_is_the_one_that_older_versions_know() -> None:
    """Saved or answered before an update, it is the same request after it; with days it survives, too."""
    whole = RequestCover(sprint_id=1, discipline="account", reason="ill")
    assert whole.model_dump_json() == (
        '{"sprint_id":1,"discipline":"account","replacement_id":null,"reason":"ill","for_user":null}'
    )
    days = RequestCover(sprint_id=1, discipline="account", first_day=day(1), last_day=day(2))
    assert RequestCover.model_validate_json(days.model_dump_json()) == days


def test_undecided_days_expire_with_the_last_of_them(rota: Rota) -> None:
    """At its end and not a second earlier; the whole turn goes on waiting."""
    number = ask_days(rota, 3, 4).cover.id
    whole = RequestCover(sprint_id=rota.sprint_id(0), discipline="account", replacement_id=CLEO)
    rota.do(whole, ADA)
    rota.at = instant(day(5), "08:00") - 1
    assert rota.do(ExpireCovers()) == 0
    rota.at += 1
    assert rota.refusal(ApproveCover(cover_id=number), MANAGER).rule == "cover.over"
    assert [rota.do(ExpireCovers()) for _ in range(2)] == [1, 0]
    assert rota.rows("SELECT status FROM overrides ORDER BY id") == [("expired",), ("open",)]
    message = rota.value("SELECT message FROM notifications ORDER BY id DESC LIMIT 1")
    assert "Jan 8–9 ended before anybody decided" in message


def test_notices_name_the_days(rota: Rota) -> None:
    """Who is asked reads them with both hand-overs; decisions do, too."""
    approved(rota, 4, 5)
    told = "SELECT title, message FROM notifications WHERE type = 'cover' AND user_id = ?"
    asked, decided = rota.rows(told, BEN)
    begin, end = instant(day(4), "08:00"), instant(day(6), "08:00")
    span = f"Account in Sprint 0, Jan 9–10, <t:{begin}:f> to <t:{end}:f>"
    assert span in asked[1]
    assert span in decided[1]
    assert decided[0] == "Cover of Account, Sprint 0, Jan 9–10"


def test_a_turn_s_view_names_the_days_that_others_have(rota: Rota) -> None:
    """In the list of sprints, in everybody's own list, now and on a day."""
    approved(rota, 4, 5)
    (_, holders), *_ = rota.ask(sprints_with_holders, FIRST_DAY, 0, 1)
    assert (holders[0].username, holders[0].original) == ("Ada", "Ada")
    assert [(request.username, request.days) for request in holders[0].covers] == [
        ("Ben", Days(day(4), day(5)))
    ]
    mine = rota.ask(duties, ADA, rota.at, rota.calendar)[0]
    assert (mine.is_current, [request.username for request in mine.covers]) == (True, ["Ben"])
    bens = rota.ask(duties, BEN, rota.at, rota.calendar)
    assert (bens[0].source, bens[0].first_day, bens[0].last_day) == ("override", day(4), day(5))
    assert (bens[0].is_current, bens[1].first_day) == (False, None)
    assert rota.ask(oncall_on, day(5), rota.calendar).holders[0].username == "Ben"
    now = rota.ask(oncall_now, instant(day(6), "08:00"), rota.calendar)
    assert (now.holders[0].username, now.holders[0].covers) == ("Ada", ())


def test_days_away_that_are_covered_worry_nobody(rota: Rota) -> None:
    """A turn is named as one to cover until each day away in it has somebody."""
    rota.do(SetAway(member_id=ADA, away_from=day(8), away_to=day(20)), ADA)
    views = []
    for first, last in ((8, 10), (11, 13)):
        approved(rota, first, last)
        (_, holders), *_ = rota.ask(sprints_with_holders, FIRST_DAY, 0, 1)
        kept = rota.call(turns_while_away, ADA, rota.at, rota.calendar)
        views.append((holders[0].is_away, holders[0].away_from, len(kept)))
    assert views == [(True, day(8), 1), (False, None, 0)]


def test_notes_go_to_whoever_takes_over_next(rota: Rota) -> None:
    """Before covered days to the one who covers, from them back to the holder, then to the next one."""
    approved(rota, 4, 5)
    expected = [(2, ADA, BEN, day(4)), (5, BEN, ADA, day(6)), (9, ADA, BEN, sprint_start(1))]
    for number, author, recipient, at in expected:
        rota.at = instant(day(number))
        rota.do(Handoff())
        saved = rota.do(HandoffNote(text="Mind the queue."), author)
        assert (saved.recipients, saved.at, saved.times) == (
            (recipient,),
            instant(at, "08:00"),
            (instant(at, "08:00"),),
        )


def test_days_that_a_sprint_no_longer_has_end(rota: Rota) -> None:
    """Shortened, it takes its covers of lost days along and those concerned hear of it; others stay."""
    lost, kept = approved(rota, 12, 13), approved(rota, 4, 5)
    rota.do(EditSprint(sprint_id=rota.sprint_id(0), reason="short", end=day(13)), MANAGER)
    assert rota.ask(cover, lost).status == "revoked"  # type: ignore[union-attr]
    assert rota.ask(cover, kept).status == "approved"  # type: ignore[union-attr]
    told = rota.value("SELECT message FROM notifications WHERE user_id = ? ORDER BY id DESC", BEN)
    assert "no longer have" in told


def test_days_of_somebody_deactivated_return(rota: Rota) -> None:
    """What they promised and is not over ends; days that are over stay as they were."""
    past, future = approved(rota, 3, 3), approved(rota, 8, 9)
    rota.at = instant(day(5))
    rota.do(Handoff())
    rota.do(DeactivateMember(discord_id=BEN, reason="left"), ADMIN)
    expected = [(past, "approved"), (future, "revoked")]
    assert rota.rows("SELECT id, status FROM overrides ORDER BY id") == expected


CHANGES = [date(2026, 3, 8), date(2026, 11, 1)]
"""The days on which clocks go forward and back in New York."""


@pytest.mark.parametrize("change", CHANGES)
def test_duty_changes_hands_right_on_the_days_when_clocks_change(staffed: Rota, change: date) -> None:
    """A covered day is 23 or 25 hours long and begins and ends at the hand-over's local time."""
    rota = staffed
    rota.at = instant(change - 3 * DAY)
    fill_roster(rota, ADA, BEN)
    rota.do(AddSprint(name="S", start=change - 3 * DAY, end=change + 7 * DAY), MANAGER)
    write = RequestCover(
        sprint_id=rota.sprint_id(0),
        discipline="account",
        replacement_id=BEN,
        first_day=change - DAY,
        last_day=change - DAY,
    )
    number = rota.do(write, ADA).cover.id
    rota.do(ApproveCover(cover_id=number), MANAGER)
    begin, end = instant(change - DAY, "08:00"), instant(change, "08:00")
    assert (end - begin) // 3600 == (23 if change.month == 3 else 25)
    seen = []
    for at in (begin - 1, begin, end - 1, end):
        rota.at = at
        rota.do(Handoff())
        seen.append(rota.on_duty())
    assert seen == [ADA, BEN, BEN, ADA]


HOLDERS = {"account": ADA, "producer": BEN}
"""Whose the first sprint's turns are."""


def starting(rota: Rota) -> None:
    """Enter people, two rosters and three sprints."""
    staff(rota)
    fill_roster(rota, ADA, BEN, CLEO)
    fill_roster(rota, BEN, CLEO, ADA, discipline="producer")
    plan_sprints(rota, 3)


@cache
def prepared() -> bytes:
    """Return a file with that, to be written anew for each example."""
    return made(starting)


Wish = tuple[str, int, int | None, int]
WISHES = st.lists(
    st.tuples(
        st.sampled_from(sorted(HOLDERS)),
        st.integers(0, 13),
        st.sampled_from([None, 0, 0, 1, 2, 5]),
        st.sampled_from([ADA, BEN, CLEO]),
    ),
    max_size=8,
)
RANGES = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 5), st.sampled_from([BEN, CLEO])), max_size=8)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "UTC"])


def try_for(rota: Rota, discipline: str, first: int, length: int | None, replacement: int) -> None:
    """Have days covered, or without a length the whole turn, unless others' days are in the way."""
    write = RequestCover(
        sprint_id=rota.sprint_id(0),
        discipline=discipline,
        replacement_id=replacement,
        first_day=day(first) if length is not None else None,
        last_day=day(min(13, first + length)) if length is not None else None,
    )
    try:
        number = rota.do(write, HOLDERS[discipline]).cover.id
        rota.do(ApproveCover(cover_id=number), MANAGER)
    except Refusal as error:
        assert error.rule in {"cover.overlap", "override_distinct"}  # noqa: PT017 - others are approved


def has(rota: Rota, first_day: str | None, last_day: str | None) -> bool:
    """Tell by instants alone whether days are on."""
    if first_day is None or last_day is None:
        return True
    begin, end = (date.fromisoformat(first_day), date.fromisoformat(last_day) + DAY)
    return instant(begin, "08:00") <= rota.at < instant(end, "08:00")


@given(WISHES, st.integers(0, 14 * 24 * 60 - 1))
@example(
    [("account", 4, 1, BEN), ("account", 6, 2, CLEO), ("account", 5, 0, CLEO), ("producer", 5, None, ADA)],
    5 * 24 * 60,
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_discipline_has_exactly_one_holder_at_every_instant(wishes: list[Wish], minute: int) -> None:
    """Whatever was approved: on duty is whose days have the instant, else who has the turn."""
    with copied(prepared()) as rota:
        rota.at = instant(FIRST_DAY, "08:00")
        for wish in wishes:
            try_for(rota, *wish)
        rota.at += minute * 60
        rota.do(Handoff())
        stored = rota.rows(
            "SELECT discipline, replacement_id, first_day, last_day FROM overrides WHERE status = 'approved'"
        )
        today = rota.calendar.duty_day(rota.at)
        for discipline, holder in HOLDERS.items():
            on = [who for what, who, *days in stored if what == discipline and has(rota, *days)]
            assert len(on) <= 1
            expected = on[0] if on else holder
            assert rota.on_duty(discipline) == expected
            tx = ReadTransaction(rota.connection)
            assert effective_holder(tx, rota.sprint_id(0), discipline, today)[0] == expected
        rota.check()


@given(RANGES, ZONES, st.integers(0, 23 * 60 + 59), st.dates(date(2011, 1, 1), date(2030, 1, 1)), st.data())
@settings(max_examples=300, deadline=None)
def test_the_day_of_duty_and_the_instants_of_hand_overs_say_the_same(
    wishes: list[tuple[int, int, int]], zone: str, minute: int, start: date, data: st.DataObject
) -> None:
    """In any zone, on days with 23, 25 or no hours, too; the stretches of a turn have each day once."""
    calendar = Calendar(zone, minute)
    stand_ins: list[StandIn] = []
    for number, (first, length, person) in enumerate(wishes):
        days = Days(start + first * DAY, start + min(13, first + length) * DAY)
        if in_the_way(stand_ins, days) is None:
            stand_ins.append(StandIn(number, person, NAMES[person], days))
    turn, end = Turn(ADA, "rotation", tuple(stand_ins)), start + SPRINT_DAYS * DAY
    begin, over = calendar.handoff(start), calendar.handoff(end)
    at = data.draw(st.integers(begin, over - 1))
    by_instant = [
        item.user_id
        for item in stand_ins
        if item.days and item.days.begin(calendar) <= at < item.days.end(calendar)
    ]
    today = calendar.duty_day(at)
    holder, _ = turn.holder(today)
    assert by_instant == ([holder] if holder != ADA else [])
    stretches = turn.stretches(start, end)
    assert [stretch.days.first for stretch in stretches[1:]] == [
        stretch.days.last + DAY for stretch in stretches[:-1]
    ]
    assert (stretches[0].days.first, stretches[-1].days.last) == (start, end - DAY)
    assert [stretch.user_id for stretch in stretches if today in stretch.days] == [holder]
    until = turn.until(today, end)
    assert {turn.holder(today + number * DAY)[0] for number in range((until - today).days)} == {holder}
    assert until == end or turn.holder(until)[0] != holder
