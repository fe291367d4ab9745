"""Takes alliances and blocs in; nobody is told of it, and what is here stays."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.blocs.queries import bloc_named, bloc_sheet, blocs_of
from modelus_bot.subjects.blocs.rules import MOST_BLOCS, MOST_IN_BLOC
from modelus_bot.subjects.blocs.writes.membership import put, touch
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut
from modelus_bot.subjects.modelus_import.model.rows import AllianceRow, BlocMemberRow, BlocRow
from modelus_bot.subjects.modelus_import.writes.memory import MEMORY, nation_taken
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.treaties.model import TreatyStatus
from modelus_bot.subjects.treaties.queries import open_between
from modelus_bot.subjects.treaties.rules import LASTS

__all__ = ["take_diplomacy"]

_TREATY = """
INSERT INTO treaties(nation_a, nation_b, kind, status, proposed_by, proposed_at, expires_at, decided_at,
    ended_at)
VALUES(?, ?, 'alliance', ?, ?, ?, ?, ?, ?)
"""
_BLOC = "INSERT INTO blocs(name, description, created_at, updated_at) VALUES(?, ?, ?, ?)"


def take_diplomacy(tx: Transaction, row: AllianceRow | BlocRow | BlocMemberRow) -> RowFate:
    """Take in what nations have agreed with each other."""
    match row:
        case AllianceRow():
            return _take_alliance(tx, row)
        case BlocRow():
            return _take_bloc(tx, row)
        case BlocMemberRow():
            return _take_bloc_member(tx, row)


def _take_alliance(tx: Transaction, row: AllianceRow) -> RowFate:
    """Add an alliance; one that nobody answered in time has expired."""
    one, other = nation_taken(tx, row.nation), nation_taken(tx, row.other)
    if one.id == other.id:
        raise LeftOut("both nations are the same one here")
    at = tx.context.at
    asked = min(row.created_at or at, at)
    status: TreatyStatus = row.status
    if status == "pending" and asked + LASTS <= at:
        status = "expired"
    if status in {"active", "pending"}:
        known = open_between(tx, one.id, other.id, "alliance")
        if known is not None:
            MEMORY.note(tx, row, known.id)
            return RowFate("unchanged", ("the two have an alliance here already; what is here stays",))
    ended = None if status != "ended" else max(asked, min(row.ended_at or at, at))
    decided = _decided(row, status, asked, ended or at)
    pair = (min(one.id, other.id), max(one.id, other.id))
    values = (*pair, status, one.id, asked, asked + LASTS, decided, ended)
    number = tx.insert(_TREATY, values)
    new = {"nations": list(pair), "kind": "alliance", "status": status, "proposed_by": one.id}
    tx.audit("treaties", number, "INSERT", new=new, nation_id=one.id)
    MEMORY.note(tx, row, number)
    if status == "expired":
        return RowFate("added", ("nobody had answered it for fourteen days, so it has expired",))
    return RowFate("added")


def _decided(row: AllianceRow, status: TreatyStatus, asked: int, latest: int) -> int | None:
    """Return when it was answered: not before it was asked for, nor after it ended."""
    if status == "pending":
        return None
    if status == "expired":
        return asked + LASTS
    return max(asked, min(row.decided_at or asked, latest))


def _take_bloc(tx: Transaction, row: BlocRow) -> RowFate:
    """Add a bloc with its leader, or with whoever of its members can lead it."""
    if bloc_named(tx, row.name) is not None:
        raise LeftOut("a bloc of its name is here already, which stays")
    leader, place = _leader_of(tx, row)
    at = tx.context.at
    made = min(row.created_at or at, at)
    number = tx.insert(_BLOC, (row.name, row.description, made, at))
    told = {"name": row.name, "description": row.description}
    tx.audit("blocs", number, "INSERT", new=told, nation_id=leader.id)
    put(tx, number, leader.id, "leader", made)
    MEMORY.note(tx, row, number)
    return RowFate("added", (f"its leader cannot lead it here, so {leader.name} does",) if place else ())


def _leader_of(tx: Transaction, row: BlocRow) -> tuple[Nation, int]:
    """Return the first of those who can lead a bloc, and the place among them."""
    for place, number in enumerate(row.members):
        try:
            nation = nation_taken(tx, number)
        except LeftOut:
            continue
        if len(blocs_of(tx, nation.id)) < MOST_BLOCS:
            return nation, place
    raise LeftOut("none of its members is here, or all of them are in two blocs already")


def _take_bloc_member(tx: Transaction, row: BlocMemberRow) -> RowFate:
    """Add a nation to a bloc that was taken in; raises ``LeftOut`` where it is in two already."""
    known = MEMORY.found(tx, "multi_alliances", row.bloc)
    if known is None:
        raise LeftOut(f"its bloc was left out: bloc {row.bloc}")
    sheet = bloc_sheet(tx, known.id)
    if sheet.bloc.status == "disbanded":
        raise LeftOut(f"its bloc is disbanded here: bloc {row.bloc}")
    nation = nation_taken(tx, row.nation)
    before = sheet.of(nation.id)
    if before is not None and before.rank != "invited":
        MEMORY.note(tx, row, known.id)
        return RowFate("unchanged")
    if len(blocs_of(tx, nation.id)) >= MOST_BLOCS:
        raise LeftOut("it is in two blocs already, and no nation is in more")
    if before is None and len(sheet.people) >= MOST_IN_BLOC:
        raise LeftOut(f"its bloc has {MOST_IN_BLOC} members and invitations already, and none has more")
    at = tx.context.at
    put(tx, known.id, nation.id, "member", min(row.created_at or sheet.bloc.created_at, at))
    touch(tx, known.id)
    MEMORY.note(tx, row, known.id)
    return RowFate("added")
