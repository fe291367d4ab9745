"""Founding nations."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import Nation, NationChange
from modelus_bot.subjects.nations.queries.lookup import name_taken
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.governments import checked_government
from modelus_bot.subjects.nations.rules.names import checked_name, checked_prefix
from modelus_bot.subjects.nations.writes.fields import Force, Money, NationName, People, Rate
from modelus_bot.subjects.nations.writes.saving import METRICS, note_history
from modelus_bot.subjects.nations.writes.telling import tell_founded
from modelus_bot.text.escaping import plain

__all__ = ["CreateNation", "free_name"]

_ADD = """
INSERT INTO nations(name, prefix, gdp, population, stability_bp, tax_bp, ground, naval, air, government,
    created_at, updated_at)
VALUES(:name, :prefix, :gdp, :population, :stability_bp, :tax_bp, :ground, :naval, :air, :government,
    :at, :at)
"""
_TOLD = (
    "name",
    "prefix",
    "gdp",
    "population",
    "stability_bp",
    "tax_bp",
    "ground",
    "naval",
    "air",
    "government",
)


class CreateNation(Write[NationChange]):
    """Found a nation: money in whole dollars, rates in hundredths of a percent, forces in tenths."""

    name: NationName
    gdp: Money
    population: People
    stability_bp: Rate = 5000
    tax_bp: Rate = 2000
    ground: Force = 50
    naval: Force = 50
    air: Force = 50
    government: str = "Democracy"
    prefix: str | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Insert it, with the beginning of the history of each of its figures."""
        require_admin(tx)
        values = self.model_dump() | {
            "name": free_name(tx, self.name),
            "government": checked_government(self.government),
            "prefix": checked_prefix(self.prefix) if self.prefix is not None else None,
        }
        number = tx.insert(_ADD, values | {"at": tx.context.at})
        after = require_nation(tx, number)
        new = {name: values[name] for name in _TOLD if values[name] is not None}
        tx.audit("nations", number, "INSERT", new=new, nation_id=number)
        tell_founded(tx, after)
        history = tuple(note_history(tx, after, metric, None, "admin") for metric in METRICS)
        return NationChange(None, after, history)


def free_name(tx: Transaction, name: str, but: Nation | None = None) -> str:
    """Return a name that no other nation has now; raises ``InvalidInput`` for one that is taken or unfit.

    One that another had before is free: whoever types it means the nation that has it now.
    """
    fit = checked_name(name)
    if name_taken(tx, fit, but.id if but is not None else None):
        raise InvalidInput(
            f"There is a nation called {plain(fit)} already. Choose another name, or archive that one first.",
            rule="nation.name_taken",
        )
    return fit
