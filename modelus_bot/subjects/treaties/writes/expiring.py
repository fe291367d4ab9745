"""What ends treaties without anybody's decision: time, and the archiving of a nation."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.subjects.treaties.model import Treaty, TreatyStatus
from modelus_bot.subjects.treaties.queries import open_of, treaty
from modelus_bot.subjects.treaties.rules import A_KIND, KINDS, lasted
from modelus_bot.subjects.treaties.writes.saving import TreatyNumber, step, tell_sides
from modelus_bot.text.escaping import plain

__all__ = ["ExpireTreaty", "end_treaties_of", "expire"]


class ExpireTreaty(Write[bool]):
    """Close a proposal that nobody answered in time; False if there is nothing to close."""

    treaty_id: TreatyNumber

    def apply(self, tx: Transaction) -> bool:
        """Close it, unless it was answered meanwhile."""
        found = treaty(tx, self.treaty_id)
        if found is None or found.status != "pending" or found.expires_at > tx.context.at:
            return False
        expire(tx, found)
        return True


def expire(tx: Transaction, found: Treaty) -> None:
    """Mark a proposal expired and tell both sides."""
    change = step(tx, found, "expired", decided_at=tx.context.at)
    by, to = plain(found.name_of(found.proposed_by)), plain(found.name_of(found.answerer))
    tell_sides(
        tx,
        change.after,
        f"{A_KIND[found.kind].capitalize()} was not answered",
        f"Nobody in {to} answered the {KINDS[found.kind].lower()} that {by} proposed, so it has expired."
        " It can be proposed again.",
        key="expired",
        acting=None,
    )


def end_treaties_of(tx: Transaction, nation_id: int) -> tuple[str, ...]:
    """End what a nation that is archived has with others, and say of each that it ends."""
    return tuple(_end_with(tx, found, nation_id) for found in open_of(tx, nation_id))


def _end_with(tx: Transaction, found: Treaty, nation_id: int) -> str:
    at, actor = tx.context.at, tx.context.actor
    gone, other = plain(found.name_of(nation_id)), plain(found.name_of(found.other(nation_id)))
    what = KINDS[found.kind].lower()
    if found.status == "active":
        change = step(tx, found, "ended", ended_by=actor, ended_at=at)
        text = (
            f"{gone} is not played any more, so its {what} with {other} ends. It lasted {lasted(found, at)}."
        )
        said = f"Its {what} with {other} ends."
    else:
        status: TreatyStatus = "withdrawn" if found.proposed_by == nation_id else "expired"
        change = step(tx, found, status, decided_by=actor, decided_at=at)
        text = (
            f"{gone} is not played any more, so the {what} that was proposed between it and {other} is off."
        )
        said = f"The {what} proposed between it and {other} is off."
    tell_sides(
        tx, change.after, f"{A_KIND[found.kind].capitalize()} ends with {gone}", text, key="archived",
        acting=nation_id,
    )  # fmt: skip
    return said
