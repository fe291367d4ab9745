"""A file with our real schema and about 10,000 rows in every table, grown the way files grow."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.entry import AuditEntry
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.shape import TableShape
from modelus_bot.database.schema.validator import SchemaValidator

Rows = dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]
"""Rows by table and primary key."""

START = 1_780_000_000
DISCIPLINES = ("account", "producer", "design", "press", "treasury", "archive")
WORDS = ("harbour", "treaty", "café", "naïve", "数字", "ratify", "🚢", "levy", "quorum", "estuary")
COUNTS = {
    "audit_logs": 3600,
    "requests": 1600,
    "health_samples": 900,
    "notifications": 1300,
    "job_runs": 700,
    "db_errors": 250,
    "settings": 60,
    "backups": 120,
    "user_disciplines": 500,
    "overrides": 350,
    "notification_prefs": 620,
}
"""Rows of the tables that grow; with people, sprints and assignments about 10,500."""


def fill(path: Path, seed: int = 1, *, share: float = 1.0) -> None:
    """Make the file at ``path``: ``share`` of the usual rows, some changed and some deleted again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Migrator(path).up()
    dice = random.Random(seed)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")
        # Debian's SQLite overwrites what is deleted; most others leave it to be mistaken for rows.
        connection.execute("PRAGMA secure_delete = OFF")
        _Filling(connection, dice, share).run()


@cache
def expected() -> Mapping[str, TableShape]:
    """Return our tables as the migrations make them."""
    return SchemaValidator().expected.tables


