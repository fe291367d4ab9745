"""A turn of a large world: soon over, and nobody waits for it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects.ledger.model import Entry, Transfer, debt, receivable
from modelus_bot.subjects.ledger.writes.posting import post
from modelus_bot.subjects.nations.queries.records import nation
from modelus_bot.subjects.turns.writes import StepTurn
from tests.daily_size import FULL
from tests.database.operations import PutSetting
from tests.subjects.rota import Rota

NATIONS, LOANS = (5000, 20_000) if FULL else (60, 240)
MOST_TIME, MOST_WAIT = 4.0, 0.05
_NATION = """
INSERT INTO nations(name, gdp, population, created_at, updated_at) VALUES(?, 1000000000000, 1, 0, 0)
"""
_LOAN = """
INSERT INTO loans(id, code, lender_id, borrower_id, principal, rate_bp, term_months, kind, status, balance,
    anchor, anchor_turn, accrued_turn, due_turn, created_at, updated_at)
VALUES(?, ?, ?, ?, 1000000000, ?, ?, ?, 'active', 1000000000, 1000000000, 0, 0, ?, 0, 0)
"""


def large_world(path: Path) -> None:
    """Write a file with nations that have lent to each other."""
    dice = random.Random(2)
    Migrator(path).up()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        rota = Rota(connection)
        with rota.transaction():
            connection.executemany(_NATION, [(f"Land {number}",) for number in range(NATIONS)])
            rows = []
            for number in range(1, LOANS + 1):
                lender, borrower = dice.sample(range(1, NATIONS + 1), 2)
                term = dice.choice([12, 120, 360])
                kind = dice.choice(["compound", "amortizing"])
                rows.append(
                    (number, f"LOAN-{number}", lender, borrower, dice.randint(0, 2000), term, kind, term)
                )
            connection.executemany(_LOAN, rows)
        claims = tuple(Transfer(receivable(row[2]), debt(row[3]), 10**9, row[0]) for row in rows)
        rota.call(post, Entry("loan", claims, "loan"))
        rota.check()


async def turned(db: DatabaseManager) -> float:
    """Let a turn come, and return how long it took."""
    begun = time.perf_counter()
    step = await db.write(StepTurn(seconds=60, begin=True), Context())
    while step is not None and not step.over:
        step = await db.write(StepTurn(seconds=60), Context())
    return time.perf_counter() - begun


async def test_a_turn_of_a_large_world(tmp_path: Path) -> None:
    """While it goes on others read and write, and none of them waits for long."""
    path = tmp_path / "large.db"
    large_world(path)
    waits: list[float] = []
    over = asyncio.Event()

    async with DatabaseManager(path, DatabaseSettings()) as db:

        async def others() -> None:
            number = 0
            while not over.is_set():
                number += 1
                begun = time.perf_counter()
                await db.write(PutSetting(key=f"k{number % 9}", value=number), Context())
                written = time.perf_counter()
                await db.read(nation, number % NATIONS + 1)
                waits.extend((written - begun, time.perf_counter() - written))
                await asyncio.sleep(0.005)

        alone = await turned(db)
        asking = asyncio.create_task(others())
        await turned(db)
        over.set()
        await asking
    print(
        f"a turn of {NATIONS} nations and {LOANS} loans: {alone:.2f} s, waits up to {max(waits) * 1e3:.0f} ms"
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        Rota(connection).check()
        assert connection.execute("SELECT count(*) FROM loans WHERE accrued_turn = 2").fetchone()[0] == LOANS
    if FULL:
        assert alone <= MOST_TIME
        assert sorted(waits)[int(len(waits) * 0.99)] <= MOST_WAIT
