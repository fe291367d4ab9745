"""Which copy is restored when many lie there that cannot be: each is tried, named, and at little cost."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.backup.manifest import BackupManifest, read_manifest, write_manifest
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.copy_search import Limits, newest_copy_that_fits
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from tests.daily_size import FULL
from tests.database.recovery.test_sources import with_copies

Open = Callable[..., DatabaseManager]
UNFIT = 1000 if FULL else 60
A_DAY = 86_400


def altered(folder: Path, name: str, **changes: Any) -> None:
    """Let a copy's manifest say something else."""
    known = read_manifest(folder / f"{name}.json")
    write_manifest(folder, BackupManifest.model_validate(known.model_dump() | changes))


def newer_version(folder: Path, name: str) -> None:
    """Make a copy, whole and verified, that of a version with one migration more."""
    path = folder / name
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute(
            "INSERT INTO _yoyo_migration"
            " SELECT 'x', '9999.later', applied_at_utc FROM _yoyo_migration LIMIT 1"
        )
    digest, size = hashed(path)
    known = read_manifest(folder / f"{name}.json")
    altered(folder, name, sha256=digest, bytes=size, migrations=(*known.migrations, "9999.later"))


def foreign(folder: Path, name: str) -> None:
    """Put another program's sound database in a copy's place, with a manifest that fits it."""
    path = folder / name
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE guilds(id INTEGER PRIMARY KEY, name TEXT)")
        raw.execute("INSERT INTO guilds VALUES(1, 'another bot')")
    digest, size = hashed(path)
    altered(folder, name, sha256=digest, bytes=size, migrations=())


def shortened(folder: Path, name: str) -> None:
    """Cut a copy off."""
    os.truncate(folder / name, (folder / name).stat().st_size // 2)


def flipped(copy: Path) -> None:
    """Alter a value; nothing but the sum of the whole copy guards it."""
    with contextlib.closing(sqlite3.connect(copy)) as raw, raw:
        raw.execute("UPDATE settings SET updated_at = updated_at + 1")


def later_copy(context: RecoveryContext, name: str, days: int) -> str:
    """Copy a copy with its manifest to a name that is some days newer; returns it."""
    folder = context.backups.folder
    known = read_manifest(folder / f"{name}.json")
    made_at = known.created_at + days * A_DAY
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(made_at))
    new = f"modelus-{stamp}-scheduled.db"
    shutil.copy(folder / name, folder / new)
    fresh = known.model_dump() | {"name": new, "created_at": made_at, "sequence": known.sequence + days}
    write_manifest(folder, BackupManifest.model_validate(fresh))
    return new


async def rows_of(context: RecoveryContext, path: Path) -> int:
    """Count the settings in a file."""
    return (await context.check(path)).rows["settings"]


async def test_what_is_sound_and_yet_unfit_ends_no_search(protected: Open, tmp_path: Path) -> None:
    """A newer version's copy, a foreign, a shortened and an altered one: each is named and passed over."""
    async with protected() as db:
        context, names = await with_copies(db, 5)
    folder = context.backups.folder
    for spoiling, name in zip((shortened, foreign, newer_version), names[2:], strict=True):
        spoiling(folder, name)
    flipped(folder / names[1])
    said: list[dict[str, Any]] = []
    target = tmp_path / "restored.db"
    assert await newest_copy_that_fits(context, Budget(), target, on_progress=said.append) == names[0]
    assert await rows_of(context, target) == 1
    assert max(item["done"] for item in said) == 4
    shortened(folder, names[0])
    target.unlink()
    with pytest.raises(BackupFailed) as refused:
        await newest_copy_that_fits(context, Budget(), target)
    assert not target.exists()
    assert "written by a newer version" in refused.value.detail
    assert "it holds no database of this bot" in refused.value.detail
    assert "its sha256 differs" in refused.value.detail
    assert "bytes instead of" in refused.value.detail


@pytest.mark.parametrize("state", ["missing", "cut off"])
async def test_a_whole_copy_without_its_manifest_is_restored(
    protected: Open, tmp_path: Path, state: str
) -> None:
    """It is checked whole instead, and preferred where it is newer than those that have one."""
    async with protected() as db:
        context, names = await with_copies(db, 2)
        newest = later_copy(context, names[1], 1)
    manifest = context.backups.folder / f"{newest}.json"
    if state == "missing":
        manifest.unlink()
    else:
        os.truncate(manifest, manifest.stat().st_size // 2)
    (one,) = context.backups.unlisted()
    assert str(one).startswith(f"{newest} is not used: {newest}.json, which says what it holds, is {state}")
    target = tmp_path / "restored.db"
    assert await newest_copy_that_fits(context, Budget(), target) == newest
    assert await rows_of(context, target) == 2
    assert (await context.backups.adopt(newest)).counts
    assert context.backups.unlisted() == ()


async def test_a_copy_that_only_looks_newest_gives_nothing_up(protected: Open, tmp_path: Path) -> None:
    """One without a manifest, named by a clock that was ahead, comes last when others hold newer changes."""
    async with protected() as db:
        context, names = await with_copies(db, 3)
        ahead = later_copy(context, names[0], 400)
    (context.backups.folder / f"{ahead}.json").unlink()
    target = tmp_path / "restored.db"
    assert await newest_copy_that_fits(context, Budget(), target) == names[2]
    for name in names:
        shortened(context.backups.folder, name)
    assert await newest_copy_that_fits(context, Budget(), target) == ahead
    assert await rows_of(context, target) == 1


async def test_many_unfit_copies_cost_little(protected: Open, tmp_path: Path) -> None:
    """Sound copies of another program, newer than the only one that fits: one child looks at all of them."""
    async with protected() as db:
        context, names = await with_copies(db, 1)
    folder = context.backups.folder
    first = later_copy(context, names[0], 1)
    foreign(folder, first)
    for number in range(2, UNFIT + 1):
        later_copy(context, first, number)
    started = time.monotonic()
    assert await newest_copy_that_fits(context, Budget(), tmp_path / "restored.db") == names[0]
    took = time.monotonic() - started
    print(f"{UNFIT} unfit copies: {took:.1f} s")
    assert took < 10 + UNFIT / 50


async def test_a_search_has_an_end(protected: Open, tmp_path: Path) -> None:
    """How many copies are checked whole, and for how long, is limited, and that is said."""
    async with protected() as db:
        context, _ = await with_copies(db, 2)
    with pytest.raises(BackupFailed, match="0 copies were checked whole"):
        await newest_copy_that_fits(context, Budget(), tmp_path / "restored.db", limits=Limits(whole=0))
    with pytest.raises(BackupFailed, match="0 s are over"):
        await newest_copy_that_fits(context, Budget(), tmp_path / "restored.db", limits=Limits(seconds=0.0))
