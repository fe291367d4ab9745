"""Treaties in lists, one by its number, and those of two nations."""

from __future__ import annotations

from typing import Literal

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.permissions import Viewer, standing
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.treaties.model import Treaty, TreatyKind, TreatyStatus

__all__ = [
    "due_proposals",
    "open_between",
    "open_of",
    "require_treaty",
    "treaties",
    "treaties_in_force",
    "treaties_to_pick",
    "treaty",
]

_ONE = """
SELECT t.id, t.nation_a, a.name, t.nation_b, b.name, t.kind, t.status, t.proposed_by, t.terms, t.proposer_id,
    t.proposed_at, t.expires_at, t.decided_by, t.decided_at, t.ended_by, t.ended_at, t.end_reason, t.version
FROM treaties AS t JOIN nations AS a ON a.id = t.nation_a JOIN nations AS b ON b.id = t.nation_b
WHERE t.id = ?
"""
_NUMBERS = "SELECT id FROM treaties WHERE status = ? ORDER BY id DESC LIMIT ? OFFSET ?"
_NUMBERS_OF = """
SELECT id FROM treaties WHERE nation_a = :nation AND status = :status
UNION ALL SELECT id FROM treaties WHERE nation_b = :nation AND status = :status
ORDER BY id DESC LIMIT :limit OFFSET :offset
"""
_BETWEEN = """
SELECT id FROM treaties
WHERE nation_a = ? AND nation_b = ? AND kind = ? AND status IN ('pending', 'active')
"""
_DUE = "SELECT id FROM treaties WHERE status = 'pending' AND expires_at <= ? ORDER BY expires_at LIMIT ?"
Side = Literal["proposed", "answers", "either"]
MOST_DUE, MOST_PICKED, MOST_DRAWN = 500, 200, 2000


@query(kept=True, hot=True)
def treaty(tx: ReadTransaction, treaty_id: int) -> Treaty | None:
    """Return a treaty, or None."""
    row = tx.fetch_one(_ONE, (treaty_id,))
    return None if row is None else Treaty(*row)


def require_treaty(tx: ReadTransaction, treaty_id: int) -> Treaty:
    """Return a treaty or raise ``NotFound``."""
    found = treaty(tx, treaty_id)
    if found is None:
        raise NotFound("There is no such treaty. `/treaty list` shows them all.", rule="treaty.unknown")
    return found


@query(kept=True, hot=True)
def treaties(
    tx: ReadTransaction,
    status: TreatyStatus = "active",
    nation_id: int | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[Treaty, ...]:
    """Return treaties of a status, of one nation if it is given, the newest first."""
    if nation_id is None:
        rows = tx.fetch_all(_NUMBERS, (status, limit, offset))
    else:
        values = {"nation": nation_id, "status": status, "limit": limit, "offset": offset}
        rows = tx.fetch_all(_NUMBERS_OF, values)
    return tuple(require_treaty(tx, row[0]) for row in rows)


@query(kept=True)
def treaties_to_pick(
    tx: ReadTransaction, viewer: Viewer, status: TreatyStatus, side: Side = "either"
) -> tuple[Treaty, ...]:
    """Return treaties of a status to pick from: those of the viewer's nation; administrators pick from all.

    ``side`` is on which one the nation stands: the one that proposed, the one that answers, or either.
    """
    office = office_held_by(tx, viewer.id)
    if standing(tx, viewer).admin:
        return treaties(tx, status, None, MOST_PICKED)
    if office is None:
        return ()
    own = treaties(tx, status, office.nation_id, MOST_PICKED)
    sides = {"proposed": True, "answers": False}
    return tuple(
        one for one in own if side == "either" or (one.proposed_by == office.nation_id) == sides[side]
    )


@query(kept=True, hot=True)
def treaties_in_force(tx: ReadTransaction) -> tuple[Treaty, ...]:
    """Return the treaties that are in force, the newest first, as many as a picture could show."""
    return treaties(tx, "active", None, MOST_DRAWN)


@query
def due_proposals(tx: ReadTransaction, now: int) -> tuple[int, ...]:
    """Return the numbers of proposals whose time is over, which was first over first."""
    return tuple(row[0] for row in tx.fetch_all(_DUE, (now, MOST_DUE)))


def open_between(tx: ReadTransaction, one: int, other: int, kind: TreatyKind) -> Treaty | None:
    """Return what waits or is in force of a kind between two nations."""
    number = tx.fetch_value(_BETWEEN, (min(one, other), max(one, other), kind))
    return None if number is None else require_treaty(tx, number)


def open_of(tx: ReadTransaction, nation_id: int) -> tuple[Treaty, ...]:
    """Return every treaty of a nation that waits or is in force."""
    every = 2**31
    return (*treaties(tx, "active", nation_id, every), *treaties(tx, "pending", nation_id, every))
