"""What the feed tells of a nation: that it is founded, named, governed, led, archived."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.feed.model import EventKind
from modelus_bot.subjects.feed.writes.recording import happened
from modelus_bot.subjects.nations.model import Nation, OfficeName
from modelus_bot.subjects.nations.rules.words import OFFICES

__all__ = ["tell_change", "tell_founded", "tell_led", "tell_unled"]

NOBODY = "nobody"


def tell_founded(tx: Transaction, nation: Nation) -> None:
    """Tell of a new nation."""
    headline = f"{nation.full_name} was founded"
    happened(tx, "nation.founded", headline, nation_id=nation.id, about=("nations", nation.id))


def tell_change(tx: Transaction, before: Nation, after: Nation) -> None:
    """Tell of another name or form of government, and of a nation that is archived or back."""
    number, about = after.id, ("nations", after.id)
    if before.full_name != after.full_name:
        headline = f"{before.full_name} is called {after.full_name} now"
        turned = (f"nation:{number}:name", before.full_name, after.full_name)
        happened(tx, "nation.renamed", headline, nation_id=number, about=about, turned=turned)
    if before.government != after.government:
        headline = f"{after.full_name} turned from {before.government} to {after.government}"
        turned = (f"nation:{number}:government", before.government, after.government)
        happened(tx, "nation.government", headline, nation_id=number, about=about, turned=turned)
    gone, was_gone = after.status == "archived", before.status == "archived"
    if gone != was_gone:
        headline = f"{after.full_name} was archived" if gone else f"{after.full_name} is back"
        turned = (f"nation:{number}:archived", str(was_gone), str(gone))
        kind: EventKind = "nation.archived" if gone else "nation.restored"
        happened(tx, kind, headline, nation_id=number, about=about, turned=turned)


def tell_led(tx: Transaction, nation: Nation, office: OfficeName, holder: int, former: int | None) -> None:
    """Tell who got an office of a nation; ``former`` held it until now."""
    headline = f"{nation.full_name} has a new {OFFICES[office]}"
    turned = (_matter(nation, office), NOBODY if former is None else str(former), str(holder))
    about = ("nations", nation.id)
    happened(tx, "nation.leader", headline, nation_id=nation.id, user_id=holder, about=about, turned=turned)


def tell_unled(tx: Transaction, nation: Nation, office: OfficeName, former: int) -> None:
    """Tell that nobody holds an office of a nation any more."""
    headline = f"{nation.full_name} has no {OFFICES[office]} any more"
    turned = (_matter(nation, office), str(former), NOBODY)
    happened(tx, "nation.leader", headline, nation_id=nation.id, about=("nations", nation.id), turned=turned)


def _matter(nation: Nation, office: OfficeName) -> str:
    return f"nation:{nation.id}:{office}"
