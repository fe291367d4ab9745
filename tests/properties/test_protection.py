"""Properties 11 to 13: files are checked, copied by the clock, and restored when they are damaged."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.state_file import StateFile
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.database.operations import PutSetting, setting

if TYPE_CHECKING:
    from loguru import Message

EXAMPLES = settings(
    max_examples=100 if FULL else 3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Each example opens real files and starts real processes, which takes a second or two."""
ROWS = 200


def opened(folder: Path, alerts: list[Alert]) -> DatabaseManager:
    """Return a protected database in a folder."""
    protection = Protection(
        folder / "data" / "modelus.db",
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off"),
        integrity=IntegritySettings(
            confirm_after=0.2, quarantine=folder / "quarantine", watch_every=0.2, check_every=1
        ),
        invariants=DECLARED.invariants,
    )
    protection.alerts.subscribe(alerts.append)
    return DatabaseManager(
        protection.context.path, DatabaseSettings(read_deadline=30, write_deadline=30), protection=protection
    )


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a filled database and a verified backup of it."""
    folder = tmp_path_factory.mktemp("pristine")

    async def fill() -> None:
        async with opened(folder, []) as db:
            for number in range(ROWS):
                await db.write(PutSetting(key=f"key {number}", value=number), Context())
            assert db.protection is not None
            await db.protection.backups.create("manual")

    asyncio.run(fill())
    return folder


@EXAMPLES
@given(unclean=st.booleans(), lasting=st.booleans())
def test_files_are_checked_at_the_start_and_on_a_schedule(
    pristine: Path, unclean: bool, lasting: bool
) -> None:
    """Feature: database-reliability, Property 11: For any database startup and periodic operation, integrity
    checks should be performed.
    """
    depths: list[str] = []

    def note(message: Message) -> None:
        if message.record["message"] == "database_checked":
            depths.append(message.record["extra"]["depth"])

    async def live(folder: Path) -> float | None:
        async with opened(folder, []) as db:
            assert db.protection is not None
            guard = db.protection.monitor
            assert guard is not None
            if lasting:
                async with asyncio.timeout(30):
                    while guard.checked_at is None:
                        await asyncio.sleep(0.02)
            return guard.checked_at

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "site"
        shutil.copytree(pristine, folder)
        state = StateFile(folder / "data" / "modelus.db")
        known = state.load()
        assert known is not None
        state.save(replace(known, clean=not unclean))
        sink = logger.add(note, level="INFO")
        try:
            checked_at = asyncio.run(live(folder))
        finally:
            logger.remove(sink)
    assert depths == ["full" if unclean else "quick"]
    assert checked_at is not None or not lasting


@EXAMPLES
@given(every=st.floats(60, 86_400), late=st.floats(0.0, 3.0))
def test_copies_are_made_at_every_interval(pristine: Path, every: float, late: float) -> None:
    """Feature: database-reliability, Property 12: For any configured backup interval, automatic backups
    should be created successfully.
    """
    now = 2_000_000_000.0

    async def live(folder: Path) -> None:
        backups = BackupManager(
            folder / "data" / "modelus.db",
            BackupSettings(folder=folder / "copies", every=every, attempts=1),
            validator=SchemaValidator(),
            invariants=DECLARED.invariants,
            clock=Clock(wall=lambda: now, steady=lambda: now),
        )
        async with backups, asyncio.timeout(60):
            while not any(
                manifest.counts and manifest.created_at >= now - 1 for manifest in backups.manifests()
            ):
                await asyncio.sleep(0.02)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "site"
        shutil.copytree(pristine, folder)
        for _ in range(2):
            asyncio.run(live(folder))
            now += every * (1 + late) + 1


@EXAMPLES
@given(offset=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=64, max_size=4096))
def test_damaged_files_are_restored(pristine: Path, offset: float, noise: bytes) -> None:
    """Feature: database-reliability, Property 13: For any detected database corruption, automatic restoration
    from recent backup should be offered.
    """
    alerts: list[Alert] = []

    async def live(folder: Path) -> list[int | None]:
        async with opened(folder, alerts) as db:
            return [await db.read(setting, f"key {number}") for number in range(ROWS)]

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "site"
        shutil.copytree(pristine, folder)
        database = folder / "data" / "modelus.db"
        before = database.read_bytes()
        at = int(offset * len(before))
        altered = bytearray(before)
        altered[at : at + len(noise)] = noise
        database.write_bytes(altered[: len(before)])
        values = asyncio.run(live(folder))
    assert values == list(range(ROWS))
    if altered[: len(before)] != before:
        assert "database_recovered" in [alert.kind for alert in alerts]
