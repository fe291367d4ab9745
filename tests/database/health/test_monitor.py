"""Every operation is counted and leaves the log event it should."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated, QueryFailed
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import BreakRule, Meddle, PutSetting, PutThenRefuse, Refused, Slow, setting


@pytest.fixture
def records() -> Iterator[list[dict[str, Any]]]:
    """Log records as they are written: message, level and fields."""
    found: list[dict[str, Any]] = []

    def keep(message: Any) -> None:
        record = message.record
        found.append({"event": record["message"], "level": record["level"].name, **record["extra"]})

    sink = logger.add(keep, level="TRACE")
    yield found
    logger.remove(sink)


@pytest.fixture
async def talkative(
    path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> AsyncIterator[DatabaseManager]:
    """A database that logs every operation."""
    async with DatabaseManager(path, quick_settings(slow_operation=0.2), debug=True) as db:
        yield db


async def test_every_operation_is_logged_with_what_it_took(
    talkative: DatabaseManager, records: list[dict[str, Any]]
) -> None:
    """Name, time, statements, rows, attempt, request and, in debug, the fields."""
    await talkative.write(PutSetting(key="a", value=1), Context(actor=3, request_id="r1"))
    await talkative.read(setting, "a")
    write, read = [record for record in records if record["event"] == "database_operation"]
    assert write["operation"] == "PutSetting"
    assert write["fields"] == {"key": "a", "value": 1}
    assert (write["kind"], write["attempt"], write["request_id"], write["actor"]) == ("write", 1, "r1", 3)
    assert (write["statements"], write["rows"]) == (3, 2)
    assert write["milliseconds"] >= write["ran_milliseconds"] > 0
    assert read["operation"] == "operations.setting"
    assert (read["kind"], read["statements"], read["rows"]) == ("read", 1, 1)


async def test_failures_are_logged_under_the_reference_people_read(
    talkative: DatabaseManager, records: list[dict[str, Any]]
) -> None:
    """The code, its name and the detail are in the log, under the caller's own reference."""
    with pytest.raises(ConstraintViolated) as broken:
        await talkative.write(BreakRule(key="a"), Context())
    with pytest.raises(QueryFailed) as wrong:
        await talkative.write(Meddle(sql="SELECT FROM"), Context())
    by_reference = {
        record["reference"]: record for record in records if record["event"] == "database_operation_failed"
    }
    assert by_reference[broken.value.reference]["code"] == "SQLITE_CONSTRAINT_PRIMARYKEY"
    assert by_reference[broken.value.reference]["level"] == "INFO"
    assert by_reference[wrong.value.reference]["code"] == "SQLITE_ERROR"
    assert by_reference[wrong.value.reference]["level"] == "ERROR"


async def test_slow_operations_are_logged_always(
    path: Path, quick_settings: Callable[..., DatabaseSettings], records: list[dict[str, Any]]
) -> None:
    """Without debug, ordinary operations leave no record and slow ones do."""
    async with DatabaseManager(path, quick_settings(slow_operation=0.2)) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        await db.write(Slow(seconds=0.3), Context())
        assert db.overview().slow == (("Slow", 1),)
    events = [record["event"] for record in records]
    assert "database_operation" not in events
    assert [r["operation"] for r in records if r["event"] == "database_operation_slow"] == ["Slow"]


async def test_the_overview_counts_what_happened(db: DatabaseManager) -> None:
    """Reads, writes, refusals and failures are told apart."""
    await db.write(PutSetting(key="a", value=1), Context())
    await db.read(setting, "a")
    with pytest.raises(Refused):
        await db.write(PutThenRefuse(key="b"), Context())
    with pytest.raises(ConstraintViolated):
        await db.write(BreakRule(key="c"), Context())
    with pytest.raises(QueryFailed):
        await db.write(Meddle(sql="nonsense"), Context())
    seen = db.overview()
    assert (seen.read_count, seen.write_count, seen.refused, seen.failures) == (1, 4, 2, 1)
    assert [failure.operation for failure in seen.recent_failures] == ["Meddle"]
    assert seen.writes.p50 is not None
    assert seen.file_bytes
    assert seen.free_bytes
