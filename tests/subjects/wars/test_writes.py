"""Wars begin, change and end by administrators' word, day after day, and keep who fought on which side."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.subjects.wars.queries import war_events, war_sheet, wars
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, StartWar, UpdateWar
from tests.subjects.rota import ADA, ADMIN, Rota
from tests.subjects.wars.war_cases import DAKOTA, DAY, OHIO, TEXAS, UTAH, fought


def test_a_war_from_its_beginning_to_its_end(staffed: Rota) -> None:
    """Its sides are rows, so a new name of a nation is theirs, too; each step stands in the time line."""
    rota = staffed
    fought(rota)
    later = DAY + timedelta(days=1)
    rota.do(JoinWar(war_id=1, nation_id=UTAH, side="other", on=DAY), ADMIN)
    rota.do(LeaveWar(war_id=1, nation_id=OHIO, on=DAY), ADMIN)
    change = rota.do(UpdateWar(war_id=1, casualties=1200, on=later, note="A flood"), ADMIN)
    assert (change.before and change.before.war.casualties, change.after.war.casualties) == (0, 1200)
    rota.do(JoinWar(war_id=1, nation_id=OHIO, side="A", on=later), ADMIN)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    ended = rota.do(EndWar(war_id=1, reason="A treaty", on=later), ADMIN).after

    assert ended.war.ended_on == later
    assert ended.war.days(date(2027, 1, 1)) == 6
    assert [(side.nation, side.side, side.left_on) for side in ended.sides] == [
        ("Tejas", "A", None),
        ("Ohio", "A", None),
        ("Dakota", "B", None),
        ("Utah", "other", None),
    ]
    told = [(event.kind, event.nation, event.casualties) for event in rota.ask(war_events, 1)]
    assert told == [
        ("started", None, None),
        ("joined", "Utah", None),
        ("left", "Ohio", None),
        ("update", None, 1200),
        ("joined", "Ohio", None),
        ("ended", None, None),
    ]
    assert rota.ask(wars, "active") == ()
    assert rota.ask(wars, "ended") == (ended,)
    rota.check()


@pytest.mark.parametrize(
    ("write", "rule"),
    [
        (StartWar(name="\u2800", side_a=(1,), side_b=(2,), on=DAY), "war.name"),
        (StartWar(name="river  WAR", side_a=(1,), side_b=(2,), on=DAY), "war.name_taken"),
        (StartWar(name="W", side_a=(1, 2), side_b=(2,), on=DAY), "war.both_sides"),
        (StartWar(name="W", side_a=(1,), side_b=(99,), on=DAY), "nation.unknown"),
        (JoinWar(war_id=1, nation_id=OHIO, side="A", on=DAY), "war.joined"),
        (JoinWar(war_id=1, nation_id=UTAH, side="A", on=date(2026, 1, 4)), "war.day"),
        (JoinWar(war_id=9, nation_id=UTAH, side="A", on=DAY), "war.unknown"),
        (LeaveWar(war_id=1, nation_id=UTAH, on=DAY), "war.not_in"),
        (LeaveWar(war_id=1, nation_id=TEXAS, on=DAY), "war.last"),
        (UpdateWar(war_id=1, casualties=0, on=DAY), "war.unchanged"),
        (EndWar(war_id=1, reason="x", on=date(2025, 12, 31)), "war.day"),
    ],
)
def test_what_cannot_be(staffed: Rota, write: StartWar, rule: str) -> None:
    """Refused with the rule, and nothing is changed; by nobody but administrators."""
    fought(staffed)
    assert staffed.refusal(write, ADMIN).rule == rule
    assert isinstance(staffed.refusal(write, ADA), NotAllowed)


def test_a_war_that_has_ended_stays_as_it_was(staffed: Rota) -> None:
    """Its name is free for another, and two of one name are told apart."""
    fought(staffed)
    staffed.do(EndWar(war_id=1, reason="x", on=DAY), ADMIN)
    for write in (
        JoinWar(war_id=1, nation_id=UTAH, side="A", on=DAY),
        LeaveWar(war_id=1, nation_id=DAKOTA, on=DAY),
        UpdateWar(war_id=1, casualties=5, on=DAY),
        EndWar(war_id=1, reason="y", on=DAY),
    ):
        refusal = staffed.refusal(write, ADMIN)
        assert isinstance(refusal, InvalidInput)
        assert refusal.rule == "war.ended"
    again = StartWar(name="River War", side_a=(UTAH,), side_b=(OHIO,), on=DAY)
    assert staffed.do(again, ADMIN).after.war.id == 2
    assert staffed.ask(war_sheet, 1).war.status == "ended"
