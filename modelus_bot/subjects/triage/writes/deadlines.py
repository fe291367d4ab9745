"""What the clock does to items: what is late is told of, once for each step; what has slept wakes."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database import Transaction, Write
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import item_of
from modelus_bot.subjects.triage.queries.routing import holder_next, holder_now, managers
from modelus_bot.subjects.triage.rules import due_levels
from modelus_bot.subjects.triage.writes.changes import remark, save, tell, title_of

__all__ = ["JOB", "ClockReport", "TickClock", "take_back_escalations"]

JOB = "triage clock"
BATCH = 500
"""How many items one run looks at; those that are latest go first, the next run does the rest."""
STEPS = {1: "holder", 2: "next", 3: "managers"}

_LATE = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.first_response_at IS NULL AND t.status IN ('pending', 'in_review') AND t.escalated < 3
  AND t.respond_by <= ?
ORDER BY t.respond_by LIMIT ?
"""
_AWAKE = """
SELECT t.*, d.label FROM triage_items AS t LEFT JOIN disciplines AS d ON d.key = t.discipline
WHERE t.snoozed_until <= ? ORDER BY t.snoozed_until LIMIT ?
"""
_RUN = """
INSERT INTO job_runs(job, run_key, status, started_at, finished_at) VALUES(?, ?, 'delivered', ?, ?)
ON CONFLICT(job, run_key) DO NOTHING
"""
_RUNS_AFTER = "SELECT run_key FROM job_runs WHERE job = ? AND started_at > ?"
_LOWER = "UPDATE triage_items SET escalated = ? WHERE id = ? AND escalated > ?"


@dataclass(frozen=True, slots=True)
class ClockReport:
    """How many steps of late items were taken, and how many items woke."""

    escalated: int
    woken: int


class TickClock(Write[ClockReport]):
    """Wake what has slept, and take the steps that are due of late items, each once."""

    def apply(self, tx: Transaction) -> ClockReport:
        """Tell whom it concerns."""
        woken = [item_of(row) for row in tx.fetch_all(_AWAKE, (tx.context.at, BATCH))]
        for found in woken:
            _wake(tx, found)
        late = [item_of(row) for row in tx.fetch_all(_LATE, (tx.context.at, BATCH))]
        return ClockReport(sum(_escalate(tx, found) for found in late), len(woken))


def take_back_escalations(tx: Transaction, beyond: int) -> None:
    """Undo the steps taken after ``beyond`` (UTC seconds), a future that did not come."""
    for row in tx.fetch_all(_RUNS_AFTER, (JOB, beyond)):
        number, level = map(int, row[0].split(":"))
        tx.execute(_LOWER, (level - 1, number, level - 1))


def _wake(tx: Transaction, found: TriageItem) -> None:
    change = save(tx, found, snoozed_until=None)
    remark(tx, found, "It woke.")
    ends = f" Somebody has to answer by <t:{found.respond_by}:f>." if found.waits else ""
    text = f"It was snoozed until now.{ends}"
    tell(
        tx, found, found.assigned_to, f"Item {title_of(found)} is awake again", text,
        key=f"woke:{change.after.version}",
    )  # fmt: skip


def _escalate(tx: Transaction, found: TriageItem) -> int:
    """Take the steps of an item that are due, and return how many."""
    now = tx.context.at
    due = due_levels(found.respond_by, found.priority, found.escalated, now, found.snoozed_until)
    fresh = [level for level in due if tx.execute(_RUN, (JOB, f"{found.id}:{level}", now, now))]
    told: set[int] = set()
    for level in fresh:
        people = [person for person in _people(tx, found, level) if person not in told]
        told.update(people)
        for person in people:
            _tell_late(tx, found, person, level)
    if due:
        save(tx, found, escalated=due[-1])
        names = ", ".join(STEPS[level] for level in fresh)
        remark(tx, found, f"Nobody has answered in time. Told: {names or 'nobody'}.")
    return len(fresh)


def _people(tx: Transaction, found: TriageItem, level: int) -> tuple[int, ...]:
    """Return who is told at a level; where nobody has the item or its duty, managers are at once."""
    calendar = calendar_of(tx.context)
    if level == 1:
        holder = holder_now(tx, found.discipline, tx.context.at, calendar)
        people = dict.fromkeys(filter(None, (found.assigned_to, holder)))
        return tuple(people) or managers(tx)
    following = holder_next(tx, found.discipline, tx.context.at, calendar) if level == 2 else None
    return managers(tx) if level == 3 else tuple(filter(None, (following,)))


def _tell_late(tx: Transaction, found: TriageItem, person: int, level: int) -> None:
    why = {
        1: "It is yours, or you are on duty for it.",
        2: "You have this duty in the next sprint, and whoever has it now has not answered.",
        3: "Neither whoever is on duty nor whoever is next has answered.",
    }[level]
    text = f"Somebody had to answer by <t:{found.respond_by}:f> (<t:{found.respond_by}:R>). {why}"
    title = f"Late: item {title_of(found)}, priority {found.priority}"
    tell(tx, found, person, title, text, key=f"late:{STEPS[level]}")
