"""Items go on with the duty that they belong to, and its new holder is told once of all of them."""

from __future__ import annotations

from modelus_bot.database import Row, Transaction, Write
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.disciplines.queries import discipline_label
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import item_of
from modelus_bot.subjects.triage.queries.routing import holders_now
from modelus_bot.subjects.triage.writes.changes import name_in, raw_name, remark, save, title_of
from modelus_bot.text.escaping import plain

__all__ = ["HandOver"]

LISTED = 10
"""How many items a notice names."""

_DUTIES = """
SELECT DISTINCT discipline, assigned_to FROM triage_items
WHERE by_duty = 1 AND status IN ('pending', 'in_review')
"""
_OF_THE_GONE = """
SELECT t.*, d.label FROM users AS u
JOIN triage_items AS t ON t.assigned_to = u.discord_id AND t.status IN ('pending', 'in_review')
LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE u.is_active = 0 AND t.by_duty = 0
"""
_OF = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.by_duty = 1 AND t.status IN ('pending', 'in_review') AND t.discipline IS ? AND t.assigned_to IS ?
ORDER BY t.id
"""


class HandOver(Write[int]):
    """Give open items to whoever has their duty now, and return how many; doing it again does nothing.

    What somebody works on stays theirs while others only stand in for days of their turn, and until they
    are deactivated.
    """

    def apply(self, tx: Transaction) -> int:
        """Move the items of each duty that passed on, and those of people who are deactivated."""
        for row in tx.fetch_all(_OF_THE_GONE):
            save(tx, item_of(row), by_duty=True)
        return sum(_pass_on(tx, row) for row in tx.fetch_all(_DUTIES))


def _pass_on(tx: Transaction, duty: Row) -> int:
    discipline, before = duty["discipline"], duty["assigned_to"]
    holders = holders_now(tx, discipline, tx.context.at, calendar_of(tx.context))
    after = holders[0] if holders else None
    if before == after:
        return 0
    found = [item_of(row) for row in tx.fetch_all(_OF, (discipline, before))]
    moved = [item for item in found if item.status == "pending" or before not in holders]
    for item in moved:
        _move(tx, item, after)
    if moved and after is not None:
        _tell(tx, moved, after, before)
    return len(moved)


def _move(tx: Transaction, item: TriageItem, after: int | None) -> None:
    words = f"Handed over from {raw_name(tx, item.assigned_to)} to {raw_name(tx, after)}."
    remark(tx, item, words)
    save(tx, item, assigned_to=after, status="pending")


def _tell(tx: Transaction, moved: list[TriageItem], after: int, before: int | None) -> None:
    duty = plain(discipline_label(tx, moved[0].discipline)) if moved[0].discipline is not None else "this"
    whose = f", from {name_in(tx, before)}" if before is not None else ""
    lines = [f"• {title_of(item)}, {item.priority}" for item in moved[:LISTED]]
    if len(moved) > LISTED:
        lines.append(f"• and {len(moved) - LISTED} more")
    lines.append("`/triage queue` lists yours; `/triage claim` says that you work on one.")
    count = "1 open item is" if len(moved) == 1 else f"{len(moved)} open items are"
    notify(
        tx, after, "issue_reported", f"{count} handed over to you: {duty}",
        f"With the duty of {duty} you have{whose}:\n" + "\n".join(lines),
    )  # fmt: skip
