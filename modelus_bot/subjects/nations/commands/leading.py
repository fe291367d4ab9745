"""/nation tax, government, describe, city: what those who lead a nation decide."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.cards.changes import cities_card
from modelus_bot.subjects.nations.commands.acting import ActsForNations
from modelus_bot.subjects.nations.model import City, CityChange
from modelus_bot.subjects.nations.queries.cities import own_cities
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.rules.figures import parsed, shown
from modelus_bot.subjects.nations.rules.governments import GOVERNMENTS
from modelus_bot.subjects.nations.writes.cities import AddCity, MakeCapital, RemoveCity
from modelus_bot.subjects.nations.writes.leading import MOST_TAX, Describe, SetGovernment, SetTax
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.commands.suggestions import Choices, choices, suggested

__all__ = ["LeadsNations"]

OTHER = "Another nation, for administrators; your own if left out"
CityAction = Literal["add", "remove", "capital", "list"]
_CITY_WRITES: dict[str, type[AddCity | RemoveCity | MakeCapital]] = {
    "add": AddCity,
    "remove": RemoveCity,
    "capital": MakeCapital,
}
_GOVERNMENTS = [app_commands.Choice(name=name, value=name) for name in GOVERNMENTS]


class LeadsNations(ActsForNations):
    """The commands with which nations are led."""

    @app_commands.command(name="tax", description="Set your nation's tax rate, once in seven days")
    @app_commands.describe(rate="In percent, from 0 to 50, like 21.5", nation=OTHER)
    async def tax(
        self,
        interaction: discord.Interaction,
        rate: app_commands.Range[str, 1, 20],
        nation: str | None = None,
    ) -> None:
        """Save the rate and show the budget before and after."""
        number = await self.begin(interaction, nation)
        tax_bp = parsed("tax_bp", rate)
        if not 0 <= tax_bp <= MOST_TAX:
            raise InvalidInput(
                f"A tax rate of {shown('tax_bp', tax_bp)} is not possible; it is 0 to 50 %.", rule="tax.range"
            )
        await self.carry_out(interaction, SetTax(tax_bp=tax_bp, nation_id=number))

    @app_commands.command(name="government", description="Choose your nation's form of government")
    @app_commands.describe(form="One of 24", nation=OTHER)
    @app_commands.choices(form=_GOVERNMENTS)
    async def government(
        self, interaction: discord.Interaction, form: str, nation: str | None = None
    ) -> None:
        """Save it."""
        number = await self.begin(interaction, nation)
        await self.carry_out(interaction, SetGovernment(government=form, nation_id=number))

    @app_commands.command(name="describe", description="Say what your nation is; nothing takes the text away")
    @app_commands.describe(text="What its card says of it; nothing if left out", nation=OTHER)
    async def describe(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, 1000] | None = None,
        nation: str | None = None,
    ) -> None:
        """Save it."""
        number = await self.begin(interaction, nation)
        await self.carry_out(interaction, Describe(description=text, nation_id=number))

    @app_commands.command(name="city", description="Add or remove a city, choose the capital, or list them")
    @app_commands.describe(action="What to do", name="The city's name; the list needs none", nation=OTHER)
    async def city(
        self,
        interaction: discord.Interaction,
        action: CityAction,
        name: app_commands.Range[str, 1, 50] | None = None,
        nation: str | None = None,
    ) -> None:
        """Save it, and list the cities."""
        number = await self.begin(interaction, nation)
        write = _CITY_WRITES.get(action)
        if write is None:
            await self._list_cities(interaction, number)
            return
        if name is None:
            raise InvalidInput("Say which city, in the option “name”.", rule="city.which")
        await self.carry_out_as(interaction, write(name=name, nation_id=number), _changed)

    async def _list_cities(self, interaction: discord.Interaction, number: int | None) -> None:
        if number is None:
            office = await self.bot.db.read(office_held_by, interaction.user.id)
            if office is None:
                raise InvalidInput("You lead no nation, so say which one you mean.", rule="nation.which")
            number = office.nation_id
        sheet = await self.bot.db.read(nation_sheet, number)
        await answering.answer(interaction, cities_card(None, sheet.nation, _named(sheet.cities)))

    @city.autocomplete("name")
    async def _cities(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest the cities of the member's own nation, where one of them is to be chosen."""
        if interaction.namespace.action not in {"remove", "capital"}:
            return []
        found = await suggested(interaction, own_cities, interaction.user.id)
        return choices(((bare(city.name), city.name) for city in found or ()), typed)

    @tax.autocomplete("nation")
    @government.autocomplete("nation")
    @describe.autocomplete("nation")
    @city.autocomplete("nation")
    async def _led(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)


def _changed(change: CityChange) -> cards.Card:
    return cities_card(change, change.nation, _named(change.after))


def _named(cities: tuple[City, ...]) -> tuple[str, ...]:
    return tuple(f"{plain(city.name)}{' (capital)' if city.is_capital else ''}" for city in cities)
