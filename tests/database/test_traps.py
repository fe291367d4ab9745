"""SQLite's traps that no other test would notice if their guard were taken away."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.cli import doctor_machine
from modelus_bot.cli.finding import Grade
from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings, Settings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from tests.database.operations import PutSetting
from tests.inside import connections

ROOT = Path(__file__).parents[2]
LIBRARIES = """
import modelus_bot.app, modelus_bot.cli, sys
from pathlib import Path
maps = Path("/proc/self/maps").read_text().splitlines()
print(len({line.split()[-1] for line in maps if "libsqlite" in line}))
print(sorted({"apsw", "pysqlite3", "pysqlite2", "sqlcipher3"} & sys.modules.keys()))
"""


def test_one_sqlite_library_is_in_the_process() -> None:
    """Everything the bot imports uses the SQLite of the standard library, which is there at most once."""
    done = subprocess.run(
        [sys.executable, "-c", LIBRARIES], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    count, others = done.stdout.split("\n")[:2]
    assert int(count) <= 1
    assert others == "[]"


async def test_only_one_connection_checkpoints(tmp_path: Path) -> None:
    """Under protection the writer does not checkpoint by itself, and readers cannot at all."""
    path = tmp_path / "data" / "modelus.db"
    protection = Protection(
        path,
        backup=BackupSettings(folder=tmp_path / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=tmp_path / "quarantine"),
    )

    def limit(connection: sqlite3.Connection) -> int:
        found: int = connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
        return found

    def checkpoint(connection: sqlite3.Connection) -> tuple[int, ...]:
        found: tuple[int, ...] = tuple(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone())
        return found

    async with DatabaseManager(path, DatabaseSettings(), protection=protection) as db:
        assert await connections(db).run(ConnectionRole.WRITER, limit) == 0
        for number in range(50):
            await db.write(PutSetting(key=f"key-{number}", value=number), Context())
        before = path.with_name(path.name + "-wal").stat().st_size
        for role in (ConnectionRole.READER, ConnectionRole.LONG_READER):
            with contextlib.suppress(DatabaseError):
                _, frames, moved = await connections(db).run(role, checkpoint)
                assert (frames, moved) in {(0, 0), (-1, -1)}
        assert path.with_name(path.name + "-wal").stat().st_size == before > 0


class ReadThenWrite(Write[bool]):
    """Reads, lets a stranger try to write, then writes what it read."""

    path: Path

    def apply(self, tx: Transaction) -> bool:
        """Return whether the stranger was kept out."""
        before = tx.fetch_value("SELECT count(*) FROM settings")
        stranger = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            stranger.execute("INSERT INTO settings(key, value, updated_at) VALUES('stranger', '1', 0)")
        except sqlite3.OperationalError as error:
            kept_out = error.sqlite_errorname == "SQLITE_BUSY"
        else:
            kept_out = False
        finally:
            stranger.close()
        tx.execute("INSERT INTO settings(key, value, updated_at) VALUES('mine', ?, 0)", (str(before),))
        return kept_out


async def test_what_a_write_has_read_cannot_change_under_it(db: DatabaseManager, path: Path) -> None:
    """A write holds the lock from before its first read, so that it is never refused for being late."""
    assert await db.write(ReadThenWrite(path=path), Context())


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p"])
def test_the_doctor_knows_network_file_systems(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database on a network share is bad news, in a sentence that says what to do."""
    monkeypatch.setattr(doctor_machine, "_filesystem", lambda _: kind)
    looked = doctor_machine.disks(Settings(), tmp_path / "modelus.db")
    found = [item for item in looked if item.grade is Grade.BAD]
    assert len(found) == 1
    assert kind in found[0].text
    assert "Move the database" in found[0].text


def test_every_test_that_the_document_names_is_there() -> None:
    """docs/reliability.md promises a test for each trap; a test that was renamed is found out."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "reliability.md").read_text("utf-8"))
    assert len(named) >= 12
    for file, test in named:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), test
