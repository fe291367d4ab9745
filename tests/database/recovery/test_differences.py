"""Two states are compared table by table, in a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.child_process import ChildFailed, run_child
from modelus_bot.database.core.context import Context
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.differences import differences
from tests.database.operations import PutSetting

Settings = Callable[..., DatabaseSettings]


async def test_rows_are_counted_on_both_sides(path: Path, quick_settings: Settings, tmp_path: Path) -> None:
    """Rows that only one state has, and rows that both have with other values."""
    copy = tmp_path / "copy.db"
    async with DatabaseManager(path, quick_settings()) as db:
        await db.write(PutSetting(key="same", value=1), Context())
        await db.write(PutSetting(key="changed", value=1), Context())
    shutil.copy(path, copy)
    async with DatabaseManager(path, quick_settings()) as db:
        await db.write(PutSetting(key="changed", value=2), Context())
        await db.write(PutSetting(key="new", value=1), Context())
        found = {difference.table: difference for difference in await differences(path, copy, Budget())}
    assert (found["settings"].only_now, found["settings"].only_then, found["settings"].changed) == (1, 0, 1)
    assert found["audit_logs"].only_now == 2
    assert "users" not in found


async def test_equal_states_have_no_differences(path: Path, quick_settings: Settings, tmp_path: Path) -> None:
    """A copy differs in nothing."""
    copy = tmp_path / "copy.db"
    async with DatabaseManager(path, quick_settings()) as db:
        await db.write(PutSetting(key="same", value=1), Context())
    shutil.copy(path, copy)
    assert await differences(path, copy, Budget()) == ()


async def test_a_file_that_is_no_database_is_an_answer_not_a_crash(path: Path, tmp_path: Path) -> None:
    """What the child raises comes back with its kind."""
    path.parent.mkdir()
    path.write_bytes(b"nothing of the kind" * 100)
    (tmp_path / "copy.db").write_bytes(b"")
    with pytest.raises(ChildFailed) as failure:
        await differences(path, tmp_path / "copy.db", Budget())
    assert failure.value.kind == "DatabaseError"


async def test_a_child_that_takes_too_long_is_killed(path: Path) -> None:
    """A deadline ends the child and says so."""
    with pytest.raises(ChildFailed, match="longer than"):
        await run_child("differences", {"now": str(path), "then": str(path)}, seconds=0.001)
