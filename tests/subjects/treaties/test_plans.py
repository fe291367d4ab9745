"""With thousands of treaties each question uses the index that is meant for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelus_bot.subjects.treaties.queries import _BETWEEN, _DUE, _NUMBERS, _NUMBERS_OF, _ONE
from tests.subjects.rota import Rota, copied, made

NATIONS, TREATIES = 60, 3000
STATES = ("active", "pending", "declined", "ended")


def fill(rota: Rota) -> None:
    """Enter treaties of every status between many nations."""
    with rota.transaction() as connection:
        connection.executemany(
            "INSERT INTO nations(id, name, gdp, population, created_at, updated_at) VALUES(?, ?, 1, 1, 0, 0)",
            [(number, f"Nation {number}") for number in range(1, NATIONS + 1)],
        )
        rows = []
        for number in range(TREATIES):
            one = number % (NATIONS - 1) + 1
            other = one + 1 + number // NATIONS % (NATIONS - one)
            status = STATES[2 + number % 2] if number > NATIONS else STATES[number % 2]
            over = None if status == "pending" else 5
            rows.append((one, other, status, one, number, over, 6 if status == "ended" else None))
        connection.executemany(
            "INSERT OR IGNORE INTO treaties(nation_a, nation_b, status, proposed_by, proposed_at, expires_at,"
            " decided_at, ended_at) VALUES(?, ?, ?, ?, ?, 2000000000, ?, ?)",
            rows,
        )
    rota.connection.execute("ANALYZE")


@pytest.fixture(scope="module")
def many() -> Iterator[Rota]:
    """Return a file with them, only read."""
    with copied(made(fill)) as rota:
        yield rota


OF = {"nation": 1, "status": "active", "limit": 10, "offset": 0}
PLANS = {
    "one": (_ONE, (1,), ["SEARCH t USING INTEGER PRIMARY KEY"]),
    "list": (_NUMBERS, ("ended", 10, 0), ["COVERING INDEX idx_treaties_status (status=?)"]),
    "of a nation": (
        _NUMBERS_OF,
        OF,
        [
            "COVERING INDEX idx_treaties_a (nation_a=? AND status=?)",
            "COVERING INDEX idx_treaties_b (nation_b=? AND status=?)",
        ],
    ),
    "between": (_BETWEEN, (1, 2, "alliance"), ["INDEX treaty_open_pair (nation_a=? AND nation_b=?"]),
    "due": (_DUE, (5, 10), ["INDEX idx_treaties_due (expires_at<?)"]),
}


@pytest.mark.parametrize("name", PLANS)
def test_each_question_has_its_index(many: Rota, name: str) -> None:
    """No table is read whole, and nothing is sorted by hand."""
    sql, values, indexes = PLANS[name]
    plan = "\n".join(row["detail"] for row in many.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
    assert all(index in plan for index in indexes), plan
    assert "SCAN" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
