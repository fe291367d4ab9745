"""Aliases of a nation: other names by which people find it, given and taken by administrators."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Transaction, Write
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.nations.model import AliasChange, Nation
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.queries.names import aliases_of
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.names import MOST_ALIASES, checked_alias
from modelus_bot.subjects.nations.writes.fields import NationName, NationNumber
from modelus_bot.text.escaping import folded, plain

__all__ = ["AddAlias", "RemoveAlias"]

_ADD = "INSERT INTO nation_names(name, nation_id, kind, by_user, at) VALUES(?, ?, 'alias', ?, ?)"
_REMOVE = "DELETE FROM nation_names WHERE name = ? AND nation_id = ? AND kind = 'alias'"


class AddAlias(Write[AliasChange]):
    """Let a nation be found by another name, too."""

    nation_id: NationNumber
    name: NationName

    def apply(self, tx: Transaction) -> AliasChange:
        """Insert it; refused where whoever types it means a nation already."""
        require_admin(tx)
        nation = require_nation(tx, self.nation_id)
        name = checked_alias(self.name)
        _require_free(tx, name, nation)
        if len(aliases_of(tx, nation.id)) >= MOST_ALIASES:
            raise InvalidInput(
                f"{plain(nation.name)} has {MOST_ALIASES} aliases already. Remove one first.",
                rule="alias.most",
            )
        context = tx.context
        tx.execute(_ADD, (name, nation.id, context.actor, context.at))
        tx.audit("nations", nation.id, "UPDATE", old={}, new={"alias": name}, nation_id=nation.id)
        return AliasChange(nation, name, True, aliases_of(tx, nation.id))


class RemoveAlias(Write[AliasChange]):
    """Let a nation be found by an alias no longer; what it was called before goes on finding it."""

    nation_id: NationNumber
    name: NationName

    def apply(self, tx: Transaction) -> AliasChange:
        """Delete it."""
        require_admin(tx)
        nation = require_nation(tx, self.nation_id, archived=True)
        wanted = folded(self.name)
        name = next((alias for alias in aliases_of(tx, nation.id) if folded(alias) == wanted), None)
        if name is None:
            raise NotFound(
                f"{plain(nation.name)} has no alias “{plain(self.name)}”. `/nation show` lists those it has.",
                rule="alias.unknown",
            )
        tx.execute(_REMOVE, (name, nation.id))
        tx.audit("nations", nation.id, "UPDATE", old={"alias": name}, new={}, nation_id=nation.id)
        return AliasChange(nation, name, False, aliases_of(tx, nation.id))


def _require_free(tx: ReadTransaction, name: str, nation: Nation) -> None:
    """Raise ``InvalidInput`` if a name finds a nation already, or is what several were called."""
    try:
        found = nation_called(tx, name)
    except NotFound:
        return
    if found == nation.id:
        raise InvalidInput(f"“{plain(name)}” finds {plain(nation.name)} already.", rule="alias.unchanged")
    other = require_nation(tx, found)
    raise InvalidInput(
        f"Whoever types “{plain(name)}” means {plain(other.name)}. Choose another alias.", rule="alias.taken"
    )
