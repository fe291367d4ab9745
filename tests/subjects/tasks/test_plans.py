"""Every statement of tasks on 5,000 of them: its index by name, no temporary sort, no table read whole."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.tasks.queries.board import (
    _COLUMN,
    _COLUMN_OF_EPIC,
    _COLUMN_OF_ONE,
    _COUNT,
    _COUNT_OF_EPIC,
    _DONE,
    _DONE_OF_EPIC,
)
from modelus_bot.subjects.tasks.queries.lists import (
    _BY_EPIC,
    _BY_ROLE,
    _BY_STATUS,
    _CANCELLED,
    _EPICS,
    _LATE,
    _MINE,
    _NAMED,
    _OPEN,
)
from modelus_bot.subjects.tasks.queries.sprint_work import _DONE as _DONE_WORK
from modelus_bot.subjects.tasks.queries.sprint_work import _OPEN as _OPEN_WORK
from modelus_bot.subjects.tasks.writes.assigning import _NEXT
from modelus_bot.subjects.tasks.writes.checking import _OPEN as _OPEN_NOW
from tests.subjects.rota import ADA, Rota, opened, staff, viewing
from tests.subjects.tasks.task_cases import fill

VALUES: dict[str, Any] = {
    "me": ADA, "role": "developer", "status": "todo", "limit": 10, "offset": 0,
    "of_role": "tester", "epic": "Senate", "user": ADA, "discipline": None, "typed": "", "closed": False,
    "start": "2026-01-05", "end": "2026-01-19", "begin": 0,
}  # fmt: skip
SEED_MINE = """
SELECT * FROM tasks WHERE assigned_user_id = :me AND status = :status ORDER BY priority DESC, start_date ASC
"""
SEED_LATE = "SELECT * FROM tasks WHERE is_delayed = 1 AND status <> 'done' ORDER BY end_date ASC"
SEED_ROLE = "SELECT * FROM tasks WHERE assigned_role = :of_role AND status = :status"
SEED_EPIC = "SELECT * FROM tasks WHERE epic = :epic"
SEED_DUE = """
SELECT * FROM tasks WHERE status IN ('todo', 'in_progress') AND end_date <= :end ORDER BY end_date
"""

PLANS = [
    (SEED_MINE, ["USING INDEX idx_tasks_user_status (assigned_user_id=? AND status=?)"]),
    (SEED_LATE, ["USING INDEX idx_tasks_delayed (is_delayed=?)"]),
    (SEED_ROLE, ["USING INDEX idx_tasks_role_status (assigned_role=? AND status=?)"]),
    (SEED_EPIC, ["USING INDEX idx_tasks_epic (epic=?)"]),
    (SEED_DUE, ["USING INDEX idx_tasks_due (end_date<?)"]),
    (
        _NEXT,
        [
            "USING INDEX idx_tasks_user_status (assigned_user_id=? AND status=?)",
            "SEARCH d USING INDEX users_discord_discipline_unique (user_id=?)",
        ],
    ),
    (_OPEN_NOW, ["SCAN tasks USING INDEX idx_tasks_due"]),
]
VIEWERS_PLANS = [
    (_MINE, ["USING INDEX idx_tasks_user_status (assigned_user_id=? AND status=?)"]),
    (_OPEN, ["SCAN tasks USING INDEX idx_tasks_due"]),
    (_BY_STATUS, ["USING INDEX idx_tasks_board (status=?)"]),
    (_BY_ROLE, ["USING INDEX idx_tasks_role_status (assigned_role=?)"]),
    (_BY_EPIC, ["USING INDEX idx_tasks_epic (epic=?)"]),
    (_LATE, ["USING INDEX idx_tasks_delayed (is_delayed=?)"]),
    (_EPICS, ["USING INDEX idx_tasks_epic"]),
    (_COLUMN, ["USING INDEX idx_tasks_board (status=?)"]),
    (_COLUMN_OF_ONE, ["USING INDEX idx_tasks_user_status (assigned_user_id=? AND status=?)"]),
    (_DONE, ["USING INDEX idx_tasks_done"]),
    (_COUNT, ["USING COVERING INDEX idx_tasks_board"]),
    (_OPEN_WORK, ["USING INDEX idx_tasks_due (end_date>? AND end_date<?)"]),
    (_DONE_WORK, ["USING INDEX idx_tasks_done (completed_at>?)"]),
]


@pytest.fixture(scope="module")
def large(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rota]:
    """Return a file with 5,000 tasks, which nothing here changes."""
    path = tmp_path_factory.mktemp("tasks") / "large.db"
    shutil.copy(migrated, path)
    with opened(path) as rota:
        staff(rota)
        fill(rota.connection, 5000)
        yield rota


@pytest.fixture(scope="module")
def viewers(large: Rota) -> Iterator[sqlite3.Connection]:
    """Return the connection on which members are answered, its rules kept, its gate open for EXPLAIN."""
    with viewing(large.path, GateKind.QUICK) as connection, seated(connection, Viewer(ADA)):
        connection.gate = None
        connection.set_authorizer(None)
        yield connection


@pytest.mark.parametrize("analyzed", [False, True])
def test_plans(large: Rota, viewers: sqlite3.Connection, analyzed: bool) -> None:
    """Before and after ANALYZE; an index that is scanned is the one of what is open, in its order."""
    if analyzed:
        large.connection.execute("ANALYZE")
        viewers.execute("SELECT count(*) FROM main.sqlite_stat1").fetchone()
    for connection, plans in ((large.connection, PLANS), (viewers, VIEWERS_PLANS)):
        for sql, uses in plans:
            check(connection, sql, uses)


def check(connection: sqlite3.Connection, sql: str, uses: list[str]) -> None:
    """Hold the plan of a statement against the indexes that it has to use."""
    details = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", VALUES)]
    plan = "\n".join(details).replace("main.tasks", "tasks")
    for use in uses:
        name = use.replace("users_discord_discipline_unique", "sqlite_autoindex_user_disciplines_1")
        assert use in plan or name in plan, (sql, plan)
    assert "TEMP B-TREE" not in plan, (sql, plan)
    whole = [line for line in plan.splitlines() if line.startswith("SCAN tasks") and "USING" not in line]
    assert whole == [], (sql, plan)


def test_what_is_rarely_asked_reads_the_newest_first(viewers: sqlite3.Connection) -> None:
    """Cancelled tasks, and what is typed, are looked for by number downwards, until there are enough."""
    for sql in (_NAMED, _CANCELLED):
        found = viewers.execute(f"EXPLAIN QUERY PLAN {sql}", VALUES)
        assert "SCAN main.tasks" in [row["detail"] for row in found]


def test_the_board_of_an_epic_reads_that_epic_alone(viewers: sqlite3.Connection) -> None:
    """Its few cards are put in order by themselves."""
    for sql in (_COLUMN_OF_EPIC, _DONE_OF_EPIC, _COUNT_OF_EPIC):
        found = viewers.execute(f"EXPLAIN QUERY PLAN {sql}", VALUES)
        assert "SEARCH main.tasks USING INDEX idx_tasks_epic (epic=?)" in [row["detail"] for row in found]
