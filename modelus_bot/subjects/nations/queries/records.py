"""One nation by its number, and everything its card says."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.nations.model import Nation, NationSheet
from modelus_bot.subjects.nations.queries.cities import cities_of
from modelus_bot.subjects.nations.queries.names import aliases_of, former_names_of
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.text.escaping import plain

__all__ = ["nation", "nation_sheet", "require_nation"]

_BY_ID = """
SELECT id, name, prefix, gdp, population, stability_bp, tax_bp, debt, treasury, ground, naval, air,
    government, description, flag_channel_id, flag_message_id, status, leave_until, version, created_at,
    updated_at
FROM nations WHERE id = ?
"""


def nation_of(row: Row) -> Nation:
    """Turn a row into a nation."""
    return Nation(**dict(zip(row.keys(), row, strict=True)))


@query(kept=True, hot=True)
def nation(tx: ReadTransaction, nation_id: int) -> Nation | None:
    """Return a nation, archived ones too; None if there is none of that number."""
    row = tx.fetch_one(_BY_ID, (nation_id,))
    return None if row is None else nation_of(row)


def require_nation(tx: ReadTransaction, nation_id: int, *, archived: bool = False) -> Nation:
    """Return a nation or raise ``NotFound``; one that is archived only where that is asked for."""
    found = nation(tx, nation_id)
    if found is None:
        raise NotFound("There is no such nation any more. Pick one from the list.", rule="nation.unknown")
    if found.status == "archived" and not archived:
        raise NotFound(
            f"{plain(found.name)} is archived. An administrator can bring it back with"
            " `/nation-admin restore`.",
            rule="nation.archived",
        )
    return found


@query(kept=True, hot=True)
def nation_sheet(tx: ReadTransaction, nation_id: int) -> NationSheet:
    """Return what a nation's card says; raises ``NotFound``."""
    found = require_nation(tx, nation_id, archived=True)
    return NationSheet(
        found,
        offices_of(tx, nation_id),
        cities_of(tx, nation_id),
        former_names_of(tx, nation_id),
        aliases_of(tx, nation_id),
    )
