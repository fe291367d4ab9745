"""Turning the simulation's clock, a short step at a time, and holding it.

Each step is one transaction that also says how far it came, so a turn that was cut off anywhere goes on
where it was, and what was done is not done again.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.ledger.model import WORLD, Entry, Transfer, treasury
from modelus_bot.subjects.ledger.writes.posting import post
from modelus_bot.subjects.loans.writes.settling import settle_due
from modelus_bot.subjects.turns.model import SimulationClock, TurnStep
from modelus_bot.subjects.turns.queries import clock

__all__ = ["JOB", "PauseTurns", "ResumeTurns", "StepTurn"]

JOB = "turn"
"""The job's name in the records of runs; the key of a run is the turn's number."""
NATIONS, LOANS = Tunable(250), Tunable(200)
"""How many of each a step comes to: nobody's command waits for more than that."""

_START = "INSERT INTO simulation_clock(id, next_at) VALUES(1, ?)"
_SAVE = """
UPDATE simulation_clock SET
    turn = :turn, phase = :phase, cursor = :cursor, next_at = :next_at, paused_at = :paused_at
WHERE id = 1
"""
_EARNING = """
SELECT id, budget / 12 AS income FROM nations WHERE status <> 'archived' AND id > ? ORDER BY id LIMIT ?
"""
_BEGUN = """
INSERT INTO job_runs(job, run_key, status, started_at) VALUES(?, ?, 'running', ?)
ON CONFLICT(job, run_key) DO NOTHING
"""
_OVER = "UPDATE job_runs SET status = 'delivered', finished_at = ? WHERE job = ? AND run_key = ?"
TABLE = "simulation_clock"


class StepTurn(Write[TurnStep | None]):
    """Do the next step of the turn that is under way, or of the one that is due; None where neither is.

    ``seconds`` is how long a turn takes. ``begin`` lets the next one begin although it is not due, also
    while turns are held; that is for administrators.
    """

    seconds: Annotated[int, Field(ge=1, le=10**9)]
    begin: bool = False

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> TurnStep | None:
        """Do it, and say how far it came."""
        if self.begin:
            require_admin(tx)
        found = _going(tx, self.seconds)
        if found.phase == "idle":
            waits = found.paused_at is not None or found.next_at > tx.context.at
            if waits and not self.begin:
                return None
            found = _begun(tx, found, self)
        if found.phase == "income":
            return _pay_income(tx, found)
        return _settle_loans(tx, found)


class PauseTurns(Write[SimulationClock]):
    """Hold the clock; a turn that is under way is still finished."""

    seconds: Annotated[int, Field(ge=1, le=10**9)]

    def apply(self, tx: Transaction) -> SimulationClock:
        """Note since when."""
        require_admin(tx)
        found = _going(tx, self.seconds)
        if found.paused_at is not None:
            raise InvalidInput("Turns are held already.", rule="turn.paused")
        return _saved(tx, found, replace(found, paused_at=tx.context.at), told=True)


class ResumeTurns(Write[SimulationClock]):
    """Let the clock go on; the time for which it was held does not count."""

    def apply(self, tx: Transaction) -> SimulationClock:
        """Move the next turn by that time."""
        require_admin(tx)
        found = clock(tx)
        if found is None or found.paused_at is None:
            raise InvalidInput("Turns are not held.", rule="turn.running")
        held = max(0, tx.context.at - found.paused_at)
        return _saved(tx, found, replace(found, paused_at=None, next_at=found.next_at + held), told=True)


def _going(tx: Transaction, seconds: int) -> SimulationClock:
    """Return the clock, set going when it is first looked at."""
    found = clock(tx)
    if found is not None:
        return found
    tx.execute(_START, (tx.context.at + seconds,))
    tx.audit(TABLE, 1, "INSERT", new={"next_at": tx.context.at + seconds})
    return SimulationClock(0, "idle", 0, tx.context.at + seconds, None)


def _begun(tx: Transaction, found: SimulationClock, step: StepTurn) -> SimulationClock:
    """Let the next turn begin; one that came late does not move those after it."""
    base = tx.context.at if step.begin else found.next_at
    turn = found.turn + 1
    tx.execute(_BEGUN, (JOB, str(turn), tx.context.at))
    after = SimulationClock(
        turn, "income", 0, base + step.seconds, tx.context.at if found.paused_at else None
    )
    return _saved(tx, found, after, told=True)


def _pay_income(tx: Transaction, found: SimulationClock) -> TurnStep:
    """Give the next nations a twelfth of their budget."""
    limit = NATIONS.value
    rows = tx.fetch_all(_EARNING, (found.cursor, limit))
    transfers = tuple(Transfer(treasury(row["id"]), WORLD, row["income"]) for row in rows if row["income"])
    if transfers:
        post(tx, Entry("income", transfers, "turn", turn=found.turn))
    if len(rows) < limit:
        _saved(tx, found, replace(found, phase="loans", cursor=0))
    else:
        _saved(tx, found, replace(found, cursor=rows[-1]["id"]))
    return TurnStep(found.turn, "income", len(rows), over=False)


def _settle_loans(tx: Transaction, found: SimulationClock) -> TurnStep:
    """Settle the next loans; without any the turn is over."""
    done = settle_due(tx, found.turn, LOANS.value)
    over = done.count < LOANS.value
    if over:
        _saved(tx, found, replace(found, phase="idle"))
        tx.execute(_OVER, (tx.context.at, JOB, str(found.turn)))
    return TurnStep(found.turn, "loans", done.count, over=over)


def _saved(
    tx: Transaction, before: SimulationClock, after: SimulationClock, *, told: bool = False
) -> SimulationClock:
    """Save the clock; the audit log is told of turns and of pauses, not of each step."""
    tx.execute(_SAVE, asdict(after))
    if told:
        old, new = asdict(before), asdict(after)
        changed = [name for name in old if old[name] != new[name]]
        tx.audit(
            TABLE,
            1,
            "UPDATE",
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )
    return after
