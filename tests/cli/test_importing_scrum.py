"""``import scrum`` on the command line: a dry run tells the truth, and nothing that stops it does harm."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.config import DatabaseSettings
from modelus_bot.database import Context, DatabaseManager
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.cli.conftest import Command
from tests.cli.test_importing import dump
from tests.daily_size import FULL
from tests.subjects.staff_import.source import ALL, FOUR, ONE, TWO, as_json

PEOPLE = ("--map", f"Ann={ONE}", "--map", f"gh-2={TWO}")
DATABASE = Path("data/modelus.db")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with every table."""
    path = tmp_path / "all.json"
    path.write_text(as_json(ALL), encoding="utf-8")
    return path


def table(out: str) -> list[str]:
    """Return the lines that count rows."""
    lines = out.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("what"))
    return [line for line in lines[begin:] if line and not line.startswith(("This was", "Nothing new"))]


def test_a_dry_run_reports_exactly_what_the_import_does(command: Command, file: Path, tmp_path: Path) -> None:
    """Without a database it makes none; beside one it changes nothing; the words are those of the import."""
    asked = ("import", "scrum", file, *PEOPLE)
    tried = command(*asked, "--dry-run")
    assert not DATABASE.exists()
    done = command(*asked)
    before = dump(tmp_path / DATABASE)
    again = command(*asked, "--dry-run", "--details", "why.csv")

    assert (tried.code, done.code, again.code) == (0, 0, 0)
    assert tried.out == done.out + "This was a dry run: nothing was changed.\n"
    assert (
        "- users, 2: nobody has said which Discord account is theirs (all.json:4:1, all.json:5:1)" in done.out
    )
    assert "Without a Discord account, so left out with so many rows: Cleo (0), Dan (2)." in done.out
    assert [line.split()[-6:] for line in table(done.out)[1:]][:2] == [
        ["4", "2", "0", "0", "2", "0"],
        ["5", "4", "0", "0", "1", "3"],
    ]
    assert "Nothing new was there; nothing was changed." in again.out
    assert dump(tmp_path / DATABASE) == before
    rows = list(csv.DictReader(Path("why.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["what"] for row in rows} == {"left out"}
    assert ("all.json", "9", "its assignee has no Discord account yet: user 4") in {
        (row["file"], row["line"], row["why"]) for row in rows
    }


def test_what_cannot_be_done_is_one_sentence_and_makes_nothing(command: Command, file: Path) -> None:
    """Whose accounts, a broken file, a name that is nobody's, a zone that is none, a file that is there."""
    bad = file.with_name("tasks.csv")
    bad.write_text("id,title\n1,a\n", encoding="utf-8")
    asked = command("import", "scrum", file)
    broken = command("import", "scrum", bad, *PEOPLE)

    assert (asked.code, broken.code) == (ExitCode.FAILED, ExitCode.FAILED)
    assert "The files name: Ann, Ben, Cleo, Dan." in asked.err
    assert broken.err.startswith("tasks.csv, line 1, column 3: the column end_date is missing")
    for options in (("--maker", "Zed"), ("--zone", "Mars/Base"), ("--details", "all.json")):
        assert command("import", "scrum", file, *PEOPLE, *options).code == ExitCode.USAGE
    assert not DATABASE.exists()


async def test_beside_a_bot_that_is_running(command: Command, file: Path, tmp_path: Path) -> None:
    """Each portion takes its turn among the bot's own changes, and the bot sees what came."""
    path = tmp_path / DATABASE
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        answer = await asyncio.to_thread(command, "import", "scrum", file, *PEOPLE)
        await db.write(RegisterMember(discord_id=FOUR, username="Dan"), Context())
        names = [item.username for item in await db.read(members)]
    assert answer.code == 0, answer.err
    assert names == ["Ann", "Ben", "Dan"]


@pytest.mark.skipif(not FULL, reason="kills the program twelve times; asked for by MODELUS_TEST_FULL")
def test_killed_at_any_point_and_run_again_it_ends_the_same(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL at random moments: in the end each of the thousand rows is there once, in its order."""
    tasks = [
        {"id": number, "title": f"Task {number}", "end_date": "2026-02-01", "assigned_user_id": 1}
        for number in range(1000)
    ]
    file = tmp_path / "many.json"
    file.write_text(json.dumps({"users": ALL["users"], "tasks": tasks}), encoding="utf-8")
    words = [sys.executable, "-m", "modelus_bot", "import", "scrum", str(file), *PEOPLE]
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    dice = random.Random(7)
    for _ in range(12):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(dice.uniform(0.8, 3.0))
            running.kill()
    assert command("import", "scrum", file, *PEOPLE).code == 0

    connection = sqlite3.connect(tmp_path / DATABASE)
    found = connection.execute("SELECT id, title FROM tasks ORDER BY id").fetchall()
    connection.close()
    assert found == [(number + 1, f"Task {number}") for number in range(1000)]
    assert command("audit", "verify").code == 0
