"""The regions of the map can be founded as they are in the file that ships with the bot."""

from __future__ import annotations

from modelus_bot.sandbox.sample_nations import sample_nations
from modelus_bot.subjects.nations.queries.ranking import ranking
from tests.subjects.rota import ADMIN, Rota


def test_the_regions_are_founded_as_the_map_has_them(staffed: Rota) -> None:
    """28 of them, each found by its name, with its figures; together nearly the whole map's GDP."""
    founded = {write.name: staffed.do(write, ADMIN).after for write in sample_nations()}
    assert len(founded) == staffed.ask(ranking, "gdp").count == 28
    assert (founded["Texas"].gdp, founded["Texas"].population) == (2_400_000_000_000, 30_000_000)
    assert founded["Yellowstone"].gdp_per_capita == 86_363
    assert sum(nation.gdp for nation in founded.values()) == 21_135_000_000_000
