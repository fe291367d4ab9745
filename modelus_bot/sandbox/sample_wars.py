"""Sample wars: one that has ended, one with everything that can happen in it, and one that has just begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from modelus_bot.database import Context, DatabaseManager, Write
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.nations.queries.lookup import named_nations
from modelus_bot.subjects.wars.model import WarChange
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, StartWar, UpdateWar

__all__ = ["add_sample_wars"]

DAY = 86_400
Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A war: name, both sides, what it is about, on which day before today it began, and its further steps.

    A step is how many days before today it is, what is done, and with what.
    """

    name: str
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    about: str
    begun: int
    steps: tuple[tuple[int, str, Any], ...] = ()


_SAMPLES = (
    _Sample("War of the Bayou", (("Texas", "Oklahoma"), ("Dixieland",)), "Whose the shrimps are.", 19,
        ((17, "join", ("Florida", "B")), (16, "update", (180, "A landing at night, on the wrong beach")),
         (13, "update", (410, "The causeway was held for three days")), (12, "leave", "Oklahoma"),
         (10, "end", "The Treaty of Galveston: the catch is shared by halves"))),
    _Sample("River War", (("Cascadia", "Yellowstone"), ("Northern California", "Nuevo Arizona")),
        "Two dams, one river, and a summer without rain.", 9,
        ((8, "join", ("Southern California", "B")), (7, "join", ("Colorado", "other")),
         (6, "update", (1200, "The upper dam changed hands")), (4, "join", ("Dakota", "A")),
         (2, "leave", "Southern California"), (1, "update", (2350, "Floods below the lower dam")))),
    _Sample("Quarrel over the Lake", (("Michigan",), ("Wisconsin", "Illinois")), "A fleet is held.", 0),
)  # fmt: skip


async def add_sample_wars(
    db: DatabaseManager, administrator: int, calendar: Calendar, context: Context
) -> None:
    """Let an administrator wage them; without the regions of the map do nothing."""
    numbers = {item.name: item.nation_id for item in await db.read(named_nations, "", limit=100)}
    today = calendar.day_of(context.at)
    for sample in _SAMPLES:
        first, second = (tuple(numbers[name] for name in side if name in numbers) for side in sample.sides)
        if not first or not second:
            continue
        author = replace(context, actor=administrator)
        begun = today - timedelta(days=sample.begun)
        start = StartWar(name=sample.name, side_a=first, side_b=second, on=begun, description=sample.about)
        war: WarChange = await db.write(start, _then(author, sample.begun))
        for days, what, value in sample.steps:
            step = _step(war.after.war.id, today - timedelta(days=days), what, value, numbers)
            await db.write(step, _then(author, days))


def _then(context: Context, days: int) -> Context:
    return replace(context, at=context.at - days * DAY)


def _step(war: int, on: date, what: str, value: Any, numbers: Numbers) -> Write[WarChange]:
    steps: dict[str, Callable[[], Write[WarChange]]] = {
        "join": lambda: JoinWar(war_id=war, nation_id=numbers[value[0]], side=value[1], on=on),
        "leave": lambda: LeaveWar(war_id=war, nation_id=numbers[value], on=on),
        "update": lambda: UpdateWar(war_id=war, casualties=value[0], note=value[1], on=on),
        "end": lambda: EndWar(war_id=war, reason=value, on=on),
    }
    return steps[what]()
