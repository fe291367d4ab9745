"""Covers: somebody else takes a turn, with a manager's approval.

    open ──take──▶ taken ──approve──▶ approved ──revoke──▶ revoked
     │  ◀──untake──┘ │ │
     │               │ └─decline, refuse──▶ declined
     ├─approve (a named replacement), decline, refuse
     └─withdraw──▶ withdrawn      end of the sprint──▶ expired

A request names a replacement or is an open call that anybody on the roster may take. The person who
approves is neither the requester nor the replacement. Repeating a request is the same row: it counts
the attempt, reopens what was declined, withdrawn, expired or revoked, and never un-approves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelus_bot.database.open_transaction import ReadTransaction, Row, Transaction
from modelus_bot.database.operation import query
from modelus_bot.domain.assignments import calendar_of, effective_holder
from modelus_bot.domain.disciplines import discipline_label
from modelus_bot.domain.errors import InvalidInput, NotFound
from modelus_bot.domain.members import require_active_member
from modelus_bot.domain.rosters import is_rostered
from modelus_bot.domain.sprints import Sprint, require_sprint
from modelus_bot.escaping import plain

__all__ = [
    "Cover",
    "CoverChange",
    "cover",
    "covers",
    "require_cover",
    "require_slot",
]

_SELECT = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.id = ?
"""
_PENDING = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.status IN ('open', 'taken')
ORDER BY o.created_at DESC, o.id DESC LIMIT :limit OFFSET :offset
"""
_BY_STATUS = """
SELECT o.id, o.sprint_id, s.name, o.discipline, o.requested_by, o.original_id, o.replacement_id, o.status,
    o.reason, o.attempts, o.decided_by, o.decided_at, o.message_id, o.created_at, d.label
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.status = :status OR :status = 'all'
ORDER BY o.created_at DESC, o.id DESC LIMIT :limit OFFSET :offset
"""

StatusFilter = Literal[
    "pending", "all", "open", "taken", "approved", "declined", "withdrawn", "expired", "revoked"
]


@dataclass(frozen=True, slots=True)
class Cover:
    """A request: whose turn (``original_id``), who asked, who would step in (None: anybody), its status."""

    id: int
    sprint_id: int
    sprint_name: str
    discipline: str
    requested_by: int
    original_id: int
    replacement_id: int | None
    status: str
    reason: str | None
    attempts: int
    decided_by: int | None
    decided_at: int | None
    message_id: int | None
    created_at: int
    label: str = ""
    """The discipline's name; empty in results that were stored by an older version."""

    @property
    def duty(self) -> str:
        """What people call the discipline."""
        return self.label or self.discipline

    @property
    def is_pending(self) -> bool:
        """True while somebody still has to decide."""
        return self.status in {"open", "taken"}


@dataclass(frozen=True, slots=True)
class CoverChange:
    """A request after a step, how it stood before (None: it is new), and whether duty changed now."""

    cover: Cover
    before: str | None
    duty_changed: bool = False


def _cover(row: Row) -> Cover:
    return Cover(*row)


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


def require_slot(tx: Transaction, sprint_id: int, discipline: str, original_id: int) -> Sprint:
    """Return the sprint if ``original_id`` has that turn and it is not over, nor covered already."""
    sprint = require_sprint(tx, sprint_id)
    require_not_over(tx, sprint)
    holder, source = effective_holder(tx, sprint.id, discipline)
    if source == "override":
        raise InvalidInput(
            f"{plain(discipline_label(tx, discipline))} in {plain(sprint.name)} is already covered."
            " A manager can revoke that cover first.",
            rule="override_one_approved",
        )
    if holder != original_id:
        raise InvalidInput(
            f"That turn ({plain(discipline_label(tx, discipline))} in {plain(sprint.name)}) belongs to"
            " somebody else. `/oncall mine` shows yours.",
            rule="cover.not_holder",
        )
    return sprint


def require_not_over(tx: Transaction, sprint: Sprint) -> None:
    """Raise ``InvalidInput`` when a sprint's last hand-over has passed."""
    if tx.context.at >= calendar_of(tx.context).handoff(sprint.end):
        raise InvalidInput(f"{plain(sprint.name)} is over.", rule="cover.over")


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
