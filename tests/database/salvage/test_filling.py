"""The new database takes rows in: the better version of each, and none that breaks a rule."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.salvage.cells import CellEntry
from modelus_bot.database.salvage.filling import Filler, Rejections
from modelus_bot.database.salvage.layouts import read_reference
from modelus_bot.database.schema.migrations import Migrator
from tests.database.salvage.filled import read_all


def test_a_full_disk_is_no_reason_to_reject_rows(tmp_path: Path) -> None:
    """The error goes up instead."""
    with closing(sqlite3.connect(tmp_path / "full.db", isolation_level=None)) as connection:
        Migrator(tmp_path / "full.db").up()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        connection.execute("BEGIN")
        layout = read_reference(connection).named("users")
        assert layout is not None
        rejections = Rejections(tmp_path / "rejected.jsonl")
        entries = [
            CellEntry(1, number, (None, "x" * 90, None, "UTC", None, None, 1, 0, 0)) for number in range(9000)
        ]

        with pytest.raises(sqlite3.OperationalError) as failed:
            Filler(connection, rejections).add(layout, entries, linked=True)

    assert failed.value.sqlite_errorcode == sqlite3.SQLITE_FULL
    assert not rejections.counts


def test_two_versions_of_a_row_that_nothing_leads_to(tmp_path: Path) -> None:
    """The later one is taken and the other told, in whatever order they are found."""
    path = tmp_path / "new.db"
    Migrator(path).up()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        layout = read_reference(connection).named("users")
        assert layout is not None
        rejections = Rejections(tmp_path / "rejected.jsonl")
        filler = Filler(connection, rejections)
        versions = [
            CellEntry(1, 7, (None, f"at {at}", None, "UTC", None, None, 1, 0, at)) for at in (5, 9, 3)
        ]
        for version in versions:
            filler.add(layout, [version], linked=False)
        filler.add(layout, [versions[1]], linked=False)
        connection.execute("COMMIT")
        rejections.close()

    assert read_all(path)["users"][(7,)][1] == "at 9"
    assert filler.superseded == 3
    assert [item.values["username"] for item in rejections.first] == ["at 5", "at 3"]
