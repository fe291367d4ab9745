"""Making a bloc, and what it is called and stands for."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.model import BlocChange
from modelus_bot.subjects.blocs.queries import bloc_named, bloc_sheet
from modelus_bot.subjects.blocs.rules import checked_name
from modelus_bot.subjects.blocs.writes.fields import BlocDescription, BlocName, BlocNumber
from modelus_bot.subjects.blocs.writes.membership import announce, led_bloc, put, require_room
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = ["CreateBloc", "EditBloc"]

_ADD = "INSERT INTO blocs(name, description, created_at, updated_at) VALUES(?, ?, ?, ?)"
_EDIT = """
UPDATE blocs SET name = ?, description = ?, version = version + 1, updated_at = ? WHERE id = ?
"""


class CreateBloc(Write[BlocChange]):
    """Make a bloc that one's own nation or, as administrator, ``nation_id`` leads."""

    bloc_name: BlocName
    description: BlocDescription | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Insert it with its leader."""
        nation = led_nation(tx, self.nation_id, deputy=False)
        require_room(tx, nation)
        name = _free_name(tx, self.bloc_name)
        about = (self.description or "").strip() or None
        at = tx.context.at
        number = tx.insert(_ADD, (name, about, at, at))
        tx.audit("blocs", number, "INSERT", new={"name": name, "description": about}, nation_id=nation.id)
        put(tx, number, nation.id, "leader", at)
        announce(tx, number, f"{nation.name} has founded the bloc {name}", nation.id)
        return BlocChange(
            bloc_sheet(tx, number), f"{plain(nation.name)} has founded {plain(name)} and leads it."
        )


class EditBloc(Write[BlocChange]):
    """Change what a bloc is called or stands for; None leaves it, ``no_description`` takes the text away."""

    bloc_id: BlocNumber
    bloc_name: BlocName | None = None
    description: BlocDescription | None = None
    no_description: bool = False
    version: int | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Save it."""
        before = led_bloc(tx, self.bloc_id, self.version).bloc
        name = before.name if self.bloc_name is None else _free_name(tx, self.bloc_name, before.id)
        about = (self.description or "").strip() or (None if self.no_description else before.description)
        if (name, about) == (before.name, before.description):
            raise InvalidInput("Nothing to change: that is what it says now.", rule="bloc.unchanged")
        tx.execute(_EDIT, (name, about, tx.context.at, before.id))
        old = {"name": before.name, "description": before.description}
        new = {"name": name, "description": about}
        told = [key for key in old if old[key] != new[key]]
        tx.audit(
            "blocs",
            before.id,
            "UPDATE",
            old={key: old[key] for key in told},
            new={key: new[key] for key in told},
        )
        if name != before.name:
            announce(tx, before.id, f"The bloc {before.name} is called {name} now")
        done = f"Name: {plain(before.name)} → {plain(name)}" if name != before.name else "Description saved."
        return BlocChange(bloc_sheet(tx, before.id), done)


def _free_name(tx: Transaction, typed: str, but: int | None = None) -> str:
    name = checked_name(typed)
    if bloc_named(tx, name, but) is not None:
        raise InvalidInput(
            f"There is a bloc called {plain(name)} already. Choose another name.", rule="bloc.name_taken"
        )
    return name
