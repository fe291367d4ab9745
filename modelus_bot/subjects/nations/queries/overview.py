"""All active nations together."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query
from modelus_bot.subjects.nations.model import NationsOverview
from modelus_bot.subjects.nations.queries.ranking import own_places, ranking

__all__ = ["overview"]

FIRST = 3
SPLIT = 10**6
"""Dollars are summed in millions and in what is left of them: thousands of the largest would not fit."""
_SUMS = """
SELECT count(*) AS active, sum(population) AS population, sum(stability_bp) AS stability, sum(tax_bp) AS tax,
    sum(gdp / 1000000) AS gdp, sum(gdp % 1000000) AS gdp_rest, sum(budget / 1000000) AS budget,
    sum(budget % 1000000) AS budget_rest, sum(debt / 1000000) AS debt, sum(debt % 1000000) AS debt_rest
FROM nations WHERE status = 'active'
"""
_ON_LEAVE = "SELECT count(*) FROM nations WHERE status = 'leave'"


_NAMES = (
    "active", "population", "stability", "tax", "gdp", "gdp_rest", "budget", "budget_rest",
    "debt", "debt_rest",
)  # fmt: skip


@query(kept=True, hot=True)
def overview(tx: ReadTransaction, member_id: int) -> NationsOverview:
    """Return sums, averages and the first of all active nations, and the places of a member's own."""
    row = tx.fetch_one(_SUMS)
    sums = {name: (row[name] if row is not None else None) or 0 for name in _NAMES}
    active = sums["active"]
    return NationsOverview(
        active=active,
        on_leave=tx.fetch_value(_ON_LEAVE),
        gdp=sums["gdp"] * SPLIT + sums["gdp_rest"],
        population=sums["population"],
        budget=sums["budget"] * SPLIT + sums["budget_rest"],
        debt=sums["debt"] * SPLIT + sums["debt_rest"],
        stability_bp=sums["stability"] // active if active else None,
        tax_bp=sums["tax"] // active if active else None,
        richest=ranking(tx, "gdp", None, FIRST).places,
        largest=ranking(tx, "population", None, FIRST).places,
        own=own_places(tx, member_id),
    )
