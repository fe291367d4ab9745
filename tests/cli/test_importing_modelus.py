"""``import modelus`` on the command line: a dry run tells the truth, and nothing that stops it does harm."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from tests.cli.conftest import Command
from tests.cli.test_importing import dump
from tests.daily_size import FULL
from tests.subjects.modelus_import.original import make_original, many_rows

DATABASE = Path("data/modelus.db")


def test_a_dry_run_reports_exactly_what_the_import_does(command: Command, tmp_path: Path) -> None:
    """Without a database it makes none; beside one it changes nothing; the file is only read."""
    file = make_original(tmp_path / "old.db")
    before = hashlib.sha256(file.read_bytes()).digest()
    tried = command("import", "modelus", file, "--dry-run")
    assert not DATABASE.exists()
    done = command("import", "modelus", file)
    held = dump(tmp_path / DATABASE)
    again = command("import", "modelus", file, "--details", "why.csv")

    assert (tried.code, done.code, again.code) == (0, 0, 0), done.err
    assert tried.out == done.out + "This was a dry run: nothing was changed.\n"
    assert "- nations, 1: its flag must be set again" in done.out
    assert "Not taken over of nations: military_readiness, vice_president, trading_partners." in done.out
    assert "- loans, 2: not taken in by this version" in done.out
    assert "Nothing new was there; nothing was changed." in again.out
    assert dump(tmp_path / DATABASE) == held
    assert hashlib.sha256(file.read_bytes()).digest() == before
    rows = list(csv.DictReader(Path("why.csv").read_text(encoding="utf-8").splitlines()))
    assert ("nations", "1") not in {(row["table"], row["row"]) for row in rows}
    assert {row["what"] for row in rows} == {"left out"}


def test_what_cannot_be_done_is_one_sentence_and_makes_nothing(command: Command, tmp_path: Path) -> None:
    """A file that is none, another program's, a zone and an author that are none."""
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE things(x)")
    file = make_original(tmp_path / "old.db")

    missing, foreign = command("import", "modelus", "none.db"), command("import", "modelus", other)
    assert (missing.code, foreign.code) == (ExitCode.DATABASE, ExitCode.FAILED)
    assert "There is no file at none.db." in missing.err
    assert "other.db is no database of the original Model US bot: it has no table of nations." in foreign.err
    for options in (("--zone", "Mars/Base"), ("--author", "Ann"), ("--details", "old.db")):
        assert command("import", "modelus", file, *options).code == ExitCode.USAGE
    assert not DATABASE.exists()


@pytest.mark.skipif(not FULL, reason="kills the program twelve times; asked for by MODELUS_TEST_FULL")
def test_killed_at_any_point_and_run_again_it_ends_the_same(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL at random moments: in the end each of the thousand laws is there once, in its order."""
    file = make_original(tmp_path / "old.db", many_rows(1000))
    words = [sys.executable, "-m", "modelus_bot", "import", "modelus", str(file)]
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    dice = random.Random(7)
    for _ in range(12):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(dice.uniform(1.5, 4.0))
            running.kill()
    assert command("import", "modelus", file).code == 0

    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        laws = connection.execute("SELECT id, number, name FROM laws ORDER BY id").fetchall()
        tagged = connection.execute("SELECT count(*) FROM law_tags").fetchone()
        nations = connection.execute("SELECT count(*) FROM nations").fetchone()
    assert laws == [(number, number, f"Law {number}") for number in range(1, 1001)]
    assert (tagged, nations) == ((1000,), (4,))
    assert command("audit", "verify").code == 0
