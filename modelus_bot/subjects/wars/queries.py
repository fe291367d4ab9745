"""Wars in lists, one with its sides, what happened in it, and who stands where on a map."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.map_tints import MapChoice, MapGroups
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.wars.model import War, WarEvent, WarSheet, WarSide, WarStatus
from modelus_bot.subjects.wars.rules import sides_on_map

__all__ = ["named_wars", "war_choices", "war_events", "war_groups", "war_sheet", "wars"]

_ONE = """
SELECT id, name, status, started_on, ended_on, end_reason, casualties, description, version FROM wars
WHERE id = ?
"""
_ALL = """
SELECT id, name, status, started_on, ended_on, end_reason, casualties, description, version FROM wars
ORDER BY id DESC LIMIT ? OFFSET ?
"""
_OF_STATUS = """
SELECT id, name, status, started_on, ended_on, end_reason, casualties, description, version FROM wars
WHERE status = ? ORDER BY id DESC LIMIT ? OFFSET ?
"""
_SIDES = """
SELECT s.war_id, s.nation_id, n.name, s.side, s.joined_on, s.left_on
FROM war_sides AS s JOIN nations AS n ON n.id = s.nation_id
WHERE s.war_id = ? ORDER BY s.side, s.joined_on, n.name
"""
_EVENTS = """
SELECT e.kind, n.name, e.side, e.casualties, e.note, e.on_day
FROM war_events AS e LEFT JOIN nations AS n ON n.id = e.nation_id
WHERE e.war_id = ? ORDER BY e.on_day, e.id LIMIT ? OFFSET ?
"""
MOST_NAMED = 1000
"""Wars that suggestions choose from, the newest."""


@query(kept=True, hot=True)
def war_sheet(tx: ReadTransaction, war_id: int) -> WarSheet:
    """Return a war with its sides; raises ``NotFound``."""
    row = tx.fetch_one(_ONE, (war_id,))
    if row is None:
        raise NotFound("There is no such war. `/war list` shows them all.", rule="war.unknown")
    return WarSheet(_war(row), tuple(map(_side, tx.fetch_all(_SIDES, (war_id,)))))


@query(kept=True, hot=True)
def wars(
    tx: ReadTransaction, status: WarStatus | None = None, limit: int = 10, offset: int = 0
) -> tuple[WarSheet, ...]:
    """Return wars with their sides, the newest first."""
    rows = (
        tx.fetch_all(_ALL, (limit, offset))
        if status is None
        else tx.fetch_all(_OF_STATUS, (status, limit, offset))
    )
    return tuple(WarSheet(_war(row), tuple(map(_side, tx.fetch_all(_SIDES, (row[0],))))) for row in rows)


@query(kept=True, hot=True)
def named_wars(tx: ReadTransaction) -> tuple[War, ...]:
    """Return the newest wars, to pick from: those that go on before others."""
    found = tuple(map(_war, tx.fetch_all(_ALL, (MOST_NAMED, 0))))
    return tuple(sorted(found, key=lambda war: war.status != "active"))


@query(kept=True, hot=True)
def war_events(tx: ReadTransaction, war_id: int, limit: int = 10, offset: int = 0) -> tuple[WarEvent, ...]:
    """Return what happened in a war, day by day."""
    rows = tx.fetch_all(_EVENTS, (war_id, limit, offset))
    return tuple(WarEvent(row[0], row[1], row[2], row[3], row[4], date.fromisoformat(row[5])) for row in rows)


@query(kept=True, hot=True)
def war_choices(tx: ReadTransaction) -> tuple[MapChoice, ...]:
    """Return the wars that a map can show, those that go on before others."""
    return tuple(
        MapChoice(war.id, war.name, "" if war.ended_on is None else f"until {war.ended_on.isoformat()}")
        for war in named_wars(tx)
    )


@query(kept=True, hot=True)
def war_groups(tx: ReadTransaction, war_id: int | None) -> MapGroups:
    """Return the sides of a war: the newest that goes on where none is chosen, else the newest of all.

    Raises ``NotFound`` where there is none.
    """
    if war_id is not None:
        return sides_on_map(war_sheet(tx, war_id))
    newest = wars(tx, "active", 1) or wars(tx, None, 1)
    if not newest:
        raise NotFound("There has been no war yet, so no map can show its sides.", rule="war.none")
    return sides_on_map(newest[0])


def _war(row: Row) -> War:
    return War(row[0], row[1], row[2], date.fromisoformat(row[3]), _day(row[4]), *row[5:])


def _side(row: Row) -> WarSide:
    return WarSide(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]), _day(row[5]))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
