"""With 50,000 laws each question uses the index that is meant for it, for strangers as for leaders."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modelus_bot.database import Viewer
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.subjects.laws.queries import lists, records
from modelus_bot.subjects.laws.queries.records import _BY_NUMBER, _CLOSED, _TEXT, _TEXTS, AT_ONCE, LIVING
from modelus_bot.subjects.laws.queries.tags import _OF_LAW
from modelus_bot.subjects.nations.writes.founding import CreateNation
from tests.subjects.nations.nation_cases import give
from tests.subjects.rota import ADA, ADMIN, EVE, Rota, copied, made, staff, viewing

MANY, NATIONS = 50_000, 28
QUICK, SUGGESTED = 0.005, 0.02
"""Seconds of the processor; the machine may have others to serve."""
_LAWS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO laws(nation_id, number, name, is_public, status, author_id, enacted_at, repealed_at, created_at,
    updated_at)
SELECT i % ? + 1, iif(i % 10, i, NULL), 'Act ' || (i * 7919 % 100003), i % 10 > 0,
    iif(i % 997, 'enacted', 'repealed'), ?, 1, iif(i % 997, NULL, 2), i, i
FROM n
"""
_ALL_TEXTS = """
INSERT INTO law_revisions(law_id, revision, body, published, at)
SELECT id, 1, '§ Text of ' || name, is_public, 1 FROM laws
"""
_TAGGED = "INSERT INTO law_tags SELECT 1, id FROM laws WHERE id % 5 = 0"


def fill(rota: Rota) -> None:
    """Enter nations, one of them led, and their laws, one of ten private."""
    staff(rota)
    for number in range(NATIONS):
        rota.do(CreateNation(name=f"Nation {number}", gdp=1, population=1), ADMIN)
    give(rota, ADA, "president", 1)
    with rota.transaction() as connection:
        connection.execute("INSERT INTO tags(id, name, created_at) VALUES(1, 'water', 0)")
        connection.execute(_LAWS, (MANY, NATIONS, ADA))
        connection.execute(_ALL_TEXTS)
        connection.execute(_TAGGED)
    rota.connection.execute("ANALYZE")


@pytest.fixture(scope="module")
def crowded() -> Iterator[Rota]:
    """Return a file with 50,000 laws, only read."""
    with copied(made(fill)) as rota:
        yield rota


PAGE = {"nation": 3, "tag": 1, "status": None, "limit": 11, "offset": 0}
OLD = PAGE | {"status": "repealed"}
PLANS: dict[str, tuple[str, Any, str]] = {
    "all": (lists.LISTS[False, False], PAGE, "SCAN laws"),
    "of a nation": (lists.LISTS[True, False], PAGE, "idx_laws_nation (nation_id=?)"),
    "under a tag": (lists.LISTS[False, True], PAGE, "law_tags USING PRIMARY KEY (tag_id=?)"),
    "of a nation under a tag": (lists.LISTS[True, True], PAGE, "idx_laws_nation (nation_id=?)"),
    "of a status": (lists.OF_STATUS, OLD, "idx_laws_status (status=?)"),
    "beginning": (lists.BEGINNING, ("Act 5", "Act 6", 25), "idx_laws_name (name>? AND name<?)"),
    "book": (lists.BOOK_NUMBERED, (3, 0, 201), "law_one_number (nation_id=? AND number>?)"),
    "book, closed laws": (lists.BOOK_CLOSED, (3, 0, 201), "idx_laws_nation (nation_id=?)"),
    "called": (lists.CALLED, ("Act 5",), "idx_laws_name (name=?)"),
    "cited": (_BY_NUMBER, (3, 30), "law_one_number (nation_id=? AND number=?)"),
    "own number": (_CLOSED, (30,), "USING INTEGER PRIMARY KEY"),
    "text": (_TEXT, (3, 1), "law_one_revision (law_id=? AND revision=?)"),
    "texts": (_TEXTS, (3, 11, 0), "law_one_revision (law_id=?)"),
    "tags": (_OF_LAW, (3,), "idx_law_tags_law (law_id=?"),
}


@pytest.mark.parametrize("name", PLANS)
def test_each_question_has_its_index(crowded: Rota, name: str) -> None:
    """Nothing is sorted by hand but the tags of one law."""
    sql, values, index = PLANS[name]
    rows = crowded.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
    plan = "\n".join(row["detail"] for row in rows)
    known = plan.replace("SCAN l", "SCAN laws").replace("SEARCH t ", "SEARCH law_tags ")
    assert index in known, plan
    assert "TEMP B-TREE" not in plan or name == "tags", plan


UNKNOWN = {
    "nations cited": (LIVING, ("x",) * AT_ONCE, "nations_name_unique (name=?)"),
    **{name: PLANS[name] for name in PLANS if name not in {"all", "tags"}},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_index_is_found_before_sqlite_knows_how_much_there_is(rota: Rota, name: str) -> None:
    """In a file that was never analysed, too."""
    sql, values, index = UNKNOWN[name]
    plan = "\n".join(row["detail"] for row in rota.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
    assert index in plan.replace("SEARCH t ", "SEARCH law_tags "), plan
    assert "TEMP B-TREE" not in plan, plan


ASKED: dict[str, tuple[Callable[[ReadTransaction, Viewer], Any], float]] = {
    "all": (lambda tx, who: lists.laws(tx, who, limit=11), QUICK),
    "of a nation": (lambda tx, who: lists.laws(tx, who, 3, limit=11), QUICK),
    "under a tag": (lambda tx, who: lists.laws(tx, who, None, 1, limit=11), QUICK),
    "of a status": (lambda tx, who: lists.laws(tx, who, None, None, "repealed", 11), QUICK),
    "one": (lambda tx, who: records.law_sheet(tx, who, "3-30018"), QUICK),
    "called": (lambda tx, who: lists.law_called(tx, who, "Nation 2 30018"), QUICK),
    "suggested": (lambda tx, who: lists.named_laws(tx, who, "act 5"), SUGGESTED),
    "suggested at first": (lambda tx, who: lists.named_laws(tx, who, ""), SUGGESTED),
    "suggested by nation": (lambda tx, who: lists.named_laws(tx, who, "nation 3"), SUGGESTED),
    "suggested in vain": (lambda tx, who: lists.named_laws(tx, who, "zzzz"), SUGGESTED),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("person", [EVE, ADA, ADMIN])
def test_each_answer_is_quick(crowded: Rota, name: str, person: int) -> None:
    """On the connection with the rules in front of the tables, whoever asks."""
    ask, limit = ASKED[name]
    viewer = Viewer(person)
    taken = []
    with viewing(crowded.path, GateKind.QUICK) as connection, seated(connection, viewer):
        for _ in range(5):
            started = time.thread_time()
            found = ask(ReadTransaction(connection), viewer)
            taken.append(time.thread_time() - started)
    assert min(taken) < limit, taken
    assert bool(found) == (name != "suggested in vain")
