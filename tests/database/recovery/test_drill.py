"""Restore drills are made by the clock, tell of failures first, and never more often than they are due."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.drill import Drill
from tests.database.operations import PutSetting
from tests.waiting import eventually, stays

Open = Callable[..., DatabaseManager]


def drill_log(tmp_path: Path) -> Path:
    """Return where results are kept."""
    return tmp_path / "backups" / "modelus-drills.json"


def long_ago(tmp_path: Path) -> None:
    """Leave the result of a drill of 1970, so that one is due at once."""
    old = {"at": 1, "source": "x", "ok": True, "seconds": 1, "moment": 1, "rows": 1, "problems": []}
    drill_log(tmp_path).parent.mkdir(exist_ok=True)
    drill_log(tmp_path).write_text(json.dumps([old]))


def drill_of(db: DatabaseManager) -> Drill:
    """Return what rehearses."""
    assert db.protection is not None
    return db.protection.drill


@pytest.fixture
async def db(protected: Open, tmp_path: Path) -> AsyncIterator[DatabaseManager]:
    """An open database whose last drill was long ago, with a verified backup."""
    async with protected() as before:
        await before.write(PutSetting(key="a", value=1), Context())
        assert before.protection is not None
        await before.protection.backups.create("manual")
    long_ago(tmp_path)
    async with protected() as manager:
        yield manager


async def test_the_clock_makes_a_drill_that_is_due(db: DatabaseManager) -> None:
    """A drill that is overdue at the start is made by itself, once, and kept."""
    drill = drill_of(db)
    await eventually(lambda: len(drill.results()) == 2, within=60)
    assert drill.results()[0].ok
    assert drill.results()[0].at >= time.time() - 60
    await stays(lambda: len(drill.results()) == 2, 2.5)
    assert len(drill.results()) == 2


async def test_a_result_that_cannot_be_kept_is_told_and_not_repeated(
    db: DatabaseManager, tmp_path: Path, alerts: list[Alert]
) -> None:
    """With a log that cannot be written the clock does not run in circles, and people hear why."""
    in_the_way = drill_log(tmp_path).with_name(drill_log(tmp_path).name + ".partial")
    in_the_way.mkdir()
    await eventually(lambda: any(alert.kind == "drill_not_noted" for alert in alerts), within=60)
    await stays(lambda: [alert.kind for alert in alerts].count("drill_not_noted") == 1, 3.5)
    assert [alert.kind for alert in alerts].count("drill_not_noted") == 1
    assert len(drill_of(db).results()) == 1
    in_the_way.rmdir()


async def test_a_failing_drill_is_loud_even_if_it_cannot_be_kept(
    db: DatabaseManager, tmp_path: Path, alerts: list[Alert]
) -> None:
    """A backup that is not whole any more is told by the clock before anything is written down."""
    (copy,) = (tmp_path / "backups").glob("*.db")
    content = bytearray(copy.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 8192
    copy.chmod(0o600)
    copy.write_bytes(content)
    drill_log(tmp_path).with_name(drill_log(tmp_path).name + ".partial").mkdir()
    await eventually(lambda: any(item.kind == "drill_not_noted" for item in alerts), within=60)
    kinds = [item.kind for item in alerts if item.kind.startswith("drill")]
    assert kinds == ["drill_failed", "drill_not_noted"]
    alert = next(item for item in alerts if item.kind == "drill_failed")
    assert alert.severity == "critical"
    assert "could not be restored whole" in alert.text


async def test_nothing_to_rehearse_is_noted_and_told_once(
    protected: Open, tmp_path: Path, alerts: list[Alert]
) -> None:
    """Without backup and archive the drill says so, once, is due again later, and counts as no rehearsal."""
    long_ago(tmp_path)
    async with protected() as db:
        drill = drill_of(db)
        await eventually(lambda: any(alert.kind == "drill_impossible" for alert in alerts), within=60)
        await eventually(
            lambda: json.loads(drill_log(tmp_path).read_text())[0]["source"] == "nothing", within=60
        )
        assert await drill.run() == ()
        assert [alert.kind for alert in alerts].count("drill_impossible") == 1
        assert len(drill.results()) == 1
        tried_at = drill.tried_at
        assert tried_at is not None
        assert tried_at > time.time() - 60
        assert Drill(db.protection.context).tried_at == int(tried_at)
