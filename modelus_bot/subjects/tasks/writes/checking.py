"""The daily check: every open task is looked at once a day, whenever the bot comes to it."""

from __future__ import annotations

import json

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.subjects.tasks.model import DailyCheck, StaffTask
from modelus_bot.subjects.tasks.queries.rows import task_of
from modelus_bot.subjects.tasks.rules.risk import level_of, rises, task_day
from modelus_bot.subjects.tasks.writes.notices import tell_of_rise
from modelus_bot.subjects.tasks.writes.saving import assessed

__all__ = ["CHECK", "CheckTasks", "assess_open"]

CHECK = "task_check"
"""The job's name in the records of runs; the key of a run is its day."""

_LAST = "SELECT max(run_key) FROM job_runs WHERE job = ?"
_BEGIN = """
INSERT INTO job_runs(job, run_key, status, started_at, finished_at) VALUES(?, ?, 'delivered', ?, ?)
ON CONFLICT(job, run_key) DO NOTHING
"""
_END = "UPDATE job_runs SET details = ? WHERE job = ? AND run_key = ?"
_OPEN = "SELECT * FROM tasks WHERE status IN ('todo', 'in_progress') ORDER BY end_date, id"
_ASSESS = "UPDATE tasks SET is_delayed = ?, risk = ? WHERE id = ?"


class CheckTasks(Write[DailyCheck | None]):
    """Look at every open task on the day that tasks are in; None when that day was looked at already.

    Days that passed while the bot was away are not made up for one by one: what stands is what is told.
    """

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> DailyCheck | None:
        """Save what stands differently, and tell of each rise, with the record of the run."""
        day = task_day(tx.context.at, tx.context.zone)
        key, at = day.isoformat(), tx.context.at
        last = tx.fetch_value(_LAST, (CHECK,))
        if last is not None and last >= key:
            return None
        tx.execute(_BEGIN, (CHECK, key, at, at))
        changed, told = assess_open(tx, tell=True)
        tx.execute(_END, (json.dumps({"changed": changed, "told": told}), CHECK, key))
        return DailyCheck(day, changed, told)


def assess_open(tx: Transaction, *, tell: bool) -> tuple[int, int]:
    """Assess every open task anew; returns how many stand differently, and how many people were told."""
    changed = told = 0
    for row in tx.fetch_all(_OPEN):
        before = task_of(row)
        after = assessed(before, tx)
        if after == before:
            continue
        _assess(tx, before, after)
        changed += 1
        level = level_of(after.risk, delayed=after.is_delayed)
        if tell and rises(level_of(before.risk, delayed=before.is_delayed), level):
            told += tell_of_rise(tx, after, level)
    return changed, told


def _assess(tx: Transaction, before: StaffTask, after: StaffTask) -> None:
    """Save how late and at risk a task is; nobody's card grows old by it, so its version stays."""
    tx.execute(_ASSESS, (int(after.is_delayed), after.risk, after.id))
    old, new = ({"is_delayed": int(item.is_delayed), "risk": item.risk} for item in (before, after))
    tx.audit("tasks", after.id, "UPDATE", old=old, new=new)
