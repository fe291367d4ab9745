"""Property 17: what was done is in the log, with times, statements and figures, and values at debug only."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings, LoggingSettings, Settings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.database.health.log_rate_limit import Allowance
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.logs import configure_logging
from tests.daily_size import FULL
from tests.database.operations import (
    BreakRule,
    PutPair,
    PutSetting,
    PutThenRefuse,
    Refused,
    all_settings,
    counted,
    setting,
)

EXAMPLES = 1000 if FULL else 100

AUDIT = "INSERT INTO audit_logs("
LOOK = "SELECT value, version FROM settings WHERE key = ?"
READ = "SELECT value FROM settings WHERE key = ?"
REQUEST = "INSERT INTO requests("
UPSERT = "INSERT INTO settings(key, value, version, updated_by, updated_at)"
INSERT = "INSERT INTO settings(key, value, updated_at)"
COUNT = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + ? FROM n WHERE i < ?) SELECT count(*) FROM n"

KINDS: dict[str, tuple[str, str, dict[str, int]]] = {
    "put": ("PutSetting", "write", {LOOK: 1, UPSERT: 1, AUDIT: 1, REQUEST: 1}),
    "again": ("PutSetting", "write", {}),
    "pair": ("PutPair", "write", {LOOK: 2, UPSERT: 2, AUDIT: 2, REQUEST: 1}),
    "preview": ("PutSetting", "preview", {LOOK: 1, UPSERT: 1, AUDIT: 1}),
    "refuse": ("PutThenRefuse", "write", {LOOK: 1, UPSERT: 1, AUDIT: 1}),
    "break": ("BreakRule", "write", {INSERT: 2}),
    "read": ("operations.setting", "read", {READ: 1}),
    "all": ("operations.all_settings", "read", {"SELECT key, value FROM settings": 1}),
    "long": ("operations.counted", "read", {COUNT: 1}),
}
"""By kind of operation: its name in the log, its kind there, and how often it runs which statement."""


@dataclass(frozen=True)
class Step:
    """One operation of an example; ``key`` is what must not be read in a log that shows no values."""

    kind: str
    key: str
    request: str


@dataclass
class Story:
    """The operations of one example, at which level they were logged, and what was slow."""

    level: str
    slow: float
    at_once: bool
    steps: list[Step]
    began: datetime = field(default_factory=lambda: datetime.now(UTC))


@st.composite
def stories(draw: st.DrawFn) -> list[str]:
    """Draw kinds of operations; what comes again needs something before it."""
    kinds = draw(
        st.lists(st.sampled_from([kind for kind in KINDS if kind != "again"]), min_size=1, max_size=10)
    )
    if "put" in kinds and draw(st.booleans()):
        kinds.append("again")
    return kinds


def test_every_operation_leaves_a_complete_record(tmp_path: Path) -> None:
    """Feature: database-reliability, Property 17: For any database operation, complete logging should occur
    with timestamps, query details, and execution times.
    """
    numbers = itertools.count()
    folder = tmp_path / "logs"

    with asyncio.Runner() as runner:
        manager = DatabaseManager(tmp_path / "modelus.db", DatabaseSettings(synchronous="NORMAL"))
        manager.health._slow_records = Allowance(10**9)  # here more are slow in a second than in a storm
        runner.run(manager.__aenter__())

        @settings(
            max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
        )
        @given(
            kinds=stories(),
            level=st.sampled_from(["DEBUG", "INFO"]),
            slow=st.sampled_from([1e-9, 3600.0]),
            at_once=st.booleans(),
        )
        def example(kinds: list[str], level: str, slow: float, *, at_once: bool) -> None:
            number = next(numbers)
            story = Story(level, slow, at_once, steps_of(kinds, number))
            file = folder / f"{number}.jsonl"
            manager.health.debug, manager.health.slow = level == "DEBUG", slow
            with configure_logging(
                Settings(logging=LoggingSettings(level="DEBUG" if level == "DEBUG" else "INFO", file=file)),
                terminal=False,
            ):
                runner.run(played(manager, story))
            check(story, file.read_text("utf-8") if file.exists() else "")
            file.unlink(missing_ok=True)

        try:
            example()
        finally:
            runner.run(manager.close())


def steps_of(kinds: list[str], number: int) -> list[Step]:
    """Give every operation a key and a request id of its own; one that comes again has those of a put."""
    steps: list[Step] = []
    for place, kind in enumerate(kinds):
        if kind == "again":
            before = next(step for step in steps if step.kind == "put")
            steps.append(Step(kind, before.key, before.request))
        else:
            steps.append(Step(kind, f"private-{number}-{place}", f"request-{number}-{place}"))
    return steps


async def played(db: DatabaseManager, story: Story) -> None:
    """Do the operations, all at once or one after the other, and let the refused ones be refused."""
    first = [play(db, step) for step in story.steps if step.kind != "again"]
    if story.at_once:
        await asyncio.gather(*first)
    else:
        for item in first:
            await item
    for step in story.steps:
        if step.kind == "again":
            await play(db, step)


async def play(db: DatabaseManager, step: Step) -> None:
    """Do one operation."""
    context = Context(request_id=step.request, actor=7)
    doing: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        "put": lambda: db.write(PutSetting(key=step.key, value=1), context),
        "again": lambda: db.write(PutSetting(key=step.key, value=1), context),
        "pair": lambda: db.write(PutPair(number=1), context),
        "preview": lambda: db.preview(PutSetting(key=step.key, value=1), context),
        "refuse": lambda: db.write(PutThenRefuse(key=step.key), context),
        "break": lambda: db.write(BreakRule(key=step.key), context),
        "read": lambda: db.read(setting, step.key),
        "all": lambda: db.read(all_settings),
        "long": lambda: db.read(counted, 3),
    }
    try:
        await doing[step.kind]()
    except (Refused, ConstraintViolated):
        assert step.kind in {"refuse", "break"}
    else:
        assert step.kind not in {"refuse", "break"}


def check(story: Story, text: str) -> None:
    """Compare the records that were written with the operations that were done."""
    lines = [json.loads(line) for line in text.splitlines()]
    records = [line for line in lines if line["event"].startswith("database_operation")]
    assert Counter(map(identity, records)) == Counter(
        expected(story, step) for step in story.steps if is_logged(story, step)
    )
    for record in records:
        check_record(story, record)
        assert shows_values(record) == (
            story.level == "DEBUG" and record["event"] != "database_operation_slow"
        )
    if story.level == "INFO":
        assert "private-" not in text


def identity(record: dict[str, Any]) -> tuple[str, str, str, str | None]:
    """Return what tells which operation a record is about."""
    return record["event"], record["operation"], record["kind"], record["request_id"]


def expected(story: Story, step: Step) -> tuple[str, str, str, str | None]:
    """Return the same of the record that an operation has to leave."""
    name, kind, _ = KINDS[step.kind]
    return event_of(story, step), name, kind, step.request if kind != "read" else None


def event_of(story: Story, step: Step) -> str:
    """Return the event that tells how an operation ended."""
    if step.kind == "break":
        return "database_operation_failed"
    if story.slow < 1 and step.kind != "refuse":
        return "database_operation_slow"
    return "database_operation"


def is_logged(story: Story, step: Step) -> bool:
    """Everything at debug; otherwise what broke a rule of the schema, and what was slow."""
    return story.level == "DEBUG" or event_of(story, step) != "database_operation"


def shows_values(record: dict[str, Any]) -> bool:
    """Whether a record carries what people entered; statements have values in such a record only."""
    if "fields" not in record:
        assert not any("parameters" in item for item in record["sql"])
    return "fields" in record


def check_record(story: Story, record: dict[str, Any]) -> None:
    """Time, statements with their figures, durations, rows and attempt of one operation."""
    at = datetime.fromisoformat(record["time"])
    assert story.began - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)
    assert record["milliseconds"] >= record["ran_milliseconds"] > 0
    assert record["attempt"] == 1
    assert record["group"] >= 1
    assert record["actor"] == (None if record["kind"] == "read" else 7)
    if record["repeated"]:
        assert record["sql"] == []
        return
    ran = {item["statement"]: item for item in record["sql"]}
    wanted = next(
        statements
        for name, kind, statements in KINDS.values()
        if (name, kind) == (record["operation"], record["kind"]) and statements
    )
    assert len(ran) == len(wanted)
    for head, times in wanted.items():
        (found,) = [item for text, item in ran.items() if text.startswith(head)]
        assert found["times"] == times
        assert found["milliseconds"] >= 0
    total = sum(item["milliseconds"] for item in ran.values())
    assert total <= record["ran_milliseconds"] + 0.01
    notes = sum(item["times"] for text, item in ran.items() if text.startswith(REQUEST))
    assert sum(item["times"] for item in ran.values()) - notes == record["statements"]
    assert sum(item["rows"] for item in ran.values()) - notes == record["rows"]
    failed = sum(item.get("failed", 0) for item in ran.values())
    assert failed == (record["operation"] == "BreakRule")
