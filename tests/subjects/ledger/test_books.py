"""Whatever is moved, the books balance, also for another program that reads them."""

from __future__ import annotations

import importlib.util
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.domain.refusals import Refusal
from tests.daily_size import FULL
from tests.faults.sites.program import Program
from tests.subjects.ledger.random_books import (
    beancount_says,
    check_books,
    foundings,
    movement,
    write_journal,
)
from tests.subjects.rota import ADMIN, Rota

OPERATIONS = 400
KILLS, KILLED_OPERATIONS = 50, 100_000
reads_journals = pytest.mark.skipif(
    importlib.util.find_spec("beancount") is None, reason="beancount is not installed"
)


@pytest.fixture
def moved(staffed: Rota) -> Rota:
    """Return books after many random movements."""
    dice = random.Random(11)
    for write in foundings():
        staffed.do(write, ADMIN)
    refused = 0
    for number in range(OPERATIONS):
        try:
            staffed.do(movement(dice, number // 2), ADMIN, reason='An "odd" \\ reason\nof two lines')
        except Refusal:
            refused += 1
    assert 0 < refused < OPERATIONS - 100
    return staffed


@reads_journals
def test_another_program_finds_the_same(moved: Rota, tmp_path: Path) -> None:
    """Beancount reads the journal, and it has the balances that nations have; a changed one it finds."""
    check_books(moved)
    moved.check()
    path = write_journal(moved, tmp_path / "journal.beancount")
    assert beancount_says(path) == ""
    text = path.read_text("utf-8")
    line = next(line for line in text.splitlines() if " balance Assets:N3" in line)
    path.write_text(text.replace(line, line.replace(" USD", "1 USD")), "utf-8")
    assert "Balance failed for 'Assets:N3:Treasury'" in beancount_says(path)


@pytest.mark.skipif(not FULL, reason="at full size only")
@pytest.mark.timeout(3600)
def test_killed_again_and_again(tmp_path: Path) -> None:
    """A hundred thousand movements with fifty kills in between: after each the books balance."""
    path = tmp_path / "books.db"
    dice = random.Random(50)
    done = 0
    kills = 0
    while done < KILLED_OPERATIONS:
        program = Program("books_writer", path, dice.random()).ready()
        heard = dice.randint(1, 400) if kills < KILLS else 5000
        for _ in range(heard):
            program.line()
        kills += kills < KILLS
        done += heard + len(program.kill())
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            check_books(Rota(connection))
    assert kills == KILLS
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        rota = Rota(connection)
        rota.check()
        assert beancount_says(write_journal(rota, tmp_path / "journal.beancount")) == ""
    print(f"{done} movements, {kills} kills")
