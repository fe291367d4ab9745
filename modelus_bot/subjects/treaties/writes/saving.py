"""The one place that changes a treaty's row, with its entry and what its two sides are told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from modelus_bot.database import Transaction
from modelus_bot.domain.refusals import Stale
from modelus_bot.subjects.feed.model import EventKind
from modelus_bot.subjects.feed.writes.recording import happened
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.nations.writes.leader_notices import tell_leaders
from modelus_bot.subjects.treaties.model import Treaty, TreatyChange, TreatyStatus
from modelus_bot.subjects.treaties.queries import require_treaty
from modelus_bot.subjects.treaties.rules import KINDS

__all__ = ["TreatyNumber", "fresh", "step", "tell_sides"]

TreatyNumber = Annotated[int, Field(ge=1, lt=2**63)]
_SAVE = """
UPDATE treaties SET status = :status, decided_by = :decided_by, decided_at = :decided_at,
    ended_by = :ended_by, ended_at = :ended_at, end_reason = :end_reason, version = version + 1
WHERE id = :id
"""
_TOLD: dict[TreatyStatus, tuple[EventKind, str]] = {
    "active": ("treaty.signed", "{0} and {1} have signed a treaty: {2}"),
    "ended": ("treaty.ended", "{0} and {1} are bound by a treaty no more: {2}"),
}
"""What everybody hears of in the feed."""
_SAVED = ("status", "decided_by", "decided_at", "ended_by", "ended_at", "end_reason")


def fresh(found: Treaty, version: int | None) -> None:
    """Raise ``Stale`` when a treaty is not what somebody was shown."""
    if version is not None and version != found.version:
        raise Stale(
            "This treaty has been changed since it was shown. Look at it again with `/treaty list`, then"
            " decide.",
            rule="treaty.stale",
        )


def step(tx: Transaction, before: Treaty, status: TreatyStatus, **changes: Any) -> TreatyChange:
    """Save a treaty's next status with what changes beside it, and its audit entry."""
    old = {name: getattr(before, name) for name in _SAVED}
    new = old | changes | {"status": status}
    tx.execute(_SAVE, new | {"id": before.id})
    told = [name for name in _SAVED if old[name] != new[name]]
    tx.audit(
        "treaties",
        before.id,
        "UPDATE",
        old={name: old[name] for name in told},
        new={name: new[name] for name in told},
        nation_id=before.nation_a,
    )
    after = require_treaty(tx, before.id)
    if status in _TOLD:
        kind, headline = _TOLD[status]
        words = headline.format(after.name_a, after.name_b, KINDS[after.kind].lower())
        happened(tx, kind, words, nation_id=after.nation_a, about=("treaties", after.id))
    return TreatyChange(before.status, after)


def tell_sides(
    tx: Transaction, treaty: Treaty, title: str, text: str, *, key: str, acting: int | None
) -> int:
    """Tell the leaders of both sides, but of the ``acting`` nation only when somebody else acted for it.

    Returns how many lead those who were told.
    """
    told = 0
    for nation_id in treaty.parties:
        holders = {office.user_id for office in offices_of(tx, nation_id)}
        if nation_id == acting and tx.context.actor in holders:
            continue
        count = tell_leaders(
            tx, nation_id, "diplomacy", title, text,
            key=f"treaty:{treaty.id}:{key}", but=tx.context.actor, ref_table="treaties", ref_id=treaty.id,
        )  # fmt: skip
        told += count if nation_id != acting else 0
    return told
