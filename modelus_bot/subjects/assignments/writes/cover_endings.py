"""Covers that end by themselves: who would step in is deactivated, or their days leave the turn."""

from __future__ import annotations

from collections.abc import Iterable

from modelus_bot.database import Row, Transaction
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.text.escaping import plain

__all__ = ["end_covers", "end_covers_outside"]

_PROMISED = """
SELECT o.id, o.status, d.label, o.requested_by, o.original_id, s.name
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.replacement_id = :user AND o.status IN ('open', 'taken', 'approved') AND s.end_date > :today
AND (o.last_day IS NULL OR o.last_day >= :today)
ORDER BY o.id
"""
_OUTSIDE = """
SELECT o.id, o.status, d.label, o.requested_by, o.original_id, o.replacement_id, s.name
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.sprint_id = ? AND o.status IN ('open', 'taken', 'approved')
AND (o.first_day < s.start_date OR o.last_day >= s.end_date)
ORDER BY o.id
"""
_END = "UPDATE overrides SET status = ?, decided_by = NULL, decided_at = ?, updated_at = ? WHERE id = ?"


def end_covers(tx: Transaction, user_id: int) -> int:
    """Revoke or decline what somebody promised to cover and is not over; return how many covers ended."""
    duty_day = Calendar(tx.context.zone, tx.context.handoff_minute).duty_day(tx.context.at)
    rows = tx.fetch_all(_PROMISED, {"user": user_id, "today": duty_day.isoformat()})
    for row in rows:
        why = "the person who would step in is no longer active. `/cover request` asks somebody else."
        _end(tx, row, {row["requested_by"], row["original_id"]}, why)
    return len(rows)


def end_covers_outside(tx: Transaction, sprint_id: int) -> int:
    """Revoke or decline covers of days that a sprint no longer has; return how many covers ended."""
    rows = tx.fetch_all(_OUTSIDE, (sprint_id,))
    for row in rows:
        why = "the sprint's days changed and no longer have all of its days. `/cover request` asks anew."
        _end(tx, row, {row["requested_by"], row["original_id"], row["replacement_id"]} - {None}, why)
    return len(rows)


def _end(tx: Transaction, row: Row, people: Iterable[int], why: str) -> None:
    """End one cover and tell people.

    Nobody decided it, so ``decided_by`` stays empty; the audit entry says who caused it.
    """
    now = tx.context.at
    status = "revoked" if row["status"] == "approved" else "declined"
    tx.execute(_END, (status, now, now, row["id"]))
    tx.audit("overrides", row["id"], "UPDATE", old={"status": row["status"]}, new={"status": status})
    for person in sorted(set(people) - {tx.context.actor}):
        duty, sprint = plain(row["label"]), plain(row["name"])
        notify(
            tx, person, "cover", f"Cover of {duty}, {sprint}",
            f"Cover request {row['id']} for {duty} in {sprint} ended, because {why}",
            dedupe_key=f"cover:{row['id']}:{status}:{now}", ref_table="overrides", ref_id=row["id"],
        )  # fmt: skip
