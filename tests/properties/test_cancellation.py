"""Feature: database-reliability: callers that are cancelled leave nothing behind."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import Increment, PutPair, PutThenRefuse, all_settings
from tests.inside import connections
from tests.waiting import scene_of


@given(
    st.lists(
        st.tuples(st.sampled_from(["pair", "refuse", "increment", "read"]), st.integers(0, 12)),
        min_size=1,
        max_size=24,
    ),
    st.integers(0, 2**32),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_cancelled_callers_leave_no_open_transaction(plan: list[tuple[str, int]], seed: int) -> None:
    """Cancelled at random points, no caller leaves a transaction, a half write or a doubled one."""
    asyncio.run(cancel_at_random(plan, random.Random(seed)))


async def cancel_at_random(plan: list[tuple[str, int]], dice: random.Random) -> None:
    """Start the plan's operations, cancel each after some turns of the loop, then look at the file."""
    with tempfile.TemporaryDirectory() as folder:
        async with DatabaseManager(Path(folder) / "modelus.db", DatabaseSettings(synchronous="NORMAL")) as db:
            tasks = []
            for number, (kind, turns) in enumerate(plan):
                operations = {
                    "pair": lambda number=number: db.write(PutPair(number=number), Context()),
                    "refuse": lambda: db.write(PutThenRefuse(key="refused"), Context()),
                    "increment": lambda: db.write(Increment(key="n"), Context()),
                    "read": lambda: db.read(all_settings),
                }
                task = asyncio.create_task(operations[kind]())
                tasks.append(task)
                for _ in range(turns):
                    await scene_of(0 if dice.random() < 0.8 else 0.001)
                if dice.random() < 0.7:
                    task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for role in (ConnectionRole.WRITER, ConnectionRole.READER, ConnectionRole.LONG_READER):
                assert not await connections(db).run(role, lambda raw: raw.in_transaction)
            final = await db.read(all_settings)
            acknowledged = sum(
                1
                for (kind, _), result in zip(plan, results, strict=True)
                if kind == "increment" and isinstance(result, int)
            )
            asked = sum(1 for kind, _ in plan if kind == "increment")
            assert acknowledged <= final.get("n", 0) <= asked
            assert "refused" not in final
            left = {key[5:] for key in final if key.startswith("left:")}
            assert left == {key[6:] for key in final if key.startswith("right:")}
            done = {
                str(number)
                for number, (kind, _) in enumerate(plan)
                if kind == "pair" and isinstance(results[number], int)
            }
            assert done <= left
            assert await db.write(PutPair(number=999), Context()) == 999
