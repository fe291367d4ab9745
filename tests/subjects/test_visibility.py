"""Every table says who may see which row, beside the subject whose it is, and what it says can be asked."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.declaration import NO_ROW, Viewer, Visibility
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.offline.snapshot.answering import filled
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.domain.permissions import standing_of
from modelus_bot.domain.visibility import ADMIN, MANAGER, STAFF, those
from modelus_bot.subjects import DECLARED, SUBJECTS
from tests.database.offline.snapshot.keeping import VALIDATOR, read_contents
from tests.subjects.rota import ADA, GUEST, NAMES, Rota, viewing
from tests.subjects.rota import ADMIN as ANN

TABLES = sorted(SchemaValidator().expected.tables)
SEARCHES = {name for name, table in SchemaValidator().expected.tables.items() if table.virtual}
PRIVATE = {
    "audit_logs",
    "activity",
    "chat_messages",
    "chat_search",
    "triage_items",
    "cover_cards",
    "law_search",
    "events",
    "law_revisions",
    "law_tags",
    "laws",
    "leaves",
    "inactivity_items",
    "ledger_transactions",
    "ledger_transfers",
    "loans",
    "notification_prefs",
    "notifications",
    "quarantined_rows",
    "requests",
}


def test_every_table_says_who_may_see_it() -> None:
    """Beside the subject that has words for it: who adds a table decides who may see its rows."""
    declared = {visible.table: subject.name for subject in SUBJECTS for visible in subject.visible}
    worded = {table: subject.name for subject in SUBJECTS for table in subject.wording.rows}
    missing = [table for table in TABLES if table not in declared]

    assert missing == [], "give these a line in the visibility.py of their subject"
    assert {table: worded.get(table, declared[table]) for table in declared} == declared
    assert declared.keys() - worded.keys() == SEARCHES, "what has rows of its own has words"
    assert set(declared) == set(TABLES)


def test_what_is_somebodys_own_is_in_no_report() -> None:
    """Chat, notices, and what may hold them: stored answers, quarantine, the audit log."""
    assert set(TABLES) - DECLARED.visibility.reported == PRIVATE


@pytest.mark.parametrize("kind", [GateKind.QUICK, GateKind.BARRIER], ids=lambda kind: kind.value)
def test_every_rule_can_be_asked(rota: Rota, kind: GateKind) -> None:
    """The views are right as SQL, and a viewer's statement about them is, too."""
    with viewing(rota.path, kind) as connection, seated(connection, Viewer(ADA)):
        for table, visible in DECLARED.visibility.tables.items():
            if visible.rows == NO_ROW:
                with pytest.raises(sqlite3.DatabaseError):
                    connection.execute(f"SELECT * FROM {table}")
            else:
                connection.execute(f"SELECT * FROM {table}").fetchall()


def test_rules_of_kept_tables_read_kept_tables_alone(rota: Rota) -> None:
    """So a viewer sees the same rows while the database is away."""
    with (
        closing(filled(read_contents(rota.connection), VALIDATOR.scripts, DECLARED.visibility)) as kept,
        viewing(rota.path, GateKind.BARRIER) as live,
    ):
        for person in (ADA, ANN, GUEST):
            for table in DECLARED.kept_tables:
                if DECLARED.visibility.tables[table].rows == NO_ROW:
                    continue
                answers = []
                for connection in (kept, live):
                    with seated(connection, Viewer(person)):
                        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                    answers.append(sorted(map(repr, map(tuple, rows))))
                assert answers[0] == answers[1], table
        with seated(kept, Viewer(ADA)), pytest.raises(sqlite3.DatabaseError):
            kept.execute("SELECT * FROM notifications")


def test_the_conditions_mean_what_permissions_mean(rota: Rota) -> None:
    """Staff, managers and administrators, with and without Discord's word for it, active or not."""
    rota.connection.execute("UPDATE users SET is_active = 0 WHERE discord_id = ?", (ADA,))
    rules = {"sprints": STAFF, "disciplines": MANAGER, "settings": ADMIN}
    rota.connection.execute("INSERT INTO settings(key, value, updated_at) VALUES('k', '1', 0)")
    for person in (*NAMES, GUEST):
        for discord in (False, True):
            viewer = Viewer(person, discord_admin=discord)
            standing = rota.ask(standing_of, viewer)
            wanted = [standing.staff, standing.manager, standing.admin]
            assert seen(rota, rules, viewer) == wanted, NAMES.get(person)


def seen(rota: Rota, rules: dict[str, str], viewer: Viewer) -> list[bool]:
    """Return for which of some conditions a viewer sees rows."""
    visibility = Visibility(those(table, rule) for table, rule in rules.items())
    with viewing(rota.path, GateKind.BARRIER, visibility) as connection, seated(connection, viewer):
        return [bool(connection.execute(f"SELECT 1 FROM {table}").fetchall()) for table in rules]
