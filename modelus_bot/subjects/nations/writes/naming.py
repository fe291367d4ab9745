"""A nation's name, which keeps the former ones, and its prefix, which stands apart from it."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import Nation, NationChange
from modelus_bot.subjects.nations.rules.names import checked_prefix
from modelus_bot.subjects.nations.writes.fields import NationName, NationNumber
from modelus_bot.subjects.nations.writes.founding import free_name
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.subjects.nations.writes.saving import save
from modelus_bot.subjects.nations.writes.waiting import begin_wait
from modelus_bot.text.escaping import plain

__all__ = ["RenameNation", "SetPrefix"]

_FORMER = """
INSERT INTO nation_names(name, nation_id, kind, by_user, at) VALUES(?, ?, 'former', ?, ?)
ON CONFLICT(name, nation_id) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, by_user = excluded.by_user, at = excluded.at
"""
_HAS_AGAIN = "DELETE FROM nation_names WHERE name = ? AND nation_id = ?"


class RenameNation(Write[NationChange]):
    """Give a nation another name: the author's own, or as administrator any; the former one is kept."""

    name: NationName
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it; whatever refers to the nation does so by its number."""
        before = led_nation(tx, self.nation_id, deputy=False)
        name = free_name(tx, self.name, but=before)
        if name == before.name:
            raise InvalidInput(f"It is called {plain(name)} already.", rule="nation.unchanged")
        begin_wait(tx, before, "name")
        change = save(tx, before, name=name)
        tx.execute(_FORMER, (before.name, before.id, tx.context.actor, tx.context.at))
        tx.execute(_HAS_AGAIN, (name, before.id))
        return change


class SetPrefix(Write[NationChange]):
    """Put one of the known prefixes before a nation's name, or none."""

    prefix: str | None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it."""
        before = led_nation(tx, self.nation_id, deputy=False)
        prefix = checked_prefix(self.prefix) if self.prefix is not None else None
        if prefix == before.prefix:
            raise InvalidInput(f"It is {plain(_called(before))} already.", rule="nation.unchanged")
        begin_wait(tx, before, "name")
        return save(tx, before, prefix=prefix)


def _called(nation: Nation) -> str:
    return nation.full_name if nation.prefix is not None else f"{nation.name} without a prefix"
