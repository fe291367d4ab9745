"""Finding requests for cover, and the checks of their turn and of who would step in."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, Row, Transaction, query
from modelus_bot.domain.cover_days import Days, StandIn, days_words, in_the_way
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.assignments.queries import calendar_of, turn_of
from modelus_bot.subjects.covers.model import Cover, CoverCard, StatusFilter
from modelus_bot.subjects.disciplines.queries import discipline_label
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.subjects.rosters.queries import is_rostered
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.sprints.queries.sprints import require_sprint
from modelus_bot.text.escaping import plain

__all__ = ["cards_of", "cover", "covers", "require_cover", "require_slot"]

_SELECT = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label,
    o.first_day, o.last_day
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.id = ?
"""


_PENDING = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label,
    o.first_day, o.last_day
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.status IN ('open', 'taken')
ORDER BY o.created_at DESC, o.id DESC LIMIT :limit OFFSET :offset
"""


_BY_STATUS = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label,
    o.first_day, o.last_day
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.status = :status OR :status = 'all'
ORDER BY o.created_at DESC, o.id DESC LIMIT :limit OFFSET :offset
"""


def _cover(row: Row) -> Cover:
    *columns, first, last = row
    return Cover(*columns, *(date.fromisoformat(day) if day else None for day in (first, last)))


@query(kept=True, hot=True)
def cover(tx: ReadTransaction, cover_id: int) -> Cover | None:
    """Return a request, or None."""
    row = tx.fetch_one(_SELECT, (cover_id,))
    return None if row is None else _cover(row)


@query(kept=True, hot=True)
def covers(
    tx: ReadTransaction, status: StatusFilter = "pending", limit: int = 10, offset: int = 0
) -> tuple[Cover, ...]:
    """Return requests by status, newest first; ``pending`` are those that wait for a decision."""
    sql = _PENDING if status == "pending" else _BY_STATUS
    rows = tx.fetch_all(sql, {"status": status, "limit": limit, "offset": offset})
    return tuple(map(_cover, rows))


def require_cover(tx: ReadTransaction, cover_id: int) -> Cover:
    """Return a request or raise ``NotFound``."""
    found = cover(tx, cover_id)
    if found is None:
        raise NotFound(
            f"There is no cover request number {cover_id}. `/cover list` shows them.", rule="cover.unknown"
        )
    return found


def require_slot(
    tx: Transaction, sprint_id: int, discipline: str, original_id: int, days: Days | None = None
) -> Sprint:
    """Return the sprint if ``original_id`` has that turn and the days (None: all) may be covered."""
    sprint = require_sprint(tx, sprint_id)
    require_inside(sprint, days)
    require_not_over(tx, sprint, days)
    turn = turn_of(tx, sprint.id, discipline)
    taken = in_the_way(turn.stand_ins, days)
    if taken is not None:
        raise InvalidInput(_in_the_way(tx, sprint, discipline, taken), rule="cover.overlap")
    holder, _ = turn.holder()
    if holder != original_id:
        raise InvalidInput(
            f"That turn ({plain(discipline_label(tx, discipline))} in {plain(sprint.name)}) belongs to"
            " somebody else. `/oncall mine` shows yours.",
            rule="cover.not_holder",
        )
    return sprint


def require_inside(sprint: Sprint, days: Days | None) -> None:
    """Raise ``InvalidInput`` for days that are not days of a turn, or in the wrong order."""
    if days is None:
        return
    if days.last < days.first:
        raise InvalidInput(
            f"The last day, {days.last}, is before the first, {days.first}. Correct the days and try again.",
            rule="override_days_order",
        )
    turn = sprint.days
    if days.first < turn.first or days.last > turn.last:
        raise InvalidInput(
            f"{days_words(days)} is not within {plain(sprint.name)}, whose days are {turn.first} to"
            f" {turn.last}. Choose days of that turn.",
            rule="cover.days",
        )


def require_not_over(tx: Transaction, sprint: Sprint, days: Days | None = None) -> None:
    """Raise ``InvalidInput`` when the last hand-over of a turn, or of days of it, has passed."""
    if tx.context.at >= (days or sprint.days).end(calendar_of(tx.context)):
        what = f"{days_words(days)} in {plain(sprint.name)}" if days is not None else plain(sprint.name)
        raise InvalidInput(f"{what} is over.", rule="cover.over")


def _in_the_way(tx: Transaction, sprint: Sprint, discipline: str, taken: StandIn) -> str:
    """Say which approved cover has days that were asked for."""
    when = f" on {days_words(taken.days)}" if taken.days is not None else ""
    return (
        f"{plain(discipline_label(tx, discipline))} in {plain(sprint.name)} is already covered{when}:"
        f" cover request {taken.cover_id}, by {plain(taken.username)}, stands in the way."
        " A manager can revoke that cover first."
    )


def require_replacement(tx: Transaction, user_id: int, discipline: str, original_id: int) -> None:
    """Raise unless somebody may step in: active, on the roster, and not the one who is replaced."""
    if user_id == original_id:
        raise InvalidInput("Somebody cannot cover their own turn.", rule="override_distinct")
    member = require_active_member(tx, user_id)
    if not is_rostered(tx, user_id, discipline):
        raise InvalidInput(
            f"{plain(member.username)} is not on the roster of {plain(discipline_label(tx, discipline))},"
            " so cannot cover it.",
            rule="cover.not_rostered",
        )


MOST = 20
"""How many messages of one request are rewritten; the newest ones, and the one it was asked with."""


_OF = """
SELECT message_id, channel_id, kind FROM cover_cards WHERE cover_id = ? ORDER BY shown_at, message_id
"""


@query
def cards_of(tx: ReadTransaction, cover_id: int) -> tuple[CoverCard, ...]:
    """Return the messages that show a request, the one it was asked with first, then the newest ones."""
    found = tuple(CoverCard(*row) for row in tx.fetch_all(_OF, (cover_id,)))
    return found if len(found) <= MOST else (found[0], *found[1 - MOST :])
