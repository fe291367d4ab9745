"""What the feed tells of a law: nothing as long as it is not open to everybody."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.feed.writes.recording import happened, hushed
from modelus_bot.subjects.laws.model import Law
from modelus_bot.subjects.nations.queries.records import require_nation

__all__ = ["tell_change"]


def tell_change(tx: Transaction, before: Law, after: Law) -> None:
    """Tell that a law is open to everybody from now on, or repealed; of one that is closed tell no more."""
    if before.is_open and not after.is_open:
        hushed(tx, "laws", after.id)
    if not after.is_open:
        return
    named = f"law {after.number}: {after.name}"
    nation = require_nation(tx, after.nation_id, archived=True)
    about = ("laws", after.id)
    if after.status == "repealed" and before.status != "repealed":
        happened(tx, "law.repealed", f"{nation.name} repealed {named}", nation_id=nation.id, about=about)
    elif not before.is_open and before.status == "enacted":
        headline = f"{nation.name} lets everybody read {named}"
        happened(tx, "law.opened", headline, nation_id=nation.id, about=about)
    elif not before.is_open:
        happened(tx, "law.enacted", f"{nation.name} enacted {named}", nation_id=nation.id, about=about)
