"""Hundreds of operations that end badly at once neither hold up the loop nor fill the log."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from loguru import logger

from modelus_bot.database.core.errors import DatabaseBusy
from modelus_bot.database.core.operation_event import OperationEvent
from modelus_bot.database.health.log_rate_limit import A_SECOND, AT_ONCE, Allowance, Spread
from modelus_bot.database.health.monitor import HealthMonitor
from tests.database.operations import PutSetting

MANY = 300


def event(seconds: float, error: BaseException | None = None) -> OperationEvent:
    """Return a write that took so long."""
    write = PutSetting(key="a", value=1)
    return OperationEvent("write", write, seconds, 0.0, statements=0, rows=0, attempt=1, group=1, error=error)


async def test_work_is_spread_over_turns_in_order() -> None:
    """A few things are done at once, as many in each turn of the loop, and others have their turn between."""
    spread, done = Spread(), list[int]()
    for number in range(MANY):
        spread.do(lambda number=number: done.append(number))
    at_each_turn = [len(done)]
    while len(done) < MANY:
        await asyncio.sleep(0)
        at_each_turn.append(len(done))
    steps = [after - before for before, after in itertools.pairwise(at_each_turn)]
    assert at_each_turn[0] == AT_ONCE
    assert max(steps) == AT_ONCE
    assert done == list(range(MANY))


async def test_a_few_things_are_done_at_once() -> None:
    """What comes alone does not wait for the next turn, however often that happens."""
    spread, done = Spread(), list[int]()
    for number in range(3 * AT_ONCE):
        spread.do(lambda number=number: done.append(number))
        assert done[-1] == number
        await asyncio.sleep(0)


def test_without_a_loop_everything_is_done_at_once() -> None:
    """Commands of the command line have no event loop to hold up."""
    spread, done = Spread(), list[int]()
    for number in range(MANY):
        spread.do(lambda number=number: done.append(number))
    assert done == list(range(MANY))


def test_an_allowance_is_for_a_second() -> None:
    """So many go through in each second; the others are counted until somebody asks."""
    now = 10.0
    allowance = Allowance(2, lambda: now)
    assert [allowance.take("a"), allowance.take("b"), allowance.take("b")] == [True, True, False]
    now = 11.0
    assert allowance.take("b")
    assert allowance.counted() == {"b": 1}
    assert allowance.counted() == {}


async def test_every_failure_is_logged() -> None:
    """Each has its own reference code, which people may ask about: none is left out."""
    health, records = HealthMonitor(slow=9), list[dict[str, Any]]()
    sink = logger.add(lambda message: records.append(message.record["extra"]), level="ERROR")
    errors = [DatabaseBusy("locked") for _ in range(MANY)]
    try:
        for error in errors:
            health.record(event(0.1, error))
        assert len(records) == AT_ONCE
        while len(records) < MANY:
            await asyncio.sleep(0)
    finally:
        logger.remove(sink)
    assert [record["reference"] for record in records] == [error.reference for error in errors]


async def test_a_storm_of_slow_operations_is_told_as_a_number() -> None:
    """Some are logged one by one; how many more there were is told once."""
    health, records = HealthMonitor(slow=0.25), list[tuple[str, Any]]()

    def keep(message: Any) -> None:
        records.append((message.record["message"], message.record["extra"].get("operations")))

    sink = logger.add(keep, level="WARNING")
    try:
        for _ in range(MANY):
            health.record(event(0.5))
        for _ in range(MANY):
            await asyncio.sleep(0)
        health.tell_of_storm()
        health.tell_of_storm()
    finally:
        logger.remove(sink)
    single = [record for record in records if record[0] == "database_operation_slow"]
    assert A_SECOND <= len(single) <= 2 * A_SECOND
    assert records[-1] == ("database_operations_slow", {"PutSetting": MANY - len(single)})
    assert len(records) == len(single) + 1
    assert health.figures.slow_operations["PutSetting"] == MANY
