"""What every step of a cover request shares: the check of its status, the write, the words to people."""

from __future__ import annotations

from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.domain.cover_days import days_words
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.covers.model import Cover, CoverChange
from modelus_bot.subjects.covers.queries import require_cover
from modelus_bot.subjects.covers.writes.notices import tell_of_cover, turn_words
from modelus_bot.text.escaping import plain

__all__ = ["audit", "require_status", "step", "tell_people"]

_DECIDE = """
UPDATE overrides SET status = ?, replacement_id = ?, decided_by = ?, decided_at = ?, updated_at = ?
WHERE id = ? RETURNING id
"""


def require_status(found: Cover, *allowed: str, what: str) -> None:
    """Raise ``InvalidInput`` unless the request has one of the statuses from which it can be ``what``."""
    if found.status in allowed:
        return
    outcome = "already" if found.status == what else f"{found.status}, so it cannot be"
    raise InvalidInput(f"Cover request {found.id} is {outcome} {what}.", rule=f"cover.{found.status}")


def step(
    tx: Transaction,
    found: Cover,
    status: str,
    *,
    replacement: int | None,
    decided_by: int | None = None,
    decided: bool = False,
    why: str | None = None,
) -> CoverChange:
    """Write the new status and its audit entry; ``decided`` notes the time although nobody decided."""
    now = tx.context.at
    at = now if decided or decided_by is not None else None
    tx.fetch_value(_DECIDE, (status, replacement, decided_by, at, now, found.id))
    after = require_cover(tx, found.id)
    audit(tx, after, found.status, before_replacement=found.replacement_id, why=why)
    return CoverChange(after, found.status)


def audit(
    tx: Transaction,
    after: Cover,
    before: str | None,
    *,
    before_replacement: int | None = None,
    why: str | None = None,
) -> None:
    """Add the audit entry of a step; ``before`` is the status it had, None for a new request."""
    new: dict[str, Any] = {
        "status": after.status,
        "sprint_id": after.sprint_id,
        "discipline": after.discipline,
        "replacement_id": after.replacement_id,
        "attempts": after.attempts,
    }
    if after.days is not None:
        new |= {"first_day": str(after.days.first), "last_day": str(after.days.last)}
    if why:
        new["reason"] = why
    old = None if before is None else {"status": before, "replacement_id": before_replacement}
    tx.audit("overrides", after.id, "INSERT" if before is None else "UPDATE", old=old, new=new)


def tell_people(tx: Transaction, after: Cover, what: str, *, skip: int | None) -> None:
    """Tell the requester, the person replaced and the replacement, but not whoever acted."""
    of_days = f", {days_words(after.days)}" if after.days is not None else ""
    people = {after.requested_by, after.original_id, after.replacement_id} - {None, skip}
    for person in sorted(item for item in people if item is not None):
        tell_of_cover(
            tx,
            after,
            person,
            f"Cover of {plain(after.duty)}, {plain(after.sprint_name)}{of_days}",
            f"Cover request {after.id} for {turn_words(tx, after)}: {what}.",
            key=f"{after.status}:{after.attempts}:{tx.context.at}",
        )
