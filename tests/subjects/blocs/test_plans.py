"""With hundreds of blocs each question uses the index that is meant for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelus_bot.subjects.blocs.queries import _DUE, _NAMES, _NUMBERS, _OF_NATION, _ONE, _PEOPLE
from tests.subjects.rota import Rota, copied, made

BLOCS, EACH = 200, 20


def fill(rota: Rota) -> None:
    """Enter blocs of which some are disbanded, with many members and invitations."""
    with rota.transaction() as connection:
        connection.executemany(
            "INSERT INTO nations(id, name, gdp, population, created_at, updated_at) VALUES(?, ?, 1, 1, 0, 0)",
            [(number, f"Nation {number}") for number in range(1, BLOCS * EACH + 1)],
        )
        connection.executemany(
            "INSERT INTO blocs(id, name, status, created_at, disbanded_at, updated_at)"
            " VALUES(?, ?, ?, 0, ?, 0)",
            [
                (number, f"Bloc {number}", "active" if number % 3 else "disbanded", None if number % 3 else 5)
                for number in range(1, BLOCS + 1)
            ],
        )
        connection.executemany(
            "INSERT INTO bloc_members VALUES(?, ?, ?, 1, ?)",
            [
                (
                    1 + number // EACH,
                    number + 1,
                    "leader" if number % EACH == 0 else "invited" if number % 7 == 3 else "member",
                    9 if number % EACH and number % 7 == 3 else None,
                )
                for number in range(BLOCS * EACH)
            ],
        )
    rota.connection.execute("ANALYZE")


@pytest.fixture(scope="module")
def many() -> Iterator[Rota]:
    """Return a file with them, only read."""
    with copied(made(fill)) as rota:
        yield rota


PLANS = {
    "one": (_ONE, (1,), "SEARCH blocs USING INTEGER PRIMARY KEY"),
    "people": (_PEOPLE, (1,), "SEARCH m USING PRIMARY KEY (bloc_id=?)"),
    "list": (_NUMBERS, ("disbanded", 10, 0), "COVERING INDEX idx_blocs_status (status=?)"),
    "names": (_NAMES, (), "INDEX bloc_active_name"),
    "of a nation": (_OF_NATION, (1, "member"), "idx_bloc_members_nation (nation_id=? AND rank=?)"),
    "due": (_DUE, (5, 10), "INDEX idx_bloc_members_due (expires_at<?)"),
}
SORTED_BY_HAND = {"people"}
"""The members of one bloc."""


@pytest.mark.parametrize("name", PLANS)
def test_each_question_has_its_index(many: Rota, name: str) -> None:
    """No table is read whole, and nothing is sorted by hand but the members of one bloc."""
    sql, values, index = PLANS[name]
    plan = many.plan(sql, *values)
    assert index in plan, plan
    assert "SCAN" not in plan or name == "names", plan
    assert "TEMP B-TREE" not in plan or name in SORTED_BY_HAND, plan
