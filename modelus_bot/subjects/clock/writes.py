"""Taking back what was done by the clock in a future that did not come: the machine's clock was wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass

from modelus_bot.database import Transaction, Write
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.assignments.writes.rematerialising import rematerialise
from modelus_bot.subjects.covers.queries import require_cover
from modelus_bot.subjects.covers.writes.changes import step, tell_people
from modelus_bot.subjects.tasks.writes.checking import assess_open
from modelus_bot.subjects.triage.writes.deadlines import take_back_escalations

__all__ = ["TakeBackFuture", "TakenBack"]

LONGEST_RETRY = 43_200
"""Seconds until a notice that could not be delivered is tried again, at most."""
GIVEN_UP = 365 * 86_400
"""One that waits for longer was given up."""

_BY_THE_CLOCK = """
(dedupe_key GLOB 'duty:*' OR dedupe_key GLOB 'empty:*' OR dedupe_key GLOB 'gap:*'
OR dedupe_key GLOB 'cover:*:expired:*' OR dedupe_key GLOB 'remind:*' OR dedupe_key GLOB 'late:*'
OR dedupe_key GLOB 'heads-up:*' OR dedupe_key GLOB 'triage:*:late:*')
"""
_UNSEEN = "(delivered_at IS NULL OR way = 'off' OR (way = 'inbox' AND is_read = 0))"
"""Neither sent nor read."""
_FORGET = f"""
DELETE FROM notifications WHERE {_UNSEEN} AND created_at > ? AND {_BY_THE_CLOCK}
RETURNING user_id, dedupe_key
"""  # noqa: S608 - both parts stand above
_TOLD = f"""
SELECT count(*) FROM notifications WHERE NOT {_UNSEEN} AND created_at > ? AND {_BY_THE_CLOCK}
"""  # noqa: S608 - both parts stand above
_DUE_NOW = """
UPDATE notifications SET deliver_after = :now, created_at = :now
WHERE delivered_at IS NULL AND created_at > :beyond AND deliver_after = created_at
"""
_RELEASE = """
UPDATE notifications
SET deliver_after = min(held_from, :now), held_from = NULL, created_at = min(created_at, :now)
WHERE delivered_at IS NULL AND held_from IS NOT NULL AND deliver_after > :beyond
"""
"""What quiet hours of that future hold is judged anew."""
_RETRY_NOW = """
UPDATE notifications SET deliver_after = :now
WHERE delivered_at IS NULL AND attempts > 0 AND deliver_after > :latest AND deliver_after < :given_up
"""
_EXPIRED = """
SELECT o.id FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
WHERE o.status = 'expired' AND o.updated_at > :beyond AND s.end_date > :today
AND (o.last_day IS NULL
    OR (o.last_day >= :today AND o.first_day >= s.start_date AND o.last_day < s.end_date))
AND NOT EXISTS (
    SELECT 1 FROM overrides AS other
    WHERE other.sprint_id = o.sprint_id AND other.discipline = o.discipline
    AND other.requested_by = o.requested_by AND other.status = 'open'
    AND other.replacement_id IS NULL AND o.replacement_id IS NULL
    AND other.first_day IS o.first_day AND other.last_day IS o.last_day
)
ORDER BY o.id
"""
_WAS = """
SELECT old_values FROM audit_logs WHERE table_name = 'overrides' AND record_id = ? ORDER BY id DESC LIMIT 1
"""
_TOLD_OF = """
SELECT 1 FROM notifications
WHERE delivered_at IS NOT NULL AND created_at > ? AND dedupe_key GLOB 'cover:' || ? || ':expired:*'
"""
_REMIND_AGAIN = """
UPDATE notifications SET dedupe_key = NULL
WHERE delivered_at IS NOT NULL AND created_at > ?
AND (dedupe_key GLOB 'remind:*' OR dedupe_key GLOB 'late:*' OR dedupe_key GLOB 'heads-up:*'
OR dedupe_key GLOB 'triage:*:late:*')
"""
"""Who was told far too early is told when it is time."""
_NEW = "SELECT id, user_id, dedupe_key FROM notifications WHERE id > ? AND dedupe_key GLOB 'duty:*'"
_WITHDRAW = "DELETE FROM notifications WHERE id = ?"
_NEWEST = "SELECT coalesce(max(id), 0) FROM notifications"
_SAMPLES = "DELETE FROM health_samples WHERE at > ?"
_RUNS = "DELETE FROM job_runs WHERE started_at > ? AND status <> 'running'"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Requests for cover that wait again, notices that were never sent, and how many were sent wrongly.

    ``passed`` counts the duties that went back to whoever has them really.
    """

    covers: tuple[int, ...]
    notices: int
    told: int
    passed: int

    @property
    def empty(self) -> bool:
        """Whether nothing that was done in that future had to be undone."""
        return not (self.covers or self.notices or (self.told and self.passed))


