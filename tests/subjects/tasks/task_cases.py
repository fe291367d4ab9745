"""Tasks as tests make them, and an independent statement of who may see which."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from typing import Any

from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.tasks.model import StaffTask, TaskChange
from modelus_bot.subjects.tasks.queries.lists import task
from modelus_bot.subjects.tasks.writes.editing import AddTask
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, FIRST_DAY, MANAGER, Rota

DAY = timedelta(days=1)
TODAY = FIRST_DAY + 2 * DAY
"""The day on which ``Rota`` begins, at noon."""
LONG = TODAY + 30 * DAY
ROLES = (None, "developer", "designer", "tester")
STATUSES = ("todo", "in_progress", "done", "cancelled")
PEOPLE = (None, ADA, BEN, CLEO, DAN, EVE)
MAKERS = (ADA, BEN, EVE, MANAGER)
_INSERT = """
INSERT INTO tasks(
    title, status, assigned_role, discipline, assigned_user_id, start_date, end_date, estimate_h, progress,
    priority, is_delayed, risk, epic, completed_at, created_by, created_at, updated_at, description
) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def add(rota: Rota, actor: int = MANAGER, **fields: Any) -> StaffTask:
    """Add a task that is far from due, and return it."""
    given = {"title": "Write the law", "start": TODAY, "end": LONG} | fields
    return rota.do(AddTask(**given), actor).after


def stands(rota: Rota, task_id: int) -> StaffTask:
    """Return a task as it stands."""
    return rota.ask(task, Viewer(ADMIN), task_id)


def told(rota: Rota, user_id: int, kind: str) -> int:
    """Return how many notices of a kind somebody has."""
    found: int = rota.value(
        "SELECT count(*) FROM notifications WHERE user_id = ? AND type = ?", user_id, kind
    )
    return found


def fill(connection: sqlite3.Connection, count: int, seed: int = 1) -> None:
    """Enter many tasks of every kind."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        status = dice.choices(STATUSES, (4, 2, 3, 1))[0]
        end = TODAY + dice.randint(-20, 60) * DAY
        late = status in {"todo", "in_progress"} and end < TODAY
        rows.append(
            (
                f"Task {number} of {dice.choice(('the Senate', 'the House', 'the press'))}",
                status,
                dice.choice(ROLES),
                dice.choice((None, None, "account", "producer")),
                dice.choice(PEOPLE),
                str(end - dice.randint(1, 30) * DAY),
                str(end),
                dice.choice((None, 2, 8)),
                100 if status == "done" else dice.choice((0, 20, 60)),
                dice.randint(0, 3),
                late,
                "high" if late else "low",
                dice.choice((None, "Senate", "House", f"Epic {number % 40}")),
                1_767_700_000 + number if status == "done" else None,
                dice.choice(MAKERS),
                1_767_000_000,
                1_767_000_000,
                "What has to be done, in some words. " * dice.randint(0, 8),
            )
        )
    connection.execute("BEGIN")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")


def all_tasks(rota: Rota) -> list[dict[str, Any]]:
    """Return every row of the table."""
    return [dict(row) for row in rota.connection.execute("SELECT * FROM tasks ORDER BY id")]


def seen_by(rota: Rota, viewer: Viewer) -> set[int]:
    """Return the numbers of the tasks that somebody may see, said once more in other words."""
    person = rota.rows("SELECT role FROM users WHERE discord_id = ? AND is_active = 1", viewer.id)
    role = person[0][0] if person else None
    everything = viewer.discord_admin or role in {"project_manager", "admin"}
    return {
        row["id"]
        for row in all_tasks(rota)
        if everything
        or row["assigned_user_id"] == viewer.id
        or row["created_by"] == viewer.id
        or (row["assigned_role"] is not None and row["assigned_role"] == role)
    }


def changed(change: TaskChange) -> dict[str, tuple[Any, Any]]:
    """Return what is different after a change, but for its version and time."""
    assert change.before is not None
    names = [name for name in StaffTask.__slots__ if name not in {"version", "updated_at"}]
    pairs = {name: (getattr(change.before, name), getattr(change.after, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
