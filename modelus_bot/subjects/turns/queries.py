"""How far the clock is, and what the next turn would do."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query, viewer_query
from modelus_bot.domain.permissions import Viewer, require_admin_viewer
from modelus_bot.subjects.ledger.writes.posting import MOST
from modelus_bot.subjects.loans.queries import due_loans
from modelus_bot.subjects.loans.rules.settling import settle_all
from modelus_bot.subjects.turns.model import SimulationClock, TurnPreview

__all__ = ["ALL", "clock", "turn_preview"]

_CLOCK = "SELECT turn, phase, cursor, next_at, paused_at FROM simulation_clock WHERE id = 1"
_FIGURES = "SELECT id, treasury, debt, budget / 12 AS income, status <> 'archived' AS alive FROM nations"
ALL = 2**62
SHOWN = 10
"""How many loans that would be missed are named."""


@query
def clock(tx: ReadTransaction) -> SimulationClock | None:
    """Return how far the clock is; None before it was set going."""
    row = tx.fetch_one(_CLOCK)
    return None if row is None else SimulationClock(*row)


@viewer_query
def turn_preview(tx: ReadTransaction, viewer: Viewer) -> TurnPreview:
    """Return what the next turn would do if it came now; for administrators. Nothing is written."""
    require_admin_viewer(tx, viewer)
    found = clock(tx)
    turn = 1 + (found.turn if found is not None else 0)
    rows = tx.fetch_all(_FIGURES)
    earning = [row for row in rows if row["alive"]]
    income = {row["id"]: row["income"] for row in earning}
    figures = {row["id"]: (row["treasury"] + income.get(row["id"], 0), row["debt"]) for row in rows}
    done = settle_all(due_loans(tx, turn, ALL), turn, figures, MOST)
    missed = [one.before.code for one in done if one.missed]
    return TurnPreview(
        turn,
        len(earning),
        sum(income.values()),
        len(done),
        sum(one.interest for one in done),
        sum(one.paid for one in done),
        tuple(missed[:SHOWN]),
        len(missed),
        sum(one.after.status == "defaulted" for one in done),
    )
