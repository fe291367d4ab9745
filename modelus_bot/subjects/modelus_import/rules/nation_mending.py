"""Makes nations, their former names and their leaders of what the original bot kept. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.imports.rules.cells import Cells, Unusable
from modelus_bot.subjects.modelus_import.model.rows import FormerNameRow, LeaderRow, NationRow
from modelus_bot.subjects.modelus_import.rules.names import NationNames, Split, split_names
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.rules.cities import MOST_CITIES, checked_city
from modelus_bot.subjects.nations.rules.figures import MOST_MONEY, MOST_PEOPLE, WHOLE
from modelus_bot.subjects.nations.rules.governments import GOVERNMENTS
from modelus_bot.subjects.nations.rules.names import checked_name
from modelus_bot.text.escaping import bare, folded
from modelus_bot.text.exact_ids import exact_id

__all__ = ["account", "fit_name", "former_name", "leader", "listed", "nation", "nation_meant"]

BILLION = 1_000_000_000
NAME_LIMIT, CITY_LIMIT = 50, 50
_GOVERNMENTS = {"_".join(name.lower().replace("-", " ").split()): name for name in GOVERNMENTS}
_OFFICES: Mapping[str, OfficeName] = {
    "president": "president",
    "vice_president": "vice_president",
    "vicepresident": "vice_president",
}


def fit_name(text: Any, number: str) -> str:
    """Return a name without its prefixes that a nation may have, or one made of its number."""
    name = split_names(text).name[:NAME_LIMIT].rstrip() if isinstance(text, str) else ""
    try:
        return checked_name(name)
    except InvalidInput:
        return f"Nation {number}"


def nation(cells: Cells, name: str) -> NationRow:
    """Return a nation under the name that it gets here."""
    found = split_names(cells.text("name", 200))
    if len(found.prefixes) > 1:
        cells.note(f"its prefixes were stacked, and the first one counts: {bare(found.whole)[:100]}")
    if folded(found.name) != folded(name):
        cells.note(f"its name is taken by another or cannot stay, so it is called so: {name}")
    if cells.value("flag"):
        cells.note("its flag must be set again, since what is kept of it is a link that expires")
    capital, cities = _cities(cells)
    return NationRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        name=name,
        prefix=found.prefixes[0] if found.prefixes else None,
        aliases=tuple(_aliases(found, name)),
        gdp=cells.scaled("gdp", BILLION, MOST_MONEY, 0),
        population=cells.scaled("population", 1, MOST_PEOPLE, 0),
        previous_gdp=_previous(cells, "previous_gdp", BILLION, MOST_MONEY),
        previous_population=_previous(cells, "previous_population", 1, MOST_PEOPLE),
        stability_bp=cells.scaled("stability", 100, WHOLE, 0),
        tax_bp=cells.scaled("tax_rate", 100, WHOLE, 2000),
        debt=cells.scaled("national_debt", BILLION, MOST_MONEY, 0),
        ground=cells.scaled("ground_strength", 10, 100, 50),
        naval=cells.scaled("naval_strength", 10, 100, 50),
        air=cells.scaled("air_strength", 10, 100, 50),
        government=cells.choice("government_type", _GOVERNMENTS, "Democracy"),
        description=cells.label("description", 1000),
        cities=cities,
        has_capital=capital,
        renamed_at=cells.instant("last_rename_at"),
        taxed_at=cells.instant("tax_rate_changed_at"),
    )


def former_name(cells: Cells, names: NationNames) -> FormerNameRow:
    """Return a name that a nation had, without its prefixes."""
    new = cells.text("new_name", 200)
    meant = names.meant(new)
    if meant is None:
        raise Unusable(f"no nation there is called so any more, or several were: {bare(new)[:60]}")
    old = split_names(cells.text("old_name", 200)).name
    if not any(letter.isalnum() for letter in old):
        raise Unusable("old_name is empty")
    if len(old) > NAME_LIMIT:
        cells.note(f"old_name was cut to {NAME_LIMIT} characters")
    return FormerNameRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        nation=meant,
        name=old[:NAME_LIMIT].rstrip(),
    )


def leader(cells: Cells, names: NationNames) -> LeaderRow:
    """Return who leads a nation."""
    found = account(cells, "discord_id")
    if found is None:
        raise Unusable("discord_id is no Discord id to the last digit")
    return LeaderRow(
        number=str(found),
        created_at=cells.instant("created_at"),
        account=found,
        nation=nation_meant(cells, names),
        office=cells.choice("role", _OFFICES, "president"),
    )


def nation_meant(cells: Cells, names: NationNames) -> str:
    """Return the number of the nation of a row; raises ``Unusable``."""
    name = cells.text("nation_name", 200)
    number = names.meant(name)
    if number is None:
        raise Unusable(f"no nation there is called so: {bare(name)[:60]}")
    if not names.is_present(name):
        cells.note("its nation stands there by another name, which it had before or without its prefix")
    return number


def account(cells: Cells, column: str) -> int | None:
    """Return a Discord account; None, with a note, for what is none to the last digit."""
    value = cells.value(column)
    if value is None or value == "":
        return None
    try:
        return exact_id(value)
    except ValueError:
        cells.note(f"{column} is no Discord id to the last digit, and counts as not given")
        return None


def _previous(cells: Cells, column: str, unit: int, most: int) -> int | None:
    return cells.scaled(column, unit, most, 0) if cells.value(column) is not None else None


def _aliases(found: Split, name: str) -> Iterator[str]:
    """Yield what else it has to be found by: its name with stacked prefixes, or the one it cannot have."""
    if len(found.prefixes) > 1 and len(found.whole) <= NAME_LIMIT:
        yield found.whole
    if folded(found.name) != folded(name) and found.name.strip() and len(found.name) <= NAME_LIMIT:
        yield found.name


def _cities(cells: Cells) -> tuple[bool, tuple[str, ...]]:
    """Return whether there is a capital, which comes first then, and every city."""
    capital = _city(cells, cells.text("capitol", 200), "capitol")
    named = {folded(capital): capital} if capital is not None else {}
    for value in listed(cells, "provincial_capitals") or ():
        city = _city(cells, value, "provincial_capitals")
        if city is None:
            continue
        if folded(city) in named and named[folded(city)] != capital:
            cells.note(f"a city is listed twice, and counts once: {city}")
        named.setdefault(folded(city), city)
    cities = tuple(named.values())
    if len(cities) > MOST_CITIES:
        cells.note(f"more than {MOST_CITIES} cities; left out: {', '.join(cities[MOST_CITIES:])[:200]}")
    return capital is not None, cities[:MOST_CITIES]


def _city(cells: Cells, value: Any, column: str) -> str | None:
    if not isinstance(value, str):
        cells.note(f"what is no text in {column} is left out")
        return None
    if not value.strip():
        return None
    try:
        found = checked_city(value)
    except InvalidInput:
        cells.note(f"a name in {column} has characters that no city has, and is left out: {bare(value)[:60]}")
        return None
    if len(found) > CITY_LIMIT:
        cells.note(f"a name in {column} was cut to {CITY_LIMIT} characters")
    return found[:CITY_LIMIT].rstrip()


def listed(cells: Cells, column: str) -> list[Any] | None:
    """Return a list written as JSON, or as words with commas; None, with a note, for what is neither."""
    text = cells.text(column, 20_000)
    if not text:
        return []
    if not text.startswith(("[", "{", '"')):
        return [part.strip() for part in text.split(",")]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return found
    cells.note(f"{column} is no list that can be read, and is left out")
    return None
