"""Covers that end because the person who would step in is deactivated."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.text.escaping import plain

__all__ = ["end_covers"]

_PROMISED = """
SELECT o.id, o.status, d.label, o.requested_by, o.original_id, s.name
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.replacement_id = ? AND o.status IN ('open', 'taken', 'approved') AND s.end_date > ?
ORDER BY o.id
"""
_END = "UPDATE overrides SET status = ?, decided_by = NULL, decided_at = ?, updated_at = ? WHERE id = ?"


def end_covers(tx: Transaction, user_id: int) -> int:
    """Revoke or decline what somebody promised to cover and is not over; return how many covers ended.

    Nobody decided these, so ``decided_by`` stays empty; the audit entry says who caused it.
    """
    now = tx.context.at
    duty_day = Calendar(tx.context.zone, tx.context.handoff_minute).duty_day(now)
    rows = tx.fetch_all(_PROMISED, (user_id, duty_day.isoformat()))
    for row in rows:
        status = "revoked" if row["status"] == "approved" else "declined"
        tx.execute(_END, (status, now, now, row["id"]))
        tx.audit("overrides", row["id"], "UPDATE", old={"status": row["status"]}, new={"status": status})
        for person in sorted({row["requested_by"], row["original_id"]} - {tx.context.actor}):
            duty, sprint = plain(row["label"]), plain(row["name"])
            notify(
                tx, person, "cover", f"Cover of {duty}, {sprint}",
                f"Cover request {row['id']} for {duty} in {sprint} ended, because the person who would step"
                " in is no longer active. `/cover request` asks somebody else.",
                dedupe_key=f"cover:{row['id']}:{status}:{now}", ref_table="overrides", ref_id=row["id"],
            )  # fmt: skip
    return len(rows)
