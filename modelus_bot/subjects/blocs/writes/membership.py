"""The one place that changes who belongs to a bloc, with the entry and the words to those concerned."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.refusals import InvalidInput, Stale
from modelus_bot.subjects.blocs.model import BlocMember, BlocSheet, Rank
from modelus_bot.subjects.blocs.queries import bloc_sheet, blocs_of
from modelus_bot.subjects.blocs.rules import MOST_BLOCS, next_leader
from modelus_bot.subjects.feed.writes.recording import happened
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.writes.leader_notices import tell_leaders
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = [
    "announce",
    "disband",
    "led_bloc",
    "let_go",
    "living_bloc",
    "put",
    "remove",
    "require_room",
    "tell",
    "touch",
]

_ADD = "INSERT INTO bloc_members(rank, at, expires_at, bloc_id, nation_id) VALUES(?, ?, ?, ?, ?)"
_MOVE = "UPDATE bloc_members SET rank = ?, at = ?, expires_at = ? WHERE bloc_id = ? AND nation_id = ?"
"""Two statements: the trigger that counts a nation's blocs would count the row that an upsert finds."""
_REMOVE = "DELETE FROM bloc_members WHERE bloc_id = ? AND nation_id = ?"
_TOUCH = "UPDATE blocs SET version = version + 1, updated_at = ? WHERE id = ?"
_DISBAND = "UPDATE blocs SET status = 'disbanded', disbanded_at = ? WHERE id = ?"


def living_bloc(tx: Transaction, bloc_id: int, version: int | None = None) -> BlocSheet:
    """Return a bloc that is not disbanded; raises ``Stale`` when it is not what somebody was shown."""
    found = bloc_sheet(tx, bloc_id)
    if found.bloc.status == "disbanded":
        raise InvalidInput(
            f"{plain(found.bloc.name)} was disbanded <t:{found.bloc.disbanded_at}:R>.", rule="bloc.disbanded"
        )
    if version is not None and version != found.bloc.version:
        raise Stale(
            f"{plain(found.bloc.name)} has been changed since this was shown. Look at it again with"
            " `/bloc show`, then decide.",
            rule="bloc.stale",
        )
    return found


def led_bloc(tx: Transaction, bloc_id: int, version: int | None = None) -> BlocSheet:
    """Return a bloc for the president of the nation that leads it, or an administrator."""
    found = living_bloc(tx, bloc_id)
    leader = found.leader
    led_nation(tx, leader.nation_id if leader is not None else None, deputy=False)
    return living_bloc(tx, bloc_id, version)


def require_room(tx: Transaction, nation: Nation) -> None:
    """Raise ``InvalidInput`` if a nation is in as many blocs as one can be."""
    own = blocs_of(tx, nation.id)
    if len(own) >= MOST_BLOCS:
        names = " and ".join(plain(one.bloc.name) for one in own)
        raise InvalidInput(
            f"{plain(nation.name)} is in two blocs already, {names}, and no nation is in more. Leave one with"
            " `/bloc leave` first.",
            rule="bloc.two",
        )


def put(
    tx: Transaction, bloc_id: int, nation_id: int, rank: Rank, at: int, expires_at: int | None = None
) -> None:
    """Let a nation stand in a rank from ``at`` on."""
    before = bloc_sheet(tx, bloc_id).of(nation_id)
    tx.execute(_ADD if before is None else _MOVE, (rank, at, expires_at, bloc_id, nation_id))
    old = {"nation_id": nation_id, "rank": before.rank} if before is not None else {}
    new = {"nation_id": nation_id, "rank": rank}
    tx.audit("blocs", bloc_id, "UPDATE", old=old, new=new, nation_id=nation_id)


def remove(tx: Transaction, member: BlocMember) -> None:
    """Let a nation stand in no rank any more."""
    tx.execute(_REMOVE, (member.bloc_id, member.nation_id))
    old = {"nation_id": member.nation_id, "rank": member.rank, "at": member.at}
    tx.audit("blocs", member.bloc_id, "UPDATE", old=old, new={}, nation_id=member.nation_id)


def let_go(tx: Transaction, sheet: BlocSheet, member: BlocMember) -> BlocMember | None:
    """Take a nation out of a bloc, and return who leads it after that where it is another one.

    Without anybody left the bloc is disbanded, and invitations to it end.
    """
    remove(tx, member)
    left = [one for one in sheet.members if one.nation_id != member.nation_id]
    heir = next_leader(left)
    if member.rank == "leader" and heir is not None:
        put(tx, sheet.bloc.id, heir.nation_id, "leader", heir.at)
    elif heir is None:
        disband(tx, bloc_sheet(tx, sheet.bloc.id))
    touch(tx, sheet.bloc.id)
    return heir if member.rank == "leader" else None


def disband(tx: Transaction, sheet: BlocSheet) -> None:
    """End a bloc with all that belongs to it; its row stays."""
    for one in sheet.people:
        remove(tx, one)
    tx.execute(_DISBAND, (tx.context.at, sheet.bloc.id))
    old, new = {"status": "active"}, {"status": "disbanded", "disbanded_at": tx.context.at}
    tx.audit("blocs", sheet.bloc.id, "UPDATE", old=old, new=new)


def touch(tx: Transaction, bloc_id: int) -> None:
    """Count a change of a bloc."""
    tx.execute(_TOUCH, (tx.context.at, bloc_id))


def announce(tx: Transaction, bloc_id: int, headline: str, nation_id: int | None = None) -> None:
    """Let everybody hear of it in the feed."""
    happened(tx, "bloc.changed", headline, nation_id=nation_id, about=("blocs", bloc_id))


def tell(tx: Transaction, sheet: BlocSheet, nation_id: int, title: str, text: str, key: str) -> int:
    """Tell a nation's leaders, once for each change; returns how many lead it."""
    return tell_leaders(
        tx, nation_id, "diplomacy", title, text,
        key=f"bloc:{sheet.bloc.id}:{key}:{tx.context.at}", but=tx.context.actor,
        ref_table="blocs", ref_id=sheet.bloc.id,
    )  # fmt: skip
