"""Each invariant broken once by hand: named, put right or set aside, and everything holds again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.quarantine import QuarantineRows, quarantine_file, quarantined
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.oncall.writes import Handoff
from tests.database.integrity.injecting import OWN, all_rows, kept, lawless
from tests.database.operations import PutSetting

APPROVE_ANOTHER = """
INSERT INTO overrides(sprint_id, discipline, requested_by, original_id, replacement_id, status, decided_by,
    decided_at, created_at, updated_at)
SELECT sprint_id, discipline, 1, original_id, 2, 'approved', 3, decided_at - 1, 0, 0
FROM overrides WHERE status = 'approved'
"""
OUTSIDE = """
UPDATE overrides SET (first_day, last_day) = (
    SELECT date(start_date, '-1 day'), start_date FROM sprints WHERE id = sprint_id)
WHERE status = 'open'
"""
NOTICE = """
INSERT INTO notifications(user_id, type, title, message, deliver_after, created_at)
VALUES(1, 'system', 'T', 'M', 0, 0)
"""
CLOSED_TASK = """
INSERT INTO tasks(title, status, completed_at, risk, start_date, end_date, created_by, created_at, updated_at)
VALUES('T', 'done', 1, 'high', '2026-01-05', '2026-01-09', 3, 0, 0)
"""
LATE_TASK = """
INSERT INTO tasks(title, is_delayed, risk, start_date, end_date, created_by, created_at, updated_at)
VALUES('T', 1, 'low', '2026-01-05', '2026-01-09', 3, 0, 0)
"""
OUTSIDE_FIGURE = """
INSERT INTO nation_history(nation_id, metric, new, cause, at) VALUES(1, 'gdp', 5, 'admin', 0)
"""
WITH_GONE = """
INSERT INTO treaties(nation_a, nation_b, status, proposed_by, proposed_at, expires_at, decided_at)
VALUES(1, 3, 'active', 1, 0, 9, 5)
"""
OVERLAP = "UPDATE sprints SET end_date = date(end_date, '+1 day') WHERE sprint_index = 3"
BREAKS = {
    "people_named": ("UPDATE users SET timezone = '' WHERE discord_id = 2", "users", "put right"),
    "disciplines_named": ("UPDATE disciplines SET label = '' WHERE key = 'd'", "disciplines", "put right"),
    "sprints_named": ("UPDATE sprints SET name = '' WHERE sprint_index = 4", "sprints", "put right"),
    "sprints_apart": (OVERLAP, "sprints", "put right"),
    "covers_apart": (APPROVE_ANOTHER, "overrides", "put right"),
    "cover_days_in_turn": (OUTSIDE, "overrides", "put right"),
    "cover_undecided": (
        "UPDATE overrides SET decided_by = 3, decided_at = 1 WHERE status = 'open'",
        "overrides",
        "put right",
    ),
    "cover_decided": (
        "UPDATE overrides SET status = 'declined' WHERE status = 'open'",
        "overrides",
        "put right",
    ),
    "cover_taken": ("UPDATE overrides SET status = 'taken' WHERE status = 'open'", "overrides", "put right"),
    "cover_asked": ("UPDATE overrides SET attempts = 0 WHERE status = 'open'", "overrides", "put right"),
    "roster_places": (
        "UPDATE user_disciplines SET position = -1 WHERE position = 2",
        "user_disciplines",
        "put right",
    ),
    "roster_absences": (
        "UPDATE user_disciplines SET away_to = '2026-03-01' WHERE position = 2",
        "user_disciplines",
        "put right",
    ),
    "figures_have_history": (OUTSIDE_FIGURE, "nations", "put right"),
    "notices_have_readers": (
        NOTICE,
        "notifications",
        "moved here",
    ),
    "treaty_with_archived": (WITH_GONE, "treaties", "put right"),
    "bloc_with_archived": (
        "INSERT INTO bloc_members VALUES(1, 3, 'member', 0, NULL)",
        "bloc_members",
        "moved here",
    ),
    "bloc_disbanded": (
        "INSERT INTO bloc_members VALUES(2, 1, 'leader', 0, NULL)",
        "bloc_members",
        "moved here",
    ),
    "bloc_led": ("UPDATE bloc_members SET rank = 'member'", "bloc_members", "put right"),
    "bloc_empty": (
        "INSERT INTO blocs(name, created_at, updated_at) VALUES('Empty', 0, 0)",
        "blocs",
        "put right",
    ),
    "books_match_nations": ("UPDATE nations SET treasury = 5 WHERE id = 1", "nations", "put right"),
    "loans_match_books": (
        "UPDATE loans SET status = 'defaulted', balance = 5 WHERE id = 1",
        "loans",
        "put right",
    ),
    "task_closed_calm": (CLOSED_TASK, "tasks", "put right"),
    "task_late_at_risk": (LATE_TASK, "tasks", "put right"),
    "requests_answered": (
        "UPDATE requests SET outcome = NULL WHERE request_id = 'r3'",
        "requests",
        "moved here",
    ),
    "audit_without_gaps": ("DELETE FROM audit_logs WHERE id = 4", "audit_logs", "left"),
    "state_in_calendar": (
        "UPDATE sprints SET sprint_index = NULL WHERE id = (SELECT sprint_id FROM current_state)",
        "current_state",
        "put right",
    ),
    "holders_have_turns": (
        "UPDATE current_holders SET user_id = 3, source = 'manual' WHERE discipline = 'account'",
        "current_holders",
        "put right",
    ),
}
"""For each invariant what breaks it, in which table, and what is to happen to the row."""
ELSEWHERE = {
    "books_match_nations": {"ledger_transactions", "ledger_transfers"},
    "figures_have_history": {"nation_history"},
}
"""What is put right in other rows than the one that is named."""


def test_every_invariant_is_broken_here() -> None:
    """A new invariant needs a break of its own."""
    assert set(BREAKS) == {invariant.name for invariant in DECLARED.invariants}


@pytest.mark.parametrize("name", BREAKS)
def test_each_invariant(file: Path, name: str) -> None:
    """It is named with the row; what follows keeps that row and leaves the others alone."""
    statement, table, fate = BREAKS[name]
    with lawless(file, table, loose_indexes=True) as connection:
        connection.execute(statement)
    before = all_rows(file)

    report = check_file(file, invariants=DECLARED.invariants)
    assert not report.damaged
    named = [item for item in report.broken_rows if f"{name}: " in item.reason]
    assert [item.table for item in named] == [table]

    done = quarantine_file(file, invariants=DECLARED.invariants)

    after = all_rows(file)
    if fate == "left":
        assert [(item.table, item.record_id) for item in done.left] == [(table, named[0].record_id)]
        assert after[table] == before[table]
        return
    lying = [(record, json.loads(row), why) for place, record, row, why in kept(file) if place == table]
    assert [why.endswith(fate) for _, _, why in lying] == [True]
    assert check_file(file, invariants=DECLARED.invariants).ok, check_file(
        file, invariants=DECLARED.invariants
    ).problems
    derived = {"current_holders"} if table in {"current_state", "overrides", "sprints"} else set()
    derived |= ELSEWHERE.get(name, set())
    for other in before.keys() - OWN - derived - {table}:
        assert after[other] == before[other], other
    assert len(before[table] - after[table]) == (0 if table in OWN or name in ELSEWHERE else 1) or (
        table == "requests"
    )


async def test_the_open_database_heals(file: Path, tmp_path: Path) -> None:
    """The writer does it beside other writes, with foreign keys on; told once, done once."""
    path = Path(shutil.copy(file, tmp_path / "open.db"))
    with lawless(path, "assignments", "settings") as connection:
        sprint = connection.execute("SELECT id FROM sprints WHERE sprint_index = 5").fetchone()[0]
        connection.execute("UPDATE assignments SET user_id = 4711 WHERE sprint_id = ?", (sprint,))
        connection.execute("UPDATE settings SET value = '{' WHERE key = 'k7'")
    turns = check_file(path, invariants=DECLARED.invariants).broken_rows
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")) as db:
        context = Context(request_id="heal", reason="integrity check")
        write = QuarantineRows(invariants=DECLARED.invariants, tables=tuple({turn.table for turn in turns}))

        report = await db.write(write, context)
        again = await db.write(write, context)
        await db.write(PutSetting(key="later", value=1), Context())
        newest = await db.read(quarantined, 1)
        everything = await db.read(quarantined, 100)
        await db.write(Handoff(), Context(at=1_767_800_000))

    assert again == report
    assert report.moved == len(everything) == len(turns) == 6
    assert report.left == ()
    assert newest == everything[:1]
    assert {item.table for item in everything} == {"assignments", "settings"}
    assert any(json.loads(item.row)["user_id"] == 4711 for item in everything if item.table == "assignments")
    assert "6 broken rows were moved" in str(report)
    found = check_file(path, invariants=DECLARED.invariants)
    assert found.ok, found.problems
    with closing(sqlite3.connect(path)) as connection:
        assert (
            connection.execute("SELECT count(*) FROM assignments WHERE sprint_id = ?", (sprint,)).fetchone()[
                0
            ]
            == 5
        )


def test_a_few_at_a_time(file: Path) -> None:
    """With a limit, each run says that there is more, and the last one leaves nothing."""
    with lawless(file, "settings") as connection:
        connection.execute("UPDATE settings SET value = 'no json'")
    moved = []
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        chain = AuditChain()
        for _ in range(4):
            connection.execute("BEGIN IMMEDIATE")
            chain.load(connection)
            report = QuarantineRows(limit=8).apply(Transaction(connection, Context(), 1, chain))
            connection.execute("COMMIT")
            moved.append((report.moved, report.more))

    assert moved == [(8, True), (8, True), (4, False), (0, False)]
    assert check_file(file, invariants=DECLARED.invariants).ok
