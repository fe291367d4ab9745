"""A database is the same one by whatever name it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelus_bot.database.core.database_file import DatabaseFile
from modelus_bot.database.core.errors import AlreadyRunning, AmbiguousFile


def test_a_link_leads_to_where_everything_lies(tmp_path: Path) -> None:
    """What SQLite keeps beside it is looked for there, and so is the lock."""
    real, link = tmp_path / "disk" / "a.db", tmp_path / "a.db"
    real.parent.mkdir()
    real.touch()
    link.symlink_to(real)
    file = DatabaseFile(link)
    assert (file.named, file.path) == (link, real)
    assert file.files[:2] == (real, real.with_name("a.db-wal"))
    assert file.is_at(real)
    assert not file.is_at(tmp_path / "b.db")
    file.require_one_name()
    with file.claimed(), pytest.raises(AlreadyRunning), DatabaseFile(real).claimed():
        pass
    with DatabaseFile(real).claimed():
        pass
    real.unlink()
    with pytest.raises(AmbiguousFile):
        file.require_one_name()
