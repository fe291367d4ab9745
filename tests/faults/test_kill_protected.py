"""Killed at any moment of writing, copying, rehearsing and archiving: always startable, nothing lost."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from modelus_bot.database.recovery.alerts import Alert
from tests.database.operations import setting
from tests.faults.guarded_writer import protected
from tests.faults.program import Program

KILLS = 100 if os.environ.get("MODELUS_TEST_FULL") else 4


@pytest.mark.timeout(7200)
async def test_no_kill_loses_an_acknowledged_write(tmp_path: Path) -> None:
    """The same site is killed again and again; every number that was said is there, both halves of it."""
    said: set[int] = set()
    pick = random.Random(5)
    for kill in range(KILLS):
        archive = "auto" if kill % 3 else "off"
        start = max(said, default=-1) + 100
        writer = Program("guarded_writer", tmp_path, start, kill, archive)
        assert writer.line() == str(start), f"kill {kill}: the database did not start"
        said.add(start)
        time.sleep(pick.uniform(0.05, 3.0))
        said |= set(map(int, writer.kill()))
    alerts: list[Alert] = []
    db = protected(tmp_path, "auto")
    assert db.protection is not None
    db.protection.on_alert = alerts.append
    async with db:
        for number in sorted(said):
            assert await db.read(setting, f"left:{number}") == number
            assert await db.read(setting, f"right:{number}") == number
        report = await db.protection.parts.check(db.path)
        assert report.ok, report.problems
        assert not [one for one in alerts if one.kind == "database_recovered"]
        for manifest in db.protection.backups.manifests()[:3]:
            assert (await db.protection.backups.verify(manifest.name)).ok
    print({"kills": KILLS, "acknowledged": len(said)})
