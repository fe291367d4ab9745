"""Which nation has which region of a map, with one of the figures nations are ranked by, or with groups."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.nations.model import GroupedMap, MapNation, MapView, RankMetric
from modelus_bot.subjects.nations.queries.lookup import living_nations, nations_called

__all__ = ["grouped_map", "map_view"]

LISTED = 60
"""How many nations without a region are named."""
_FIGURES = """
SELECT name, gdp, population, stability_bp, tax_bp, gdp_per_capita, ground, naval, air FROM nations
WHERE id = ?
"""


@query(kept=True, hot=True)
def map_view(tx: ReadTransaction, by: RankMetric, regions: tuple[str, ...]) -> MapView:
    """Return the nation of each region, which is found by any name it ever had; archived ones have none."""
    living = living_nations(tx)
    found = nations_called(tx, regions, living)
    placed = {number for number in found.values() if number is not None}
    known = {number: _on_map(tx, number, by) for number in placed}
    elsewhere = [name for number, name in living.items() if number not in placed]
    return MapView(
        by,
        tuple((name, known.get(number) if number is not None else None) for name, number in found.items()),
        tuple(elsewhere[:LISTED]),
        len(elsewhere),
    )


@query(kept=True, hot=True)
def grouped_map(tx: ReadTransaction, tint: str, chosen: int | None, regions: tuple[str, ...]) -> GroupedMap:
    """Return the nation of each region, and the groups of a tint that a subject declares, by its key."""
    groups = declared().map_tints[tint].groups(tx, chosen)
    living = living_nations(tx)
    found = nations_called(tx, regions, living)
    meant = {number for number in found.values() if number is not None}
    meant.update(number for group in groups.groups for number in group.nations)
    names = {number: name for number, name in living.items() if number in meant}
    return GroupedMap(groups, tuple(found.items()), names)


def _on_map(tx: ReadTransaction, number: int, by: RankMetric) -> MapNation | None:
    row = tx.fetch_one(_FIGURES, (number,))
    return None if row is None else MapNation(number, row["name"], row[by])
