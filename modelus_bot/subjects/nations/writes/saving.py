"""The one place that changes a nation's row, with the history of its figures, its entry and its events."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, get_args

from modelus_bot.database import Transaction
from modelus_bot.domain.refusals import Stale
from modelus_bot.subjects.ledger.model import Account
from modelus_bot.subjects.ledger.writes.posting import book_figure
from modelus_bot.subjects.nations.model import Cause, Metric, Nation, NationChange
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.telling import tell_change
from modelus_bot.text.escaping import plain

__all__ = ["METRICS", "note_history", "save", "stale"]

METRICS: tuple[Metric, ...] = get_args(Metric)
_SAVE = """
UPDATE nations SET
    name = :name, prefix = :prefix, gdp = :gdp, population = :population, stability_bp = :stability_bp,
    tax_bp = :tax_bp, debt = :debt, treasury = :treasury, ground = :ground, naval = :naval, air = :air,
    government = :government, description = :description, flag_channel_id = :flag_channel_id,
    flag_message_id = :flag_message_id, status = :status, leave_until = :leave_until, version = :version,
    updated_at = :updated_at, created_at = :created_at
WHERE id = :id
"""
_HISTORY = """
INSERT INTO nation_history(nation_id, metric, old, new, cause, cause_id, changed_by, reason, at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_NOT_TOLD = {"id", "version", "updated_at", "created_at"}


def stale(found: Nation, version: int | None) -> None:
    """Raise ``Stale`` when a nation is not what somebody was shown."""
    if version is not None and version != found.version:
        raise Stale(
            f"{plain(found.name)} has been changed since this was shown. Look at it again with"
            " `/nation show`, then decide.",
            rule="nation.stale",
        )


def save(
    tx: Transaction, before: Nation, *, cause: Cause = "admin", cause_id: int | None = None, **changes: Any
) -> NationChange:
    """Save what changed of a nation and say so in its history and the audit log; nothing new is no change."""
    if replace(before, **changes) == before:
        return NationChange(before, before)
    after = replace(before, **changes, version=before.version + 1, updated_at=tx.context.at)
    tx.execute(_SAVE, asdict(after))
    told = [
        name
        for name in asdict(after)
        if getattr(before, name) != getattr(after, name) and name not in _NOT_TOLD
    ]
    tx.audit(
        "nations",
        before.id,
        "UNDO" if cause == "undo" else "UPDATE",
        old={name: getattr(before, name) for name in told},
        new={name: getattr(after, name) for name in told},
        nation_id=before.id,
    )
    tell_change(tx, before, after)
    numbers = tuple(
        note_history(tx, after, metric, getattr(before, metric), cause, cause_id)
        for metric in METRICS
        if metric in told
    )
    return NationChange(before, require_nation(tx, before.id, archived=True), numbers)


def note_history(
    tx: Transaction, after: Nation, metric: Metric, old: int | None, cause: Cause, cause_id: int | None = None
) -> int:
    """Keep how a figure became what it is, with who did it and why; returns the number of the change.

    What is set of money by this is booked against the world, so that the books say the same.
    """
    context = tx.context
    new = getattr(after, metric)
    if metric == "treasury" or metric == "debt":  # noqa: PLR1714 - tells the type checker which they are
        book_figure(tx, Account(after.id, metric), new - (old or 0), imported=cause == "import")
    reason = context.reason or None
    return tx.insert(
        _HISTORY, (after.id, metric, old, new, cause, cause_id, context.actor, reason, context.at)
    )
