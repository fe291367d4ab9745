"""Random populations of the bot's tables and of planned ones, and databases that have them."""

from __future__ import annotations

import functools
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate
from modelus_bot.database.core.visibility.declaration import Visibility
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.domain.visibility import STAFF, mine, those
from modelus_bot.subjects import DECLARED

Row = dict[str, Any]

PEOPLE = range(1, 8)
"""Not all of them are known to the bot."""
ROLES = (None, None, "developer", "tester", "project_manager", "admin")
NATIONS = range(1, 4)
SHARE = 0.6
"""How likely each of seven rows is."""
MARK = "<word>"

_PLANNED = """
CREATE TABLE messages (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE message_search USING fts5(body, content = 'messages', content_rowid = 'id');
"""
PLANNED = (
    those("messages", mine("member_id"), STAFF),
    those("message_search", STAFF),
)
VISIBILITY = Visibility((*DECLARED.visibility.tables.values(), *PLANNED))


@dataclass
class Population:
    """The rows of every table."""

    tables: dict[str, list[Row]] = field(default_factory=dict)


def populated(dice: random.Random) -> Population:
    """Return some rows for each table; each row has a word of its own in it."""
    words = iter(range(10_000, 99_999))
    tables: dict[str, list[Row]] = {}
    for number in range(1, 8):
        for name, row in _rows(dice, number).items():
            kept = tables.setdefault(name, [])
            if dice.random() < SHARE:
                kept.append(_marked(row, f"w{next(words)}w"))
    return Population(tables)


def _marked(row: Row, word: str) -> Row:
    return {
        name: value.replace(MARK, word) if isinstance(value, str) else value for name, value in row.items()
    }


def _person(dice: random.Random) -> int:
    return dice.choice(PEOPLE)