def read_all(path: Path) -> Rows:
    """Return every row of our tables."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE '%yoyo%' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        return {table: _read(connection, table) for (table,) in tables}


def _read(connection: sqlite3.Connection, table: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    places = [names.index(key) for key in expected()[table].key_columns]
    return {tuple(row[place] for place in places): tuple(row) for row in cursor}


class _Filling:
    """Inserts rows of all tables in mixed order, so that their pages lie mixed, too."""

    def __init__(self, connection: sqlite3.Connection, dice: random.Random, share: float) -> None:
        self.connection = connection
        self.dice = dice
        self.share = share
        self.chain = AuditChain()
        self.users = [10**17 + dice.randrange(10**17) for _ in range(max(8, int(300 * share)))]
        self.sprints = max(4, int(90 * share))

    def run(self) -> None:
        self.connection.execute("BEGIN")
        self._people_and_sprints()
        todo = [table for table, count in COUNTS.items() for _ in range(max(2, int(count * self.share)))]
        self.dice.shuffle(todo)
        numbers = dict.fromkeys(COUNTS, 0)
        for place, table in enumerate(todo):
            numbers[table] += 1
            self._insert(table, numbers[table])
            if place % 400 == 399:
                self.connection.execute("COMMIT")
                self.connection.execute("BEGIN")
        self._change_and_delete()
        self.connection.execute("COMMIT")

    def _people_and_sprints(self) -> None:
        for key in DISCIPLINES:
            self._put(
                "disciplines", {"key": key, "label": key.title(), "role_id": self.dice.choice([None, 7])}
            )
        for user in self.users:
            self._put(
                "users",
                {
                    "discord_id": user,
                    "username": self.text(30),
                    "role": self.dice.choice([None, "developer", "admin"]),
                    "created_at": START,
                    "updated_at": START + self.dice.randrange(10**6),
                },
            )
        day = date(2026, 1, 5)
        for number in range(self.sprints):
            start = day + timedelta(days=14 * number)
            self._put(
                "sprints",
                {
                    "sprint_index": number,
                    "name": f"Sprint {number}",
                    "start_date": start.isoformat(),
                    "end_date": (start + timedelta(days=14)).isoformat(),
                    "updated_at": START,
                },
            )
            for discipline in DISCIPLINES:
                self._put(
                    "assignments",
                    {
                        "sprint_id": number + 1,
                        "discipline": discipline,
                        "user_id": self.dice.choice([None, *self.users]),
                        "source": self.dice.choice(["rotation", "manual", "import"]),
                        "updated_at": START + number,
                    },
                )
        self._put("current_state", {"id": 1, "sprint_id": 2, "updated_at": START})
        for discipline in DISCIPLINES:
            self._put(
                "current_holders",
                {
                    "discipline": discipline,
                    "user_id": self.user(),
                    "source": "rotation",
                    "since": START,
                },
            )

    def _insert(self, table: str, number: int) -> None:
        if table == "audit_logs":
            self._audit(number)
        else:
            make: Callable[[int], dict[str, Any]] = getattr(self, f"_{table}")
            self._put(table, make(number))

    def _audit(self, number: int) -> None:
        self.chain.append(
            self.connection,
            AuditEntry(
                self.dice.choice(["users", "overrides", "sprints"]),
                str(number),
                self.dice.choice(["INSERT", "UPDATE", "DELETE"]),
                None,
                None if number % 3 else {"text": self.text(self.size())},
                {"text": self.text(self.size()), "n": number},
                self.dice.choice([None, self.user()]),
                self.dice.choice([None, self.text(80)]),
                f"r-{number}",
                1,
                START + number,
            ),
        )

    def _requests(self, number: int) -> dict[str, Any]:
        return {
            "request_id": f"{self.dice.randrange(16**12):012x}-{number}",
            "command": "/cover request",
            "actor": self.user(),
            "payload_hash": self.dice.randbytes(32),
            "outcome": json.dumps({"answer": self.text(self.size())}, ensure_ascii=False),
            "created_at": START + number,
        }

    def _health_samples(self, number: int) -> dict[str, Any]:
        return {
            "at": START + 60 * number,
            "mode": self.dice.choice(["normal", "read_only", "degraded"]),
            "queries": self.dice.randrange(10**5),
            "errors": self.dice.randrange(3),
            "p50_us": self.dice.choice([None, 120]),
            "p99_us": self.dice.randrange(10**6),
            "db_bytes": self.dice.randrange(10**9),
            "wal_bytes": self.dice.randrange(10**7),
        }

    def _notifications(self, number: int) -> dict[str, Any]:
        return {
            "user_id": self.user(),
            "type": self.dice.choice(["cover", "oncall", "system"]),
            "title": self.text(60),
            "message": self.text(min(2000, self.size() * 2)),
            "dedupe_key": f"k{number}" if number % 2 else None,
            "deliver_after": START + number,
            "delivered_at": self.dice.choice([None, START + number + 5]),
            "created_at": START + number,
        }

    def _job_runs(self, number: int) -> dict[str, Any]:
        return {
            "job": self.dice.choice(["handoff", "outbox", "expiry"]),
            "run_key": f"2026-{number:06d}",
            "status": self.dice.choice(["delivered", "skipped", "error"]),
            "details": json.dumps({"note": self.text(40)}),
            "started_at": START + number,
        }

    def _db_errors(self, number: int) -> dict[str, Any]:
        return {
            "error_type": "QUERY_FAILED",
            "severity": "LOW",
            "message": self.text(200),
            "reference": f"{number:08X}",
            "at": START + number,
        }

    def _settings(self, number: int) -> dict[str, Any]:
        length = 9000 if number % 10 == 0 else 60
        return {
            "key": f"setting.{number}",
            "value": json.dumps({"list": self.text(length)}),
            "updated_at": START + number,
        }

    def _backups(self, number: int) -> dict[str, Any]:
        whole = number == 1 or number % 4 == 0
        return {
            "kind": "full" if whole else "wal",
            "path": f"backups/modelus-{number:05d}.db",
            "bytes": self.dice.randrange(10**8),
            "sha256": f"{self.dice.randrange(16**64):064x}",
            "base_id": None if whole else 1,
            "to_at": START + number,
            "status": "SUCCESS",
            "created_at": START + number,
        }

    def _user_disciplines(self, number: int) -> dict[str, Any]:
        return {
            "user_id": self.users[number % len(self.users)],
            "discipline": DISCIPLINES[number // len(self.users) % len(DISCIPLINES)],
            "position": number,
            "updated_at": START + number,
        }

    def _overrides(self, number: int) -> dict[str, Any]:
        asked, taker = self.dice.sample(self.users, 2)
        sprint = 1 + number % self.sprints
        first = last = None
        if number % 3 == 0:
            sql = "SELECT start_date, date(start_date, '+1 day') FROM sprints WHERE id = ?"
            first, last = self.connection.execute(sql, (sprint,)).fetchone()
        return {
            "first_day": first,
            "last_day": last,
            "sprint_id": sprint,
            "discipline": DISCIPLINES[number % len(DISCIPLINES)],
            "requested_by": asked,
            "original_id": asked,
            "replacement_id": taker,
            "status": "open",
            "reason": self.text(100),
            "created_at": START + number,
            "updated_at": START + number,
        }

    def _notification_prefs(self, number: int) -> dict[str, Any]:
        kinds = ("system", "oncall", "cover", "nation")
        return {
            "user_id": self.users[number % len(self.users)],
            "type": kinds[number // len(self.users) % len(kinds)],
            "delivery": self.dice.choice(["dm", "inbox", "off"]),
        }

    def _change_and_delete(self) -> None:
        """Delete a tenth of some tables and rewrite others, which leaves free pages and old rows behind."""
        for statement in (
            "DELETE FROM notifications WHERE id % 10 = 3 OR id BETWEEN 100 AND 260",
            "DELETE FROM requests WHERE created_at % 11 = 2 OR request_id < '2'",
            "DELETE FROM health_samples WHERE at / 60 % 9 = 1 OR at < 1780004000",
            "UPDATE users SET username = username || ' the Second' WHERE discord_id % 5 = 1",
            "UPDATE overrides SET status = 'withdrawn', updated_at = updated_at + 5 WHERE id % 4 = 0",
        ):
            self.connection.execute(statement)

    def _put(self, table: str, values: dict[str, Any]) -> None:
        names, places = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table}({names}) VALUES({places})", tuple(values.values()))

    def user(self) -> int:
        return self.dice.choice(self.users)

    def size(self) -> int:
        """Mostly short, sometimes longer than a page."""
        return self.dice.choice([40, 60, 80, 120, 160, 200, 300, 500, 900, 2500])

    def text(self, length: int) -> str:
        return " ".join(self._words(length))[:length].strip() or "x"

    def _words(self, length: int) -> Iterator[str]:
        for _ in range(length // 4 + 1):
            yield self.dice.choice(WORDS)
