"""With thousands of nations each question uses the index that is meant for it; names are found at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from modelus_bot.subjects.nations.queries import ranking
from modelus_bot.subjects.nations.queries.cities import _OF_NATION as _CITIES
from modelus_bot.subjects.nations.queries.history import _BEFORE, _FROM, _LAST, _PAGE, _SINCE, newest_changes
from modelus_bot.subjects.nations.queries.lookup import (
    _EXACT,
    _KIND,
    _NAMES,
    _OTHER,
    FORMER_FROM,
    PRESENT_FROM,
    named_nations,
)
from modelus_bot.subjects.nations.queries.mapped import map_view
from modelus_bot.subjects.nations.queries.names import _ALIASES, _FORMER
from modelus_bot.subjects.nations.queries.offices import _HELD, _PAST
from modelus_bot.subjects.nations.queries.offices import _OF_NATION as _OFFICES
from modelus_bot.subjects.nations.queries.overview import overview
from modelus_bot.subjects.nations.queries.records import _BY_ID
from modelus_bot.subjects.nations.queries.undoable import _TAIL, undoable_changes
from modelus_bot.subjects.nations.queries.waits import _UNTIL
from tests.subjects.nations.many import MANY, enter
from tests.subjects.rota import ADA, Rota, copied, made, staff

QUICK = 0.02
"""Seconds of the processor that suggestions may take; the machine may have others to serve."""


def fill(rota: Rota) -> None:
    """Enter nations with as little history as plans need."""
    staff(rota)
    with rota.transaction() as connection:
        enter(connection, ADA, each=4)
    rota.connection.execute("ANALYZE")


@pytest.fixture(scope="module")
def crowded() -> Iterator[Rota]:
    """Return a file with 5,000 nations, only read."""
    with copied(made(fill)) as rota:
        yield rota


INDEXES = {
    "gdp": "idx_nations_gdp",
    "population": "idx_nations_population",
    "stability_bp": "idx_nations_stability",
    "tax_bp": "idx_nations_tax",
    "gdp_per_capita": "idx_nations_per_capita",
    "ground": "idx_nations_ground",
    "naval": "idx_nations_naval",
    "air": "idx_nations_air",
}
PLANS = {
    **{f"page {by}": (ranking.PAGES[by], (10, 0), name) for by, name in INDEXES.items()},
    **{f"place {by}": (ranking.ABOVE[by], (5,), f"{name} (") for by, name in INDEXES.items()},
    "typed name": (_EXACT, ("nation 7",), "INDEX nations_name_unique (name=?)"),
    "names": (_NAMES, (), "INDEX nations_name_unique"),
    "other names": (_OTHER, (), "SCAN nation_names"),
    "kind of name": (_KIND, ("former 31", 1), "USING PRIMARY KEY (name=? AND nation_id=?)"),
    "aliases": (_ALIASES, (1,), "idx_nation_names_nation"),
    "names that begin": (PRESENT_FROM, ("n", "o", 3), "INDEX nations_name_unique (name>? AND name<?)"),
    "former names that begin": (FORMER_FROM, ("n", "o", 3), "USING PRIMARY KEY (name>? AND name<?)"),
    "nation": (_BY_ID, (1,), "USING INTEGER PRIMARY KEY"),
    "former": (_FORMER, (1,), "idx_nation_names_nation"),
    "held": (_HELD, (ADA,), "office_one_per_user"),
    "offices": (_OFFICES, (1,), "office_one_holder"),
    "past offices": (_PAST, (1, 10, 0), "idx_nation_offices_nation"),
    "history": (_PAGE, (1, "gdp", 11, 0), "idx_nation_history (nation_id=? AND metric=?)"),
    "from": (_FROM, (1, "gdp", 5), "idx_nation_history (nation_id=? AND metric=? AND id>?)"),
    "since": (_SINCE, (1, "gdp", 5, 11, 0), "idx_nation_history (nation_id=? AND metric=?)"),
    "before": (_BEFORE, (1, "gdp", 9), "idx_nation_history (nation_id=? AND metric=?)"),
    "tail": (_TAIL, (1, "gdp", 9), "idx_nation_history (nation_id=? AND metric=?)"),
    "last": (_LAST, (1, "gdp"), "idx_nation_history (nation_id=? AND metric=?)"),
    "wait": (_UNTIL, (1, "tax"), "USING PRIMARY KEY (nation_id=? AND command=?)"),
}
SORTED_BY_HAND = {"aliases", "before", "former", "offices", "since"}
"""Of a handful of rows each: the names, offices and changes of one nation."""


@pytest.mark.parametrize("name", PLANS)
def test_each_question_has_its_index(crowded: Rota, name: str) -> None:
    """No table is read whole, nothing is sorted by hand but a handful of rows."""
    sql, values, index = PLANS[name]
    plan = crowded.plan(sql, *values)
    assert index in plan, plan
    assert "SCAN nation_" not in plan or name == "other names", plan
    assert "TEMP B-TREE" not in plan or name in SORTED_BY_HAND, plan
    cities_plan = crowded.plan(_CITIES, 1)
    assert "USING INDEX city_one_name (nation_id=?)" in cities_plan


def test_names_are_suggested_quickly_among_thousands(crowded: Rota) -> None:
    """Whatever was typed, by a present or former name or with a slip of the finger: 20 ms are enough."""
    assert crowded.value("SELECT count(*) FROM nations") == MANY
    for typed in ("", "nation 7", "former 31", "natoin 4711", "zzzz"):
        taken = []
        for _ in range(9):
            started = time.thread_time()
            found = crowded.ask(named_nations, typed)
            taken.append(time.thread_time() - started)
        assert min(taken) < QUICK, typed
        assert len(found) <= 25
        assert bool(found) == (typed != "zzzz")


def test_a_map_is_filled_quickly_among_thousands(crowded: Rota) -> None:
    """All regions at once, one found by a name it had and one by none: no slower than suggestions."""
    present = (f"nation {number * 7919 % 100000}" for number in range(1, 19))
    regions = ("former 62", "nowhere", *present)
    taken = []
    for _ in range(9):
        started = time.thread_time()
        found = crowded.ask(map_view, "gdp", regions)
        taken.append(time.thread_time() - started)
    assert min(taken) < QUICK, taken
    assert sum(one is None for _, one in found.regions) == 1


def test_changes_to_undo_are_found_quickly_among_thousands(crowded: Rota) -> None:
    """Of nations that are named, and the newest of all."""
    taken = []
    for typed in ("", "nation 77", "former 31", "zzzz") * 2:
        started = time.thread_time()
        found = crowded.ask(undoable_changes, typed)
        taken.append(time.thread_time() - started)
        assert all(name for name, _ in found.newest)
    assert min(taken[4:]) < QUICK, taken


def test_an_overview_of_thousands_is_quick_and_exact(crowded: Rota) -> None:
    """No sum overflows, and the newest changes are found from the end."""
    taken = []
    for _ in range(5):
        started = time.thread_time()
        found, newest = crowded.ask(overview, ADA), crowded.ask(newest_changes)
        taken.append(time.thread_time() - started)
    assert min(taken) < QUICK, taken
    assert len(newest) == 5
    assert newest[0][1].id > newest[-1][1].id
    figures = "count(*), sum(gdp), sum(budget), avg(stability_bp)"
    active, gdp, budget, stability = crowded.connection.execute(
        f"SELECT {figures} FROM nations WHERE status = 'active'"
    ).fetchone()
    assert (found.active, found.gdp, found.budget) == (active, gdp, budget)
    assert found.stability_bp == int(stability)
    with crowded.transaction() as connection:
        connection.execute("UPDATE nations SET gdp = 900000000000000, debt = 900000000000000, tax_bp = 10000")
    most = crowded.ask(overview, ADA)
    assert most.gdp == most.budget == active * 900_000_000_000_000