def _rows(dice: random.Random, number: int) -> dict[str, Row]:
    """Return one row for every table, with ``MARK`` where its word belongs."""
    return {
        "users": {
            "discord_id": number, "username": MARK, "role": dice.choice(ROLES), "mark": MARK,
            "is_active": int(dice.random() < 0.85), "created_at": 0, "updated_at": number,
        },
        "disciplines": {"key": f"d{number}", "label": MARK, "mark": MARK},
        "user_disciplines": {
            "id": number, "user_id": _person(dice), "discipline": f"d{number}", "position": number,
            "is_active": dice.randint(0, 1), "updated_at": 0, "away_from": MARK, "mark": MARK,
        },
        "sprints": {
            "id": number, "name": MARK, "start_date": "a", "end_date": "b", "updated_at": 0, "mark": MARK,
        },
        "assignments": {
            "sprint_id": number, "discipline": MARK, "user_id": _person(dice), "source": "manual",
            "updated_at": 0, "mark": MARK,
        },
        "current_holders": {
            "discipline": MARK, "user_id": _person(dice), "source": "none", "since": number, "mark": MARK,
        },
        "overrides": {
            "id": number, "sprint_id": number, "discipline": f"d{dice.randint(1, 4)}",
            "requested_by": _person(dice), "original_id": _person(dice),
            "replacement_id": dice.choice([None, _person(dice)]),
            "status": dice.choice(["open", "taken", "approved"]), "reason": MARK, "created_at": number,
            "updated_at": 0, "mark": MARK,
        },
        "notifications": {
            "id": number, "user_id": _person(dice), "type": "system", "title": MARK,
            "message": "to you " + MARK, "is_read": dice.randint(0, 1), "deliver_after": number,
            "created_at": number, "mark": MARK,
        },
        "notification_prefs": {
            "user_id": _person(dice), "type": MARK, "delivery": "dm", "mark": MARK,
        },
        "settings": {"key": MARK, "value": "1", "updated_at": 0, "mark": MARK},
        "audit_logs": {
            "id": number, "table_name": "users", "record_id": MARK, "operation": "INSERT",
            "changed_by": _person(dice), "changed_at": 0, "prev_hash": b"", "row_hash": b"", "mark": MARK,
        },
        "requests": {
            "request_id": MARK, "command": "c", "actor": _person(dice), "payload_hash": b"", "created_at": 0,
            "mark": MARK,
        },
        "tasks": {
            "id": number, "title": MARK, "assigned_user_id": dice.choice([None, _person(dice)]),
            "assigned_role": dice.choice(ROLES), "created_by": _person(dice), "start_date": "a",
            "end_date": "b", "created_at": 0, "updated_at": 0, "mark": MARK,
        },
        "messages": {
            "id": number, "member_id": _person(dice), "body": "hello " + MARK, "mark": MARK,
        },
        "triage_items": {
            "id": number, "reporter_id": _person(dice), "title": "t", "created_at": 0, "updated_at": 0,
            "description": MARK * dice.randint(1, 3), "mark": MARK,
        },
        "chat_messages": {
            "id": number, "sender_id": _person(dice), "recipient_id": dice.choice([None, _person(dice)]),
            "triage_id": dice.choice([None, *range(1, 8)]), "is_internal": dice.randint(0, 1),
            "message": "said " + MARK, "created_at": number, "mark": MARK,
        },
        "calendar_entries": {
            "uid": MARK, "sprint_id": number, "discipline": "d1", "user_id": _person(dice),
            "starts_at": 0, "ends_at": 1, "digest": "d", "created_at": 0, "updated_at": 0, "mark": MARK,
        },
        "nations": {
            "id": number, "name": MARK, "gdp": 1, "population": 1, "created_at": 0, "updated_at": 0,
            "mark": MARK,
        },
        "nation_names": {
            "name": MARK, "nation_id": dice.choice(NATIONS), "kind": "former", "by_user": _person(dice),
            "at": 0, "mark": MARK,
        },
        "nation_offices": {
            "id": number, "nation_id": dice.choice(NATIONS), "user_id": _person(dice), "office": MARK,
            "since": 0, "until": dice.choice([None, None, 5]), "mark": MARK,
        },
        "nation_cities": {
            "id": number, "nation_id": dice.choice(NATIONS), "name": MARK, "mark": MARK,
        },
        "nation_history": {
            "id": number, "nation_id": dice.choice(NATIONS), "metric": "gdp", "new": number,
            "cause": "admin", "reason": MARK, "at": 0, "mark": MARK,
        },
        "cooldowns": {
            "nation_id": number, "command": MARK, "until": 0, "mark": MARK,
        },
        "laws": {
            "id": number, "nation_id": dice.choice(NATIONS), "is_public": dice.randint(0, 1), "name": MARK,
            "number": dice.choice([None, number]), "status": dice.choice(["draft", "enacted", "repealed"]),
            "author_id": _person(dice), "enacted_at": dice.choice([None, 5]), "created_at": 0,
            "updated_at": 0, "mark": MARK,
        },
        "law_revisions": {
            "id": number, "law_id": dice.choice(range(1, 8)), "revision": number, "body": "so " + MARK,
            "by_user": _person(dice), "published": dice.randint(0, 1), "at": 0, "mark": MARK,
        },
        "ledger_transactions": {"id": number, "kind": "income", "memo": MARK, "at": 0, "mark": MARK},
        "ledger_transfers": {
            "id": number, "txn": dice.choice(range(1, 8)), "debit_nation": dice.choice(NATIONS),
            "debit_account": "treasury", "credit_nation": dice.choice([None, *NATIONS]),
            "credit_account": dice.choice(["world", "debt"]), "amount": number, "mark": MARK,
        },
        "loans": {
            "id": number, "code": MARK, "lender_id": dice.choice(NATIONS),
            "borrower_id": dice.choice(NATIONS), "principal": 1, "rate_bp": 1, "term_months": 1,
            "kind": "compound", "created_at": 0, "updated_at": 0, "mark": MARK,
        },
        "simulation_clock": {"id": number, "turn": number, "next_at": 0, "mark": str(number)},
        "wars": {
            "id": number, "name": MARK, "started_on": "a", "created_at": 0, "updated_at": 0, "mark": MARK,
        },
        "war_sides": {
            "war_id": number, "nation_id": number, "side": MARK, "joined_on": "a", "mark": MARK,
        },
        "war_events": {
            "id": number, "war_id": number, "kind": MARK, "on_day": "a", "at": 0, "mark": MARK,
        },
        "events": {
            "id": number, "kind": "law.enacted", "headline": MARK, "user_id": _person(dice), "at": 0,
            "ref_table": dice.choice([None, "laws", "wars"]), "ref_id": dice.choice(range(1, 8)),
            "mark": MARK,
        },
        "treaties": {
            "id": number, "nation_a": number, "nation_b": number + 1, "kind": MARK, "status": MARK,
            "proposed_by": number, "proposed_at": 0, "expires_at": 1, "mark": MARK,
        },
        "blocs": {"id": number, "name": MARK, "created_at": 0, "updated_at": 0, "mark": MARK},
        "bloc_members": {"bloc_id": number, "nation_id": number, "rank": MARK, "at": 0, "mark": MARK},
        "activity": {
            "channel_id": number, "user_id": _person(dice), "day": MARK, "messages": 1, "last_at": 0,
            "mark": MARK,
        },
        "leaves": {
            "user_id": number, "from_day": MARK, "to_day": "b", "said_on": "a", "mark": MARK,
        },
        "inactivity_items": {
            "id": number, "office_id": number, "silent_since": MARK, "item_id": number, "made_at": 0,
            "mark": MARK,
        },
        "tags": {"id": number, "name": MARK, "created_at": 0, "mark": MARK},
        "law_tags": {"tag_id": number + 7000, "law_id": dice.choice(range(1, 8)), "mark": f"{number + 7000}"},
    }  # fmt: skip


