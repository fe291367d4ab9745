"""A file whose schema is no text is restored as one with a damaged page is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.checksums.page_checksums import PageChecksums
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, setting
from tests.database.schema.test_odd_text import ODD, make_odd

Open = Callable[..., DatabaseManager]


@pytest.mark.parametrize("sql", ODD.values(), ids=ODD)
async def test_the_good_backup_beside_it_is_used(path: Path, protected: Open, sql: str) -> None:
    """The start restores it, as for a damaged page."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        await db.protection.backups.create("manual")
    make_odd(path, sql)
    await PageChecksums(path).adopt()
    async with protected() as db:
        assert await db.read(setting, "a") == 1
        assert db.protection is not None
        assert (await db.protection.context.check(path)).ok
