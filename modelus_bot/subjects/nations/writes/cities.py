"""Cities of a nation: added, removed, and one of them the capital."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.nations.model import City, CityChange, Nation
from modelus_bot.subjects.nations.queries.cities import cities_of
from modelus_bot.subjects.nations.rules.cities import MOST_CITIES, checked_city
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import folded, plain

__all__ = ["AddCity", "MakeCapital", "RemoveCity"]

CityName = Annotated[str, Field(min_length=1, max_length=50)]
_ADD = "INSERT INTO nation_cities(nation_id, name, is_capital, position) VALUES(?, ?, ?, ?)"
_REMOVE = "DELETE FROM nation_cities WHERE id = ?"
_CAPITAL = "UPDATE nation_cities SET is_capital = ? WHERE id = ?"


class AddCity(Write[CityChange]):
    """Add a city; which one is the capital is another change."""

    name: CityName
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> CityChange:
        """Insert it after the others."""
        nation = led_nation(tx, self.nation_id, deputy=True)
        name = checked_city(self.name)
        before = cities_of(tx, nation.id)
        if _called(before, name) is not None:
            raise InvalidInput(f"{plain(nation.name)} has a city of this name already.", rule="city.taken")
        if len(before) >= MOST_CITIES:
            raise InvalidInput(
                f"{plain(nation.name)} has {MOST_CITIES} cities already, and no nation has more. Remove one"
                " first.",
                rule="city.most",
            )
        place = max((city.position for city in before), default=-1) + 1
        number = tx.insert(_ADD, (nation.id, name, 0, place))
        tx.audit("nation_cities", number, "INSERT", new={"name": name}, nation_id=nation.id)
        return CityChange(nation, before, cities_of(tx, nation.id))


class RemoveCity(Write[CityChange]):
    """Take a city from the list; if it was the capital, there is none."""

    name: CityName
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> CityChange:
        """Delete it."""
        nation, before, city = _found(tx, self.nation_id, self.name)
        tx.execute(_REMOVE, (city.id,))
        old = {"name": city.name, "is_capital": int(city.is_capital)}
        tx.audit("nation_cities", city.id, "DELETE", old=old, nation_id=nation.id)
        return CityChange(nation, before, cities_of(tx, nation.id))


class MakeCapital(Write[CityChange]):
    """Let a city be the capital instead of the one that is."""

    name: CityName
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> CityChange:
        """Move the mark."""
        nation, before, city = _found(tx, self.nation_id, self.name)
        if city.is_capital:
            raise InvalidInput(f"{plain(city.name)} is the capital already.", rule="city.unchanged")
        for other in [item for item in before if item.is_capital]:
            _mark(tx, nation, other, capital=False)
        _mark(tx, nation, city, capital=True)
        return CityChange(nation, before, cities_of(tx, nation.id))


def _found(tx: Transaction, nation_id: int | None, name: str) -> tuple[Nation, tuple[City, ...], City]:
    nation = led_nation(tx, nation_id, deputy=True)
    before = cities_of(tx, nation.id)
    city = _called(before, name)
    if city is None:
        raise NotFound(
            f"{plain(nation.name)} has no city called “{plain(name)}”. `/nation city` with the action “list”"
            " shows them.",
            rule="city.unknown",
        )
    return nation, before, city


def _called(cities: tuple[City, ...], name: str) -> City | None:
    wanted = folded(name)
    return next((city for city in cities if folded(city.name) == wanted), None)


def _mark(tx: Transaction, nation: Nation, city: City, *, capital: bool) -> None:
    tx.execute(_CAPITAL, (int(capital), city.id))
    tx.audit(
        "nation_cities",
        city.id,
        "UPDATE",
        old={"is_capital": int(not capital)},
        new={"is_capital": int(capital)},
        nation_id=nation.id,
    )
