"""Page checksums on real files: what is damage, and what only looks like it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.database.checksums.page_checksums import PageChecksums
from tests.database.checksums.filled import fill, opened, overwrite, write_some

PAGE = 4096


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A closed database in WAL mode."""
    path = tmp_path / "a.db"
    connection = opened(path)
    fill(connection)
    connection.close()
    return path


async def test_first_check_trusts_and_second_compares(database: Path) -> None:
    """Without hashes the file is trusted; the hashes are private and stay."""
    first = await PageChecksums(database).check()
    assert first.adopted
    assert first.pages == database.stat().st_size // PAGE
    second = await PageChecksums(database).check()
    assert not second.adopted
    assert second.unexplained == ()
    assert database.with_name("a.db-sums").stat().st_mode & 0o777 == 0o600
    assert database.with_name("a.db-sums-log").stat().st_mode & 0o777 == 0o600


async def test_holes_behind_the_file_are_not_read(database: Path) -> None:
    """A terabyte that is not on the disk is not hashed, whether hashes are known or not."""
    os.truncate(database, 2**40)
    checksums = PageChecksums(database)
    assert (await checksums.check()).adopted
    assert (await checksums.check()).unexplained
    await checksums.adopt()


async def test_damage_inside_values_is_found(database: Path) -> None:
    """Random bytes in the middle of a page are found, again at every check until the file is adopted."""
    await PageChecksums(database).adopt()
    overwrite(database, 7 * PAGE + 2000, random.Random(1).randbytes(256))
    checksums = PageChecksums(database)
    assert (await checksums.check()).unexplained == (8,)
    assert (await PageChecksums(database).check()).unexplained == (8,)
    await checksums.adopt()
    assert (await checksums.check()).unexplained == ()


async def test_writes_under_watch_are_explained(database: Path) -> None:
    """What the bot writes is no damage: before, during and after its checkpoints, and after closing."""
    checksums, dice = PageChecksums(database), random.Random(2)
    await checksums.adopt()
    async with checksums:
        connection = opened(database)
        for mode in ("PASSIVE", "TRUNCATE", "PASSIVE"):
            for _ in range(20):
                write_some(connection, dice)
            assert (await checksums.check()).unexplained == ()
            checksums.note_commits()
            connection.execute(f"PRAGMA wal_checkpoint({mode})")
            report = await checksums.check()
            assert report.unexplained == ()
            assert (report.explained > 0) == (mode == "PASSIVE")
        write_some(connection, dice)
        checksums.note_commits()
        connection.close()
    report = await PageChecksums(database).check()
    assert report.unexplained == report.unclear == ()


async def test_vacuum_and_growth_are_explained(database: Path) -> None:
    """A file that shrinks by VACUUM, grows again and is truncated is as it should be."""
    checksums, dice = PageChecksums(database), random.Random(3)
    await checksums.adopt()
    async with checksums:
        connection = opened(database)
        connection.execute("DELETE FROM notes WHERE id % 3 > 0")
        connection.execute("VACUUM")
        assert (await checksums.check()).unexplained == ()
        checksums.note_commits()
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        assert (await checksums.check()).unexplained == ()
        connection.execute("DELETE FROM files")
        connection.execute("VACUUM")
        fill(connection, 800, seed=5)
        write_some(connection, dice)
        checksums.note_commits()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert (await checksums.check()).unexplained == ()
        checksums.note_commits()
        connection.close()
    assert (await PageChecksums(database).check()).unexplained == ()


async def test_damage_while_the_bot_works_is_found(database: Path) -> None:
    """A page damaged under the open connections is told from the pages that are written meanwhile."""
    checksums, dice = PageChecksums(database), random.Random(4)
    await checksums.adopt()
    async with checksums:
        connection = opened(database)
        for _ in range(10):
            write_some(connection, dice)
        checksums.note_commits()
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        page = connection.execute("SELECT max(pageno) FROM dbstat WHERE name = 'files'").fetchone()[0]
        overwrite(database, (page - 1) * PAGE + 900, bytes(256))
        assert (await checksums.check()).unexplained == (page,)
        checksums.note_commits()
        connection.close()


