"""``report``: what is for everybody who evaluates, as a file, and nothing that is somebody's own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.visibility.connection import seated
from modelus_bot.database.core.visibility.gate import GateKind
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects import DECLARED
from tests.cli.conftest import Command
from tests.subjects.rota import ADA, BEN, CLEO, NAMES, fill_roster, opened, plan_sprints, staff, viewing


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a rota in it, to be copied."""
    path = tmp_path_factory.mktemp("made") / "rota.db"
    Migrator(path).up()
    with opened(path) as rota:
        staff(rota)
        fill_roster(rota, ADA, BEN, CLEO)
        plan_sprints(rota, 3)
    return path


@pytest.fixture
def rota(made: Path, tmp_path: Path) -> Path:
    """Return a file with a rota in it."""
    return Path(shutil.copy(made, tmp_path / "rota.db"))


def test_what_a_report_says(command: Command, rota: Path) -> None:
    """It is what the database has."""
    people = [json.loads(line) for line in command(
        "report", "members", "--format", "jsonl", "--database", rota
    ).out.splitlines()]  # fmt: skip
    assert {item["discord_id"]: item["username"] for item in people} == NAMES
    first, *rows = csv.reader(io.StringIO(command("report", "members", "--database", rota).out))
    assert [list(item) for item in people] == [first] * len(rows)


def test_the_list_names_all(command: Command) -> None:
    """Reports and tables, without a database."""
    shown = command("report", "--list").out
    for word in (*DECLARED.reports, "overrides", "sprints"):
        assert word in shown
    assert "notifications" not in shown


def test_a_select_of_ones_own_in_a_file_of_ones_own(command: Command, rota: Path, tmp_path: Path) -> None:
    """Only its owner can read what comes out; what is there is replaced only when that is asked for."""
    asked, made = tmp_path / "asked.sql", tmp_path / "made.csv"
    asked.write_text(
        "-- roles\nWITH r AS (SELECT role FROM users) SELECT role, count(*) AS n FROM r GROUP BY 1"
    )
    answer = command("report", "--query", asked, "-o", made, "--database", rota)
    assert answer.code == 0, answer.err
    assert "made.csv has 3 rows" in answer.out
    assert made.read_text().splitlines() == ["role,n", "admin,1", "developer,5", "project_manager,2"]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600

    made.write_text("mine")
    made.chmod(0o644)
    refused = command("report", "members", "-o", made, "--database", rota)
    assert refused.code == ExitCode.USAGE
    assert made.read_text() == "mine"
    assert command("report", "members", "-o", made, "--replace", "--database", rota).code == 0
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(item.name for item in tmp_path.glob("*") if "report" in item.name) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM notifications",
        "SELECT (SELECT count(*) FROM main.notifications) AS n",
        "SELECT new_values FROM audit_logs",
        "EXPLAIN SELECT * FROM users",
        "DELETE FROM users",
        "SELECT 1 AS a, 2 AS a",
        "SELECT nothing FROM users",
        "",
    ],
)
def test_what_is_no_report_is_refused(command: Command, rota: Path, tmp_path: Path, sql: str) -> None:
    """In a sentence that says what may be asked; no file is left, and the database is as it was."""
    asked = tmp_path / "asked.sql"
    asked.write_text(sql)
    before = dump(rota)
    answer = command("report", "--query", asked, "-o", tmp_path / "made.csv", "--database", rota)
    assert answer.code == ExitCode.FAILED
    assert "The report was not made" in answer.err
    assert "report --list" in answer.err
    assert "Traceback" not in answer.err
    assert not [item for item in tmp_path.iterdir() if "made" in item.name or "report" in item.name]
    assert dump(rota) == before


def dump(path: Path) -> list[str]:
    """Return every row of every table as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_wrong_usage(command: Command, rota: Path, tmp_path: Path) -> None:
    """Each mistake is told before anything is read."""
    (tmp_path / "letters.sql").write_bytes(b"SELECT '\xff'")
    (tmp_path / "long.sql").write_bytes(b" " * 100_001)
    for arguments in (
        [],
        ["members", "--query", tmp_path / "letters.sql"],
        ["nothing"],
        ["members", "--format", "xml"],
        ["--query", tmp_path / "letters.sql"],
        ["--query", tmp_path / "long.sql"],
        ["members", "-o", rota, "--replace"],
        ["members", "-o", f"{rota}-wal", "--replace"],
        ["members", "-o", "/dev/null", "--replace"],
    ):
        answer = command("report", *arguments, "--database", rota)
        assert answer.code == ExitCode.USAGE, (arguments, answer)
    missing = command("report", "--query", tmp_path / "none.sql", "--database", rota)
    assert missing.code == ExitCode.FAILED
    assert "none.sql" in missing.err
    assert command("report", "members", "--database", tmp_path / "none.db").code == ExitCode.DATABASE


def test_hostile_names_are_harmless_in_a_spreadsheet(command: Command, rota: Path) -> None:
    """Nothing is calculated, and no terminal obeys; JSON lines have the name exactly."""
    name = '=HYPERLINK("http://x")\x1b[2J,\n\u202e😀'
    with closing(sqlite3.connect(rota)) as connection:
        connection.execute("UPDATE users SET username = ? WHERE discord_id = ?", (name, ADA))
        connection.commit()
    rows = list(csv.DictReader(io.StringIO(command("report", "members", "--database", rota).out)))
    (shown,) = [row["username"] for row in rows if row["discord_id"] == str(ADA)]
    assert shown.startswith("'=HYPERLINK")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    lines = command("report", "members", "--database", rota, "--format", "jsonl").out
    assert name in [json.loads(line)["username"] for line in lines.splitlines()]


def test_beside_a_bot_that_is_running(command: Command, rota: Path) -> None:
    """It holds nothing up and is not held up."""

    async def beside() -> str:
        async with DatabaseManager(rota, DatabaseSettings(path=rota)):
            answer = await asyncio.to_thread(command, "report", "turns", "--database", rota)
        return answer.out

    assert len(asyncio.run(beside()).splitlines()) == 1 + 3 * 5


def test_the_statements_of_reports_are_fit_for_the_connection(rota: Path) -> None:
    """Each reads only what reports may, and calls each column differently; private tables stay closed."""
    with viewing(rota, GateKind.REPORT) as connection, seated(connection, None):
        for item in DECLARED.reports.values():
            columns = [column[0] for column in connection.execute(item.sql).description]
            assert len(set(columns)) == len(columns)
        for table in set(DECLARED.visibility.tables) - DECLARED.visibility.reported:
            with pytest.raises(sqlite3.DatabaseError):
                connection.execute(f"SELECT * FROM {table}")
