"""The cities of a nation."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.nations.model import City
from modelus_bot.subjects.nations.queries.offices import office_held_by

__all__ = ["cities_of", "own_cities"]

_OF_NATION = """
SELECT id, nation_id, name, is_capital, position FROM nation_cities WHERE nation_id = ?
ORDER BY is_capital DESC, position, id
"""


@query(kept=True, hot=True)
def cities_of(tx: ReadTransaction, nation_id: int) -> tuple[City, ...]:
    """Return a nation's cities, the capital first, then as they were added."""
    rows = tx.fetch_all(_OF_NATION, (nation_id,))
    return tuple(City(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows)


@query(kept=True)
def own_cities(tx: ReadTransaction, member_id: int) -> tuple[City, ...]:
    """Return the cities of the nation whose office a member holds."""
    office = office_held_by(tx, member_id)
    return cities_of(tx, office.nation_id) if office is not None else ()