async def test_stale_page_is_found(database: Path) -> None:
    """A page put back to its own older content is found although that content was right once."""
    checksums, dice = PageChecksums(database), random.Random(5)
    await checksums.adopt()
    async with checksums:
        connection = opened(database)
        before = database.read_bytes()
        for _ in range(30):
            write_some(connection, dice)
        checksums.note_commits()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        after = database.read_bytes()
        changed = [
            page for page in range(2, len(before) // PAGE) if _page(before, page) != _page(after, page)
        ]
        overwrite(database, (changed[0] - 1) * PAGE, _page(before, changed[0]))
        assert (await checksums.check()).unexplained == (changed[0],)
        overwrite(database, (changed[0] - 1) * PAGE, _page(after, changed[0]))
        assert (await checksums.check()).unexplained == ()
        checksums.note_commits()
        connection.close()


async def test_length_is_part_of_the_file(database: Path) -> None:
    """Pages cut off, half a page cut off, and bytes appended are found."""
    await PageChecksums(database).adopt()
    content = database.read_bytes()
    pages = len(content) // PAGE
    for length, wanted in (
        (len(content) - 2 * PAGE, (pages - 1, pages)),
        (len(content) - 100, (pages,)),
        (len(content) + 10, (pages + 1,)),
        (len(content) + PAGE, (pages + 1,)),
    ):
        database.write_bytes(content.ljust(length, b"x")[:length])
        assert (await PageChecksums(database).check()).unexplained == wanted


async def test_a_gigantic_tail_is_found_without_being_read(database: Path) -> None:
    """One page behind those that were written is enough to know; the other gigabytes are left alone."""
    checksums = PageChecksums(database)
    assert not await checksums.comparable()
    await checksums.adopt()
    assert await checksums.comparable()
    pages = database.stat().st_size // PAGE
    os.truncate(database, 8 * 2**30)
    report = await PageChecksums(database).check()
    assert report.unexplained == (pages + 1,)
    assert report.pages == pages + 1


async def test_journal_mode_is_no_damage(database: Path) -> None:
    """Leaving WAL mode and entering it again writes page 1 past the -wal, which is allowed."""
    await PageChecksums(database).adopt()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    assert (await PageChecksums(database).check()).unexplained == ()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    assert (await PageChecksums(database).check()).unexplained == ()
    overwrite(database, 18, b"\x09\x09")
    assert (await PageChecksums(database).check()).unexplained == (1,)


async def test_slices_cover_the_file(database: Path) -> None:
    """A slice judges its own pages only."""
    await PageChecksums(database).adopt()
    overwrite(database, 9 * PAGE, bytes(256))
    checksums = PageChecksums(database)
    assert (await checksums.check(1, 9)).unexplained == ()
    report = await checksums.check(10, 20)
    assert report.unexplained == (10,)
    assert report.pages == 11


async def test_writes_without_sums_are_forgotten(database: Path) -> None:
    """After ``forget`` anything may happen to the file: the next check begins anew."""
    checksums = PageChecksums(database)
    await checksums.adopt()
    await checksums.forget()
    assert not database.with_name("a.db-sums").exists()
    overwrite(database, 9 * PAGE, bytes(256))
    assert (await PageChecksums(database).check()).adopted


async def test_strange_wal_after_a_clean_end_is_found(database: Path, tmp_path: Path) -> None:
    """A -wal that somebody left beside a file that was closed in order would change it unseen."""
    dice = random.Random(6)
    connection = opened(database)
    write_some(connection, dice)
    shutil.copy(database.with_name("a.db-wal"), tmp_path / "kept")
    connection.close()
    checksums = PageChecksums(database)
    await checksums.adopt()
    async with checksums:
        connection = opened(database)
        for _ in range(5):
            write_some(connection, dice)
        checksums.note_commits()
        connection.close()
    shutil.copy(tmp_path / "kept", database.with_name("a.db-wal"))
    assert (await PageChecksums(database).check()).unexplained


async def test_damaged_sums_are_no_alarm(database: Path) -> None:
    """Damage of the hashes themselves does not count as damage of the database."""
    await PageChecksums(database).adopt()
    overwrite(database.with_name("a.db-sums"), 200, bytes(64))
    report = await PageChecksums(database).check()
    assert report.adopted
    assert (await PageChecksums(database).check()).unexplained == ()


def _page(content: bytes, number: int) -> bytes:
    return content[(number - 1) * PAGE : number * PAGE]
