"""Common queries of a team, as people write them: each finds its index, and nothing is sorted again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.subjects.rota import ADA, BEN, CLEO, DAN, PEOPLE_BASE, Rota, copied, made, staff

ROWS = 3000
VALUES: dict[str, Any] = {
    "me": ADA,
    "other": BEN,
    "status": "todo",
    "role": "developer",
    "channel": "general",
}
CONVERSATION = """
SELECT * FROM chat_messages
WHERE recipient_id IS NOT NULL AND pair_lo = min(:me, :other) AND pair_hi = max(:me, :other)
ORDER BY created_at ASC
"""
COMMON = {
    "tasks of somebody by status": (
        """
        SELECT * FROM tasks WHERE assigned_user_id = :me AND status = :status
        ORDER BY priority DESC, start_date ASC
        """,
        "idx_tasks_user_status (assigned_user_id=? AND status=?)",
    ),
    "late tasks": (
        "SELECT * FROM tasks WHERE is_delayed = 1 AND status <> 'done' ORDER BY end_date ASC",
        "idx_tasks_delayed (is_delayed=?)",
    ),
    "unread notices": (
        "SELECT * FROM notifications WHERE user_id = :me AND is_read = 0 ORDER BY created_at DESC",
        "idx_notifications_user_unread (user_id=? AND is_read=?)",
    ),
    "a conversation of two": (CONVERSATION, "idx_chat_conversation (pair_lo=? AND pair_hi=?)"),
    "a channel": (
        "SELECT * FROM chat_messages WHERE recipient_id IS NULL AND channel = :channel ORDER BY created_at",
        "idx_chat_channel (channel=?)",
    ),
    "people of a role": ("SELECT * FROM users WHERE role = :role", "idx_users_role (role=?)"),
    "open tasks of a role": (
        "SELECT * FROM tasks WHERE assigned_role = :role AND status = :status",
        "idx_tasks_role_status (assigned_role=? AND status=?)",
    ),
}
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
FILL = (
    """
    INSERT INTO tasks(title, status, assigned_role, assigned_user_id, start_date, end_date, is_delayed, risk,
        completed_at, created_by, created_at, updated_at)
    SELECT 'T' || i, CASE i % 3 WHEN 0 THEN 'todo' WHEN 1 THEN 'in_progress' ELSE 'done' END,
        iif(i % 4, 'developer', 'tester'), :base + 1 + i % 4, date('2026-01-01', (i % 90) || ' days'),
        date('2026-01-02', (i % 90) || ' days'), i % 3 = 0 AND i % 30 = 0,
        iif(i % 3 = 0 AND i % 30 = 0, 'high', 'low'), iif(i % 3 = 2, i, NULL), :base + 1, i, i
    FROM n
    """,
    """
    INSERT INTO notifications(user_id, type, title, message, is_read, read_at, deliver_after, created_at)
    SELECT :base + 1 + i % 4, 'system', 'T', 'M', i % 10 > 0, iif(i % 10 > 0, i, NULL), i, i FROM n
    """,
    """
    INSERT INTO chat_messages(sender_id, recipient_id, channel, message, created_at)
    SELECT :base + 1 + i % 4, iif(i % 5, :base + 1 + i % 3, NULL), iif(i % 2, 'general', 'random'), 'M', i
    FROM n
    """,
)


def prepare(rota: Rota) -> None:
    """Enter people, and thousands of rows of each kind."""
    staff(rota)
    for statement in FILL:
        rota.connection.execute(_NUMBERS + statement, {"rows": ROWS, "base": PEOPLE_BASE})


@pytest.fixture(scope="module")
def large() -> Iterator[Rota]:
    """Return such a file, of which nothing here changes a row."""
    with copied(made(prepare)) as rota:
        yield rota


@pytest.mark.parametrize("analyzed", [False, True])
def test_each_finds_its_index_and_sorts_nothing(large: Rota, analyzed: bool) -> None:
    """Before and after ANALYZE."""
    if analyzed:
        large.connection.execute("ANALYZE")
    for name, (sql, index) in COMMON.items():
        rows = large.connection.execute(f"EXPLAIN QUERY PLAN {sql}", VALUES)
        plan = "\n".join(row["detail"] for row in rows)
        assert f"INDEX {index}" in plan, (name, plan)
        assert "TEMP B-TREE" not in plan, (name, plan)
        assert large.connection.execute(sql, VALUES).fetchone() is not None, name


@pytest.mark.parametrize("pair", [(ADA, BEN), (BEN, ADA), (CLEO, DAN), (ADA, ADA)])
def test_a_conversation_is_that_of_both_directions(large: Rota, pair: tuple[int, int]) -> None:
    """The pair that is stored finds exactly what asking for both directions finds, in the same order."""
    both = """
    SELECT id FROM chat_messages
    WHERE (sender_id = :me AND recipient_id = :other) OR (sender_id = :other AND recipient_id = :me)
    ORDER BY created_at ASC
    """
    values = {"me": pair[0], "other": pair[1]}
    found = [row["id"] for row in large.connection.execute(CONVERSATION, values)]
    assert found == [row["id"] for row in large.connection.execute(both, values)]
    assert found
