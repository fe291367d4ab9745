"""A migrated file, empty, staffed, or with a rota of ten sprints."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.schema.migrations import Migrator
from tests.subjects.rota import ADA, BEN, CLEO, Rota, fill_roster, opened, plan_sprints, staff


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    Migrator(path).up()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return path


@pytest.fixture
def empty(migrated: Path, tmp_path: Path) -> Iterator[Rota]:
    """Return a rota without anybody."""
    path = tmp_path / "rota.db"
    shutil.copy(migrated, path)
    with opened(path) as rota:
        yield rota
        rota.check()


@pytest.fixture
def staffed(empty: Rota) -> Rota:
    """Return a rota with staff, and neither rosters nor sprints."""
    staff(empty)
    return empty


@pytest.fixture
def rota(staffed: Rota) -> Rota:
    """Return a rota on the third day of sprint 0 of ten: Ada on duty for account, then Ben, then Cleo."""
    fill_roster(staffed, ADA, BEN, CLEO)
    plan_sprints(staffed, 10)
    return staffed
