"""Takes nations in, with their cities, former names and leaders; nobody is told of it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut, ensure_not_erased
from modelus_bot.subjects.modelus_import.model.rows import FormerNameRow, LeaderRow, NationRow
from modelus_bot.subjects.modelus_import.writes.memory import MEMORY, nation_taken
from modelus_bot.subjects.nations.model import Metric, Nation
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.queries.offices import office_held_by, offices_of
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.waiting import WAITS, Waiting
from modelus_bot.subjects.nations.writes.saving import METRICS, note_history
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.text.escaping import folded

__all__ = ["take_former_name", "take_leader", "take_nation"]

_ADD = """
INSERT INTO nations(name, prefix, gdp, population, stability_bp, tax_bp, debt, ground, naval, air, government,
    description, created_at, updated_at)
VALUES(:name, :prefix, :gdp, :population, :stability_bp, :tax_bp, :debt, :ground, :naval, :air, :government,
    :description, :created_at, :at)
"""
_TOLD = (
    "name", "prefix", "gdp", "population", "stability_bp", "tax_bp", "debt", "ground", "naval", "air",
    "government", "description",
)  # fmt: skip
_CITY = "INSERT INTO nation_cities(nation_id, name, is_capital, position) VALUES(?, ?, ?, ?)"
_WAIT = "INSERT INTO cooldowns(nation_id, command, until) VALUES(?, ?, ?)"
_NAME = """
INSERT INTO nation_names(name, nation_id, kind, by_user, at) VALUES(?, ?, ?, NULL, ?)
ON CONFLICT(name, nation_id) DO NOTHING
"""
_OFFICE = "INSERT INTO nation_offices(nation_id, user_id, office, since) VALUES(?, ?, ?, ?)"


def take_nation(tx: Transaction, row: NationRow, taken: set[str]) -> RowFate:
    """Add a nation, or note that there is one of its name, which stays as it is.

    ``taken`` are the folded names of those there are, and has its name afterwards.
    """
    if folded(row.name) in taken:
        return _known(tx, row)
    at = tx.context.at
    values = row.model_dump() | {"created_at": row.created_at or at, "at": at}
    number = tx.insert(_ADD, values)
    new = {name: values[name] for name in _TOLD if values[name] is not None}
    tx.audit("nations", number, "INSERT", new=new, nation_id=number)
    after = require_nation(tx, number)
    before: dict[Metric, int | None] = {"gdp": row.previous_gdp, "population": row.previous_population}
    for metric in METRICS:
        _note(tx, after, metric, before.get(metric))
    for place, city in enumerate(row.cities):
        _add_city(tx, after, city, place, capital=row.has_capital and not place)
    tx.execute_many(_NAME, [(name, number, "alias", at) for name in row.aliases])
    _wait(tx, number, "name", row.renamed_at)
    _wait(tx, number, "tax", row.taxed_at)
    taken.add(folded(row.name))
    MEMORY.note(tx, row, number)
    return RowFate("added")


def _known(tx: Transaction, row: NationRow) -> RowFate:
    number: int | None = None
    with contextlib.suppress(Refusal):
        number = nation_called(tx, row.name)
    if number is None or folded(require_nation(tx, number).name) != folded(row.name):
        raise LeftOut("several nations here are called so")
    other = MEMORY.became(tx, "nations", number)
    if other is not None:
        raise LeftOut(f"the nation of its name here was another one of the file: nation {other}")
    MEMORY.note(tx, row, number)
    return RowFate("unchanged", ("a nation of this name is here; what is here stays",))


def _note(tx: Transaction, after: Nation, metric: Metric, before: int | None) -> None:
    """Let the history of a figure begin, with what it was before where that is known."""
    changed = before is not None and before != getattr(after, metric)
    if changed:
        earlier: dict[str, Any] = {metric: before}
        note_history(tx, replace(after, **earlier), metric, None, "import")
    note_history(tx, after, metric, before if changed else None, "import")


def _add_city(tx: Transaction, nation: Nation, name: str, place: int, *, capital: bool) -> None:
    number = tx.insert(_CITY, (nation.id, name, int(capital), place))
    new = {"name": name, "is_capital": int(capital)}
    tx.audit("nation_cities", number, "INSERT", new=new, nation_id=nation.id)


def _wait(tx: Transaction, number: int, command: Waiting, begun: int | None) -> None:
    """Let a nation go on waiting for what it would have waited for there."""
    if begun is not None and begun <= tx.context.at < begun + WAITS[command]:
        tx.execute(_WAIT, (number, command, begun + WAITS[command]))


def take_former_name(tx: Transaction, row: FormerNameRow) -> RowFate:
    """Let a nation be found by a name that it had."""
    nation = nation_taken(tx, row.nation)
    MEMORY.note(tx, row, nation.id)
    if folded(nation.name) == folded(row.name):
        return RowFate("unchanged", ("only its prefix was another, which stands apart from its name here",))
    added = tx.execute(_NAME, (row.name, nation.id, "former", row.created_at or tx.context.at))
    return RowFate("added") if added else RowFate("unchanged")


def take_leader(tx: Transaction, row: LeaderRow) -> RowFate:
    """Give somebody an office that nobody holds."""
    nation = nation_taken(tx, row.nation)
    ensure_not_erased(tx, row.account, "who leads it", row.number)
    held = office_held_by(tx, row.account)
    if held is not None and (held.nation_id, held.office) == (nation.id, row.office):
        MEMORY.note(tx, row, held.id)
        return RowFate("unchanged")
    _require_free(tx, nation, row, holds=held is not None)
    since = min(row.created_at or tx.context.at, tx.context.at)
    number = tx.insert(_OFFICE, (nation.id, row.account, row.office, since))
    new = {"nation_id": nation.id, "user_id": row.account, "office": row.office}
    tx.audit("nation_offices", number, "INSERT", new=new, nation_id=nation.id)
    MEMORY.note(tx, row, number)
    return RowFate("added")


def _require_free(tx: Transaction, nation: Nation, row: LeaderRow, *, holds: bool) -> None:
    """Raise ``LeftOut`` where somebody holds the office, or the member another one or is deactivated."""
    if holds:
        raise LeftOut("they hold another office here, which stays")
    if any(office.office == row.office for office in offices_of(tx, nation.id)):
        raise LeftOut("somebody else holds this office already")
    try:
        require_active_member(tx, row.account)
    except Refusal as why:
        raise LeftOut("they are deactivated here") from why
