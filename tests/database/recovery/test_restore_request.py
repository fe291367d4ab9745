"""Restoring a moment of the archive under the running bot, and undoing it: no acknowledged change is lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import BackupFailed, DatabaseError
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from tests.database.archive.writing import needs_program
from tests.database.operations import PutSetting
from tests.waiting import scene_of

Open = Callable[..., DatabaseManager]


@query
def numbers(tx: ReadTransaction) -> frozenset[int]:
    """Return the numbers that were put."""
    rows = tx.fetch_all("SELECT value FROM settings WHERE key GLOB 'number *'")
    return frozenset(int(row[0]) for row in rows)


@needs_program
@pytest.mark.timeout(120)
async def test_a_moment_is_restored_and_undone_among_writers(tmp_path: Path) -> None:
    """What was acknowledged before the restore is in its undo, what came after it in the restored state."""
    path = tmp_path / "data" / "modelus.db"
    protection = Protection(
        path,
        backup=BackupSettings(folder=tmp_path / "backups", schedule="off"),
        archive=ArchiveSettings(folder=tmp_path / "archive"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=tmp_path / "quarantine"),
        invariants=DECLARED.invariants,
    )
    acknowledged: dict[int, float] = {}
    counting = itertools.count()

    async def writer(db: DatabaseManager) -> None:
        while True:
            number = next(counting)
            with contextlib.suppress(DatabaseError):
                await db.write(PutSetting(key=f"number {number}", value=number), Context())
                acknowledged[number] = time.time()
            await asyncio.sleep(0.01)

    async with DatabaseManager(path, DatabaseSettings(), protection=protection) as db:
        writers = [asyncio.create_task(writer(db)) for _ in range(4)]
        await scene_of(1.5)
        moment = time.time()
        await scene_of(1.5)
        restores = protection.restores
        assert restores is not None
        plan = await restores.from_archive(moment)
        assert moment - 1.0 <= plan.moment <= moment
        await restores.discard()
        same = await restores.again(plan.token, backup=plan.backup, at=plan.at, audit_id=plan.report.audit_id)
        assert (same.moment, same.report.audit_head) == (plan.moment, plan.report.audit_head)
        restored = await restores.apply(same.token)
        await scene_of(0.5)
        for task in writers:
            task.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        before = {item for item, at in acknowledged.items() if at <= moment - 1.0}
        later = {item for item, at in acknowledged.items() if moment < at <= moment + 1.0}
        after_restore = await db.read(numbers)
        assert before <= after_restore
        assert not later & after_restore
        assert restored.undo is not None
        await restores.apply((await restores.from_backup(restored.undo)).token)
        after_undo = await db.read(numbers)
    assert before | later <= after_undo
    assert acknowledged.keys() <= after_restore | after_undo
    assert len(acknowledged) > 50


async def test_a_preview_says_how_far_it_is(protected: Open) -> None:
    """Restoring the copy, checking it and comparing it are told as they begin, the copy with its share."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        made = await db.protection.backups.create("manual")
        assert db.protection.restores is not None
        said: list[dict[str, Any]] = []
        await db.protection.restores.from_backup(made.name, said.append)
        checked: list[dict[str, Any]] = []
        await db.protection.backups.verify(made.name, on_progress=checked.append)
    assert any(item.get("step") == "restoring" and item["done"] == item["total"] for item in said)
    steps = [item["step"] for item in said]
    assert {"looking at the file", "the rows", "comparing it with the present state"} <= set(steps)
    assert list(dict.fromkeys(item["step"] for item in checked)) == ["hashing", "checking"]


async def test_the_same_state_is_prepared_again_or_none(protected: Open) -> None:
    """A plan that is there is not prepared twice; a copy that holds another state is refused."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        made = await db.protection.backups.create("manual")
        restores = db.protection.restores
        assert restores is not None
        plan = await restores.from_backup(made.name)
        shown = {"backup": plan.backup, "at": plan.at, "audit_id": plan.report.audit_id}
        assert await restores.again(plan.token, **shown) is plan
        await restores.discard()
        again = await restores.again(plan.token, **shown)
        assert again.token != plan.token
        assert again.report.audit_head == plan.report.audit_head
        await restores.discard()
        with pytest.raises(BackupFailed, match="another state"):
            await restores.again(plan.token, **(shown | {"audit_id": plan.report.audit_id + 1}))
        assert not [*again.path.parent.glob("*preview*")]
