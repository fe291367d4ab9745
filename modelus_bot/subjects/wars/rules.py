"""Who stands where in a war, as a map tints it. Pure."""

from __future__ import annotations

from modelus_bot.domain.map_tints import MapGroup, MapGroups
from modelus_bot.subjects.wars.model import Side, War, WarSheet

__all__ = ["SIDES", "sides_on_map"]

SIDES: dict[Side, str] = {"A": "Side A", "B": "Side B", "other": "Others"}
MARKS: dict[Side, str] = {"A": "A", "B": "B", "other": "O"}
LEFT, GONE = "L", "Left the war"


def sides_on_map(sheet: WarSheet) -> MapGroups:
    """Return who fights, or fought until the end, on which side, and who had left before."""
    groups = [
        MapGroup(
            MARKS[side],
            label,
            tuple(one.nation_id for one in sheet.sides if one.side == side and one.left_on is None),
        )
        for side, label in SIDES.items()
    ]
    left = tuple(one.nation_id for one in sheet.sides if one.left_on is not None)
    groups.append(MapGroup(LEFT, GONE, left))
    war = sheet.war
    about = f"side in “{war.name}”"
    return MapGroups(about, "not in this war", tuple(group for group in groups if group.nations), _when(war))


def _when(war: War) -> str:
    begun = war.started_on.isoformat()
    return (
        f"It began on {begun} and goes on."
        if war.ended_on is None
        else f"It was fought from {begun} to {war.ended_on.isoformat()}."
    )
