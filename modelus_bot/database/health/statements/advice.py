"""What would make statements cheaper, in sentences; pure."""

from __future__ import annotations

import re

from modelus_bot.database.health.statements.plan import QueryPlan
from modelus_bot.database.health.statements.planning import StatementExamination
from modelus_bot.database.health.statements.statistics import StatementSeen

__all__ = ["index_advice"]

WORTH = 0.001
"""Seconds a statement takes on average before its plan is worth a change."""
LARGE = 1000
"""Rows of a table from which on reading all of it for a few is a waste whatever it takes now."""
DAYS = 7
"""Days without use after which an index is said to be superfluous."""
OFTEN = 20
FEW = 0.1

_CHOOSES = re.compile(r"\b(WHERE|JOIN|LIMIT)\b", re.IGNORECASE)


def index_advice(found: StatementExamination, *, slow: float, now: int) -> tuple[str, ...]:
    """Return what is worth doing, the most expensive first; ``slow`` in seconds, ``now`` in UTC seconds."""
    said: list[str] = []
    for seen, plan in found.statements:
        if plan is not None:
            said += _about_plan(seen, plan, found)
        if seen.p99 >= slow:
            said.append(
                f"One in a hundred runs of `{_short(seen.text)}` takes {seen.p99 * 1000:.0f} ms or more:"
                " see whether it can ask for less at a time."
            )
        if seen.count >= OFTEN and seen.errors > FEW * seen.count:
            said.append(
                f"`{_short(seen.text)}` failed {seen.errors} of {seen.count} times:"
                " the log has the reasons under `database_operation_failed`."
            )
    if now - found.since >= DAYS * 86_400:
        said += [
            f"The index {index.name} on {index.table} ({index.columns}) served none of the"
            f" {len(found.statements)} statements seen in {(now - found.since) // 86_400} days,"
            " and every write keeps it up to date: consider dropping it with a migration."
            for index in found.indexes
            if index.unused
        ]
    return tuple(dict.fromkeys(said))


def _about_plan(seen: StatementSeen, plan: QueryPlan, found: StatementExamination) -> list[str]:
    said = [
        f"SQLite makes an index of {table} for each run ({seen.count} so far) of `{_short(seen.text)}`"
        f" ({seen.mean * 1000:.1f} ms each): add one with a migration."
        for table in plan.automatic
    ]
    if plan.scans and _CHOOSES.search(seen.text) and _wasteful(seen, plan, found):
        tables = " and ".join(plan.scans)
        said.append(
            f"`{_short(seen.text)}` reads all of {tables} to return or change"
            f" {seen.rows / seen.count:.0f} rows ({seen.mean * 1000:.1f} ms each, {_runs(seen)}):"
            " an index on the columns it chooses by would find them at once."
        )
    if plan.sorts and seen.mean >= WORTH:
        said.append(
            f"`{_short(seen.text)}` sorts in a temporary b-tree ({plan.sorts[0]}, {seen.mean * 1000:.1f} ms"
            " each): an index in the order it asks for would save that."
        )
    return said


def _wasteful(seen: StatementSeen, plan: QueryPlan, found: StatementExamination) -> bool:
    largest = max(found.sizes.get(table, 0) for table in plan.scans)
    returned = seen.rows / seen.count
    if largest:
        return returned < FEW * largest and (largest >= LARGE or seen.mean >= WORTH)
    return seen.mean >= WORTH


def _runs(seen: StatementSeen) -> str:
    return "1 run" if seen.count == 1 else f"{seen.count} runs"


def _short(text: str) -> str:
    shown = text.replace("`", "'")
    return shown if len(shown) <= 120 else shown[:119] + "…"
