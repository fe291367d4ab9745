"""Nations in order by one of eight figures: those that are equal share a place, the older number first."""

from __future__ import annotations

from typing import get_args

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.subjects.nations.model import Ranking, RankMetric, RankPlace
from modelus_bot.subjects.nations.queries.offices import office_held_by

__all__ = ["ABOVE", "PAGES", "own_places", "ranking"]

PAGES: dict[RankMetric, str] = {
    "gdp": """
SELECT id, name, prefix, gdp FROM nations WHERE status = 'active'
ORDER BY gdp DESC, id LIMIT ? OFFSET ?
""",
    "population": """
SELECT id, name, prefix, population FROM nations WHERE status = 'active'
ORDER BY population DESC, id LIMIT ? OFFSET ?
""",
    "stability_bp": """
SELECT id, name, prefix, stability_bp FROM nations WHERE status = 'active'
ORDER BY stability_bp DESC, id LIMIT ? OFFSET ?
""",
    "tax_bp": """
SELECT id, name, prefix, tax_bp FROM nations WHERE status = 'active'
ORDER BY tax_bp DESC, id LIMIT ? OFFSET ?
""",
    "gdp_per_capita": """
SELECT id, name, prefix, gdp_per_capita FROM nations WHERE status = 'active'
ORDER BY gdp_per_capita DESC, id LIMIT ? OFFSET ?
""",
    "ground": """
SELECT id, name, prefix, ground FROM nations WHERE status = 'active'
ORDER BY ground DESC, id LIMIT ? OFFSET ?
""",
    "naval": """
SELECT id, name, prefix, naval FROM nations WHERE status = 'active'
ORDER BY naval DESC, id LIMIT ? OFFSET ?
""",
    "air": """
SELECT id, name, prefix, air FROM nations WHERE status = 'active'
ORDER BY air DESC, id LIMIT ? OFFSET ?
""",
}
ABOVE: dict[RankMetric, str] = {
    "gdp": "SELECT count(*) FROM nations WHERE status = 'active' AND gdp > ?",
    "population": "SELECT count(*) FROM nations WHERE status = 'active' AND population > ?",
    "stability_bp": "SELECT count(*) FROM nations WHERE status = 'active' AND stability_bp > ?",
    "tax_bp": "SELECT count(*) FROM nations WHERE status = 'active' AND tax_bp > ?",
    "gdp_per_capita": "SELECT count(*) FROM nations WHERE status = 'active' AND gdp_per_capita > ?",
    "ground": "SELECT count(*) FROM nations WHERE status = 'active' AND ground > ?",
    "naval": "SELECT count(*) FROM nations WHERE status = 'active' AND naval > ?",
    "air": "SELECT count(*) FROM nations WHERE status = 'active' AND air > ?",
}
OWN: dict[RankMetric, str] = {
    "gdp": "SELECT id, name, prefix, gdp FROM nations WHERE id = ? AND status = 'active'",
    "population": "SELECT id, name, prefix, population FROM nations WHERE id = ? AND status = 'active'",
    "stability_bp": "SELECT id, name, prefix, stability_bp FROM nations WHERE id = ? AND status = 'active'",
    "tax_bp": "SELECT id, name, prefix, tax_bp FROM nations WHERE id = ? AND status = 'active'",
    "gdp_per_capita": """
SELECT id, name, prefix, gdp_per_capita FROM nations WHERE id = ? AND status = 'active'
""",
    "ground": "SELECT id, name, prefix, ground FROM nations WHERE id = ? AND status = 'active'",
    "naval": "SELECT id, name, prefix, naval FROM nations WHERE id = ? AND status = 'active'",
    "air": "SELECT id, name, prefix, air FROM nations WHERE id = ? AND status = 'active'",
}
_COUNT = "SELECT count(*) FROM nations WHERE status = 'active'"
_LEAST = -1
"""Below every figure: those that have none come after all that have one."""

if not set(PAGES) == set(ABOVE) == set(OWN) == set(get_args(RankMetric)):
    raise ValueError("every figure that is ranked needs its statements")


@query(kept=True, hot=True)
def ranking(
    tx: ReadTransaction, by: RankMetric, member_id: int | None = None, limit: int = 10, offset: int = 0
) -> Ranking:
    """Return a page of the ranking by a figure, and the place of the nation that a member leads."""
    rows = tx.fetch_all(PAGES[by], (limit, offset))
    places: list[RankPlace] = []
    for number, row in enumerate(rows, offset + 1):
        same = bool(places) and places[-1].value == row[3]
        place = places[-1].place if same else number if places else _above(tx, by, row) + 1
        places.append(RankPlace(place, *row))
    office = office_held_by(tx, member_id) if member_id is not None else None
    own = tx.fetch_one(OWN[by], (office.nation_id,)) if office is not None else None
    return Ranking(
        by,
        tuple(places),
        tx.fetch_value(_COUNT),
        RankPlace(_above(tx, by, own) + 1, *own) if own is not None else None,
    )


def own_places(tx: ReadTransaction, member_id: int) -> tuple[tuple[RankMetric, RankPlace], ...]:
    """Return the places of the nation that a member leads by every figure; none if it is not ranked."""
    office = office_held_by(tx, member_id)
    rows = ((by, tx.fetch_one(OWN[by], (office.nation_id,))) for by in OWN) if office is not None else ()
    return tuple((by, RankPlace(_above(tx, by, row) + 1, *row)) for by, row in rows if row is not None)


def _above(tx: ReadTransaction, by: RankMetric, row: Row) -> int:
    """Return how many nations stand above one."""
    return int(tx.fetch_value(ABOVE[by], (_LEAST if row[3] is None else row[3],)))
