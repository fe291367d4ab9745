"""Blocs in lists, one with who belongs to it, and the blocs of nations."""

from __future__ import annotations

from typing import Literal

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.map_tints import MapGroups
from modelus_bot.domain.permissions import Viewer, standing
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.blocs.model import Bloc, BlocMember, BlocSheet, BlocStatus, NationBloc
from modelus_bot.subjects.blocs.rules import blocs_on_map
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.text.escaping import folded

__all__ = [
    "bloc_groups",
    "bloc_named",
    "bloc_of_each_nation",
    "bloc_sheet",
    "blocs",
    "blocs_of",
    "blocs_to_pick",
    "due_invitations",
    "invitations_of",
    "named_blocs",
]

_ONE = """
SELECT id, name, description, status, created_at, disbanded_at, version FROM blocs WHERE id = ?
"""
_PEOPLE = """
SELECT m.bloc_id, m.nation_id, n.name, m.rank, m.at, m.expires_at
FROM bloc_members AS m JOIN nations AS n ON n.id = m.nation_id
WHERE m.bloc_id = ? ORDER BY m.rank = 'leader' DESC, m.rank = 'invited', m.at, m.nation_id
"""
_NUMBERS = "SELECT id FROM blocs WHERE status = ? ORDER BY id DESC LIMIT ? OFFSET ?"
_NAMES = """
SELECT id, name, description, status, created_at, disbanded_at, version FROM blocs
WHERE status = 'active' ORDER BY name
"""
_OF_NATION = "SELECT bloc_id FROM bloc_members WHERE nation_id = ? AND rank = ? ORDER BY at, bloc_id"
_EACH = """
SELECT m.nation_id, m.bloc_id, b.name, m.rank FROM bloc_members AS m JOIN blocs AS b ON b.id = m.bloc_id
WHERE m.rank IN ('leader', 'member') ORDER BY m.nation_id, m.at, m.bloc_id
"""
_DUE = """
SELECT bloc_id, nation_id, at FROM bloc_members WHERE rank = 'invited' AND expires_at <= ?
ORDER BY expires_at LIMIT ?
"""
MOST_DUE = 500
Picking = Literal["led", "member", "invited", "active"]


@query(kept=True, hot=True)
def bloc_sheet(tx: ReadTransaction, bloc_id: int) -> BlocSheet:
    """Return a bloc with who belongs to it; raises ``NotFound``."""
    row = tx.fetch_one(_ONE, (bloc_id,))
    if row is None:
        raise NotFound("There is no such bloc. `/bloc list` shows them all.", rule="bloc.unknown")
    people = tuple(BlocMember(*one) for one in tx.fetch_all(_PEOPLE, (bloc_id,)))
    return BlocSheet(Bloc(*row), people)


@query(kept=True, hot=True)
def blocs(
    tx: ReadTransaction, status: BlocStatus = "active", limit: int = 10, offset: int = 0
) -> tuple[BlocSheet, ...]:
    """Return blocs of a status with who belongs to them, the newest first."""
    return tuple(bloc_sheet(tx, row[0]) for row in tx.fetch_all(_NUMBERS, (status, limit, offset)))


@query(kept=True, hot=True)
def named_blocs(tx: ReadTransaction) -> tuple[Bloc, ...]:
    """Return the blocs there are, by name."""
    return tuple(Bloc(*row) for row in tx.fetch_all(_NAMES))


@query(kept=True)
def blocs_to_pick(tx: ReadTransaction, viewer: Viewer, of: Picking) -> tuple[Bloc, ...]:
    """Return blocs to pick from: those that the viewer's nation leads, is in, or is invited to.

    Administrators pick from all of them.
    """
    office = office_held_by(tx, viewer.id)
    if of == "active" or standing(tx, viewer).admin:
        return named_blocs(tx)
    if office is None:
        return ()
    sheets = blocs_of(tx, office.nation_id)
    if of == "invited":
        sheets = invitations_of(tx, office.nation_id)
    elif of == "led":
        sheets = tuple(one for one in sheets if one.leader and one.leader.nation_id == office.nation_id)
    return tuple(one.bloc for one in sheets)


@query(kept=True, hot=True)
def blocs_of(tx: ReadTransaction, nation_id: int) -> tuple[BlocSheet, ...]:
    """Return the blocs that a nation is in, the one that it joined first first."""
    found = [row[0] for rank in ("leader", "member") for row in tx.fetch_all(_OF_NATION, (nation_id, rank))]
    sheets = [bloc_sheet(tx, number) for number in found]
    return tuple(sorted(sheets, key=lambda one: _joined(one, nation_id)))


@query(kept=True, hot=True)
def invitations_of(tx: ReadTransaction, nation_id: int) -> tuple[BlocSheet, ...]:
    """Return the blocs that a nation is invited to, the oldest invitation first."""
    return tuple(bloc_sheet(tx, row[0]) for row in tx.fetch_all(_OF_NATION, (nation_id, "invited")))


@query(kept=True, hot=True)
def bloc_of_each_nation(tx: ReadTransaction) -> tuple[NationBloc, ...]:
    """Return the bloc of every nation that is in one, by the nation's number; two where it is in two."""
    found: dict[int, NationBloc] = {}
    for nation_id, bloc_id, name, rank in tx.fetch_all(_EACH):
        first = found.get(nation_id)
        if first is None:
            found[nation_id] = NationBloc(nation_id, bloc_id, name, rank == "leader")
        else:
            both = (first.bloc_id, first.bloc, first.leads or rank == "leader")
            found[nation_id] = NationBloc(nation_id, *both, bloc_id, name)
    return tuple(found.values())


@query(kept=True, hot=True)
def bloc_groups(tx: ReadTransaction, chosen: int | None) -> MapGroups:  # noqa: ARG001 - there is nothing to choose
    """Return the blocs as a map tints them."""
    return blocs_on_map(bloc_of_each_nation(tx))


@query
def due_invitations(tx: ReadTransaction, now: int) -> tuple[tuple[int, int, int], ...]:
    """Return bloc, nation and beginning of the invitations whose time is over."""
    return tuple((row[0], row[1], row[2]) for row in tx.fetch_all(_DUE, (now, MOST_DUE)))


def bloc_named(tx: ReadTransaction, name: str, but: int | None = None) -> Bloc | None:
    """Return another bloc than number ``but`` that is called so, in whatever case or width."""
    wanted = folded(name)
    return next((one for one in named_blocs(tx) if folded(one.name) == wanted and one.id != but), None)


def _joined(sheet: BlocSheet, nation_id: int) -> tuple[int, int]:
    member = sheet.of(nation_id)
    return (member.at if member is not None else 0), sheet.bloc.id
