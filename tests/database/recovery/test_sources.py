"""Where a lost database is taken from, and how many copies are read for that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.candidates import Source
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.sources import sources_for
from tests.database.operations import PutSetting

Open = Callable[..., DatabaseManager]


def spoil(copy: Path) -> None:
    """Overwrite a page in the middle of a copy."""
    content = bytearray(copy.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    copy.write_bytes(content)


async def with_copies(db: DatabaseManager, count: int) -> tuple[RecoveryContext, list[str]]:
    """Make copies, each with one row more; return the context and the names, oldest first."""
    assert db.protection is not None
    names = []
    for number in range(count):
        await db.write(PutSetting(key=f"key {number}", value=number), Context())
        names.append((await db.protection.backups.create("manual")).name)
    return db.protection.context, names


def from_copies(context: RecoveryContext) -> tuple[Source, Source]:
    """Return the sources that are whole and damaged copies."""
    whole, rest = sources_for(context, Budget(), present=None)
    return whole, rest


async def test_copies_older_than_a_whole_one_are_left_alone(protected: Open, tmp_path: Path) -> None:
    """A damaged copy behind a whole one has nothing that is missing, and is not even read."""
    async with protected() as db:
        context, names = await with_copies(db, 2)
        spoil(context.backups.folder / names[0])
        whole, rest = from_copies(context)
        await whole.produce(tmp_path / "whole.db")
        assert (await context.check(tmp_path / "whole.db")).rows["settings"] == 2
        with pytest.raises(BackupFailed, match="newer than a whole one"):
            await rest.produce(tmp_path / "rest.db")
        assert not (tmp_path / "rest.db").exists()


async def test_what_is_left_of_the_newest_damaged_copy_is_offered(protected: Open, tmp_path: Path) -> None:
    """Beside the newest whole copy there is what can be read of the damaged one after it."""
    async with protected() as db:
        context, names = await with_copies(db, 3)
        for name in names[1:]:
            spoil(context.backups.folder / name)
        whole, rest = from_copies(context)
        await whole.produce(tmp_path / "whole.db")
        await rest.produce(tmp_path / "rest.db")
        assert (await context.check(tmp_path / "whole.db")).rows["settings"] == 1
        assert not (await context.check(tmp_path / "rest.db")).damaged
        assert rest.partial