class TakeBackFuture(Write[TakenBack]):
    """Undo what jobs did after ``beyond`` (UTC seconds), which is later than it is; once is as good as twice.

    What people did then stays, and what they are to be told of it is due now. Duty is passed on to whoever
    has it really; those who never heard that they had lost or got it hear nothing.
    """

    beyond: int

    def apply(self, tx: Transaction) -> TakenBack:
        """Withdraw notices, reopen requests, bring duty up to date."""
        told = int(tx.fetch_value(_TOLD, (self.beyond,)))
        forgotten = self._forget(tx)
        gone = {(row["user_id"], _duty(row["dedupe_key"])) for row in forgotten}
        notices = len(forgotten)
        tx.execute(_REMIND_AGAIN, (self.beyond,))
        covers = self._reopen(tx)
        newest = tx.fetch_value(_NEWEST)
        passed = len(rematerialise(tx))
        for row in tx.fetch_all(_NEW, (newest,)):
            if (row["user_id"], _duty(row["dedupe_key"])) in gone:
                tx.execute(_WITHDRAW, (row["id"],))
        take_back_escalations(tx, self.beyond)
        tx.execute(_SAMPLES, (self.beyond,))
        tx.execute(_RUNS, (self.beyond,))
        assess_open(tx, tell=False)
        return TakenBack(covers, notices, told, passed)

    def _forget(self, tx: Transaction) -> list[dict[str, object]]:
        now = tx.context.at
        rows = [dict(row) for row in tx.fetch_all(_FORGET, (self.beyond,))]
        tx.execute(_RELEASE, {"now": now, "beyond": self.beyond})
        tx.execute(_DUE_NOW, {"now": now, "beyond": self.beyond})
        latest, given_up = self.beyond + LONGEST_RETRY, now + GIVEN_UP
        tx.execute(_RETRY_NOW, {"now": now, "latest": latest, "given_up": given_up})
        return rows

    def _reopen(self, tx: Transaction) -> tuple[int, ...]:
        today = calendar_of(tx.context).duty_day(tx.context.at).isoformat()
        ids = tuple(row["id"] for row in tx.fetch_all(_EXPIRED, {"beyond": self.beyond, "today": today}))
        for number in ids:
            found = require_cover(tx, number)
            change = step(
                tx, found, _before(tx, number), replacement=found.replacement_id, why="the clock was wrong"
            )
            if tx.fetch_value(_TOLD_OF, (self.beyond, number)) is not None:
                why = "it is not over after all and waits again; the machine's clock was wrong"
                tell_people(tx, change.cover, why, skip=None)
        return ids


def _before(tx: Transaction, cover_id: int) -> str:
    """Return the status a request had before it expired."""
    text = tx.fetch_value(_WAS, (str(cover_id),))
    old = json.loads(text) if text is not None else {}
    return "taken" if old.get("status") == "taken" else "open"


def _duty(dedupe_key: object) -> str:
    """Return the discipline of a notice about duty, and of others the whole key."""
    kind, _, rest = str(dedupe_key).partition(":")
    return rest.split(":", 2)[-1] if kind == "duty" else str(dedupe_key)