CLOSED = ("requests", "cooldowns")
READABLE = {
    "users": ("discord_id", "username", "role", "is_active"),
    "disciplines": ("key", "label"),
    "user_disciplines": ("id", "user_id", "discipline", "is_active", "away_from"),
    "sprints": ("id", "name"),
    "assignments": ("sprint_id", "discipline", "user_id"),
    "current_holders": ("discipline", "user_id", "since"),
    "overrides": ("id", "requested_by", "original_id", "replacement_id", "status", "reason"),
    "notifications": ("id", "user_id", "title", "message", "is_read", "created_at"),
    "notification_prefs": ("user_id", "type"),
    "settings": ("key", "value"),
    "audit_logs": ("id", "record_id", "changed_by"),
    "tasks": ("id", "title", "assigned_user_id", "assigned_role", "created_by"),
    "messages": ("id", "member_id", "body"),
    "triage_items": ("id", "reporter_id", "description"),
    "chat_messages": ("id", "sender_id", "recipient_id", "triage_id", "message"),
    "calendar_entries": ("uid", "user_id", "starts_at"),
    "nations": ("id", "name", "gdp"),
    "nation_names": ("name", "nation_id", "by_user"),
    "nation_offices": ("id", "nation_id", "user_id", "until"),
    "nation_cities": ("id", "nation_id", "name"),
    "nation_history": ("id", "nation_id", "reason", "new"),
    "laws": ("id", "nation_id", "is_public", "name", "enacted_at"),
    "law_revisions": ("id", "law_id", "revision", "body", "published"),
    "ledger_transactions": ("id", "kind", "memo", "at"),
    "ledger_transfers": ("id", "txn", "debit_nation", "credit_nation", "amount"),
    "loans": ("id", "code", "lender_id", "borrower_id", "principal"),
    "simulation_clock": ("id", "turn", "next_at"),
    "wars": ("id", "name", "started_on"),
    "war_sides": ("war_id", "nation_id", "side"),
    "war_events": ("id", "war_id", "kind"),
    "events": ("id", "headline", "ref_table", "ref_id"),
    "treaties": ("id", "nation_a", "nation_b", "kind", "status"),
    "blocs": ("id", "name"),
    "bloc_members": ("bloc_id", "nation_id", "rank"),
    "activity": ("channel_id", "user_id", "day", "messages"),
    "leaves": ("user_id", "from_day"),
    "inactivity_items": ("office_id", "silent_since"),
    "tags": ("id", "name"),
    "law_tags": ("tag_id", "law_id"),
}
"""What statements are about."""
SEARCHES = ("message_search", "chat_search", "law_search")
OPEN = (
    "bloc_members",
    "blocs",
    "disciplines",
    "nation_cities",
    "nation_history",
    "nation_names",
    "nation_offices",
    "nations",
    "simulation_clock",
    "sprints",
    "tags",
    "treaties",
    "war_events",
    "war_sides",
    "wars",
)


@functools.cache
def _empty() -> bytes:
    """Return a file with the bot's schema and the planned tables, without rules that random rows break."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "world.db"
        Migrator(path).up()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.executescript(_PLANNED)
            unique = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE INDEX%'"
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(unique).fetchall():
                connection.execute(f"DROP INDEX {name}")
            for (name,) in connection.execute(triggers).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.commit()
        return path.read_bytes()


def filled(population: Population, factory: type[sqlite3.Connection] = sqlite3.Connection) -> Any:
    """Return a database in memory with these rows."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=factory, cached_statements=0)
    connection.deserialize(_empty())
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute("BEGIN")
    for table, rows in population.tables.items():
        for row in rows:
            columns = [name for name in row if name != "mark"]
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {table}({', '.join(columns)}) VALUES({marks})"
            connection.execute(sql, [row[name] for name in columns])
    for search in SEARCHES:
        connection.execute(f"INSERT INTO {search}({search}) VALUES('rebuild')")
    connection.execute("COMMIT")
    return connection


def gated(population: Population, kind: GateKind) -> GatedConnection:
    """Return such a database behind a gate."""
    connection: GatedConnection = filled(population, GatedConnection)
    close_gate(connection, VISIBILITY, kind)
    return connection
