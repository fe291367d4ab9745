"""Who stands where in a war, as a map of the nations shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.nations.queries.mapped import grouped_map
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.wars.queries import war_choices, war_groups
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, StartWar
from tests.subjects.rota import ADMIN, Rota
from tests.subjects.wars.war_cases import DAKOTA, DAY, OHIO, TEXAS, UTAH, fought


def marked(rota: Rota, war: int | None = None) -> dict[str, tuple[int, ...]]:
    """Return who has which mark."""
    return {group.mark: group.nations for group in rota.ask(war_groups, war).groups}


def test_a_war_tints_its_sides(staffed: Rota) -> None:
    """Who fights on which side, who had left before its end; no group of nobody."""
    rota = staffed
    fought(rota)
    assert marked(rota) == {"A": (TEXAS,), "B": (DAKOTA, OHIO)}
    rota.do(JoinWar(war_id=1, nation_id=UTAH, side="other", on=DAY), ADMIN)
    rota.do(LeaveWar(war_id=1, nation_id=OHIO, on=DAY), ADMIN)
    assert marked(rota) == {"A": (TEXAS,), "B": (DAKOTA,), "O": (UTAH,), "L": (OHIO,)}
    assert rota.ask(war_groups, 1).note == "It began on 2026-01-05 and goes on."
    rota.do(EndWar(war_id=1, reason="A treaty", on=DAY + timedelta(days=1)), ADMIN)
    assert rota.ask(war_groups, 1).note == "It was fought from 2026-01-05 to 2026-01-10."
    assert rota.ask(war_groups, 1).about == "side in “River War”"


def test_the_newest_that_goes_on_is_meant(staffed: Rota) -> None:
    """Of those that have ended the newest where none goes on; without any war the sentence says so."""
    rota = staffed
    with pytest.raises(NotFound, match="no war yet"):
        rota.ask(war_groups, None)
    fought(rota)
    rota.do(StartWar(name="Hill War", side_a=(UTAH,), side_b=(OHIO,), on=DAY), ADMIN)
    assert marked(rota) == {"A": (UTAH,), "B": (OHIO,)}
    assert marked(rota, 1)["A"] == (TEXAS,)
    rota.do(EndWar(war_id=2, reason="Rain", on=DAY), ADMIN)
    assert marked(rota)["A"] == (TEXAS,)
    rota.do(EndWar(war_id=1, reason="Snow", on=DAY), ADMIN)
    assert marked(rota)["A"] == (UTAH,)
    assert [(one.name, one.note) for one in rota.ask(war_choices)] == [
        ("Hill War", "until 2026-01-09"),
        ("River War", "until 2026-01-09"),
    ]


def test_nations_are_named_as_they_are_called_now(staffed: Rota) -> None:
    """Those without a region, too; an archived one is on no map any more."""
    rota = staffed
    fought(rota)
    rota.do(ArchiveNation(nation_id=OHIO), ADMIN)
    view = rota.ask(grouped_map, "war", 1, ("texas", "Ohio", "Nowhere"))
    assert view.regions == (("texas", TEXAS), ("Ohio", None), ("Nowhere", None))
    assert view.names == {TEXAS: "Texas", DAKOTA: "Dakota"}
    nations_of = {number for group in view.groups.groups for number in group.nations}
    assert nations_of == {TEXAS, DAKOTA, OHIO}
