"""What another program writes into the file is what people see next, however often it was asked before."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.nations.model import RankMetric
from modelus_bot.subjects.nations.queries.lookup import nation_called
from modelus_bot.subjects.nations.queries.mapped import map_view
from modelus_bot.subjects.nations.queries.overview import overview
from modelus_bot.subjects.nations.queries.ranking import ranking
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.nations.writes.founding import CreateNation
from tests.daily_size import FULL
from tests.subjects.rota import ADA

EXAMPLES = 2000 if FULL else 100
METRICS: tuple[RankMetric, ...] = get_args(RankMetric)
NATIONS = 4


async def seen(db: DatabaseManager, by: RankMetric, name: str) -> tuple[object, ...]:
    """Return what every screen of nations reads."""
    found = await db.read(ranking, by, None)
    mapped = await db.read(map_view, by, (name,))
    on_map = mapped.regions[0][1]
    number = await db.read(nation_called, name)
    sheet = (await db.read(nation_sheet, number)).nation
    sums = await db.read(overview, ADA)
    return (
        [(place.nation_id, place.name, place.value) for place in found.places],
        on_map and (on_map.nation_id, on_map.name, on_map.value),
        (sheet.name, getattr(sheet, by)),
        (sums.active, sums.gdp, sums.population, sums.budget),
    )


def there(connection: sqlite3.Connection, by: RankMetric, name: str) -> tuple[object, ...]:
    """Return the same from the file."""
    ranked = f"SELECT id, name, {by} FROM nations WHERE status = 'active' ORDER BY {by} DESC, id"
    found = connection.execute(f"SELECT id, name, {by} FROM nations WHERE name = ?", (name,)).fetchone()
    sums = "SELECT count(*), sum(gdp), sum(population), sum(budget) FROM nations WHERE status = 'active'"
    return (
        connection.execute(ranked).fetchall(),
        found,
        (found[1], found[2]),
        tuple(value or 0 for value in connection.execute(sums).fetchone()),
    )


async def test_edits_of_the_file_are_seen(tmp_path: Path) -> None:
    """Figures, names and states that somebody sets by hand, each of them on the next screen."""
    settings = DatabaseSettings(path=tmp_path / "outside.db", synchronous="NORMAL")
    dice = random.Random(7)
    async with DatabaseManager(settings.path, settings, visibility=DECLARED.visibility) as db:
        for number in range(1, NATIONS + 1):
            await db.write(CreateNation(name=f"Land {number}", gdp=number, population=5), Context())
        with closing(sqlite3.connect(settings.path, isolation_level=None)) as outside:
            for example in range(EXAMPLES):
                number, by = dice.randint(1, NATIONS), dice.choice(METRICS)
                name = f"Place {example}"
                column = "gdp" if by == "gdp_per_capita" else by
                values = (name, dice.randint(0, 99), dice.choice(["active", "leave"]), number)
                outside.execute(f"UPDATE nations SET name = ?, {column} = ?, status = ? WHERE id = ?", values)
                for _ in range(2):
                    assert await seen(db, by, name) == there(outside, by, name), (example, values)
