"""A protected database among writers, readers and copies, for a machine that runs short of something.

Run as ``python -m tests.faults.sites.short_machine FOLDER``. Prints ``ready`` once everything works.
``RESOURCE LIMIT`` on standard input lets it run short, ``over`` ends that: it then waits until everything
works again, and prints one JSON object with what people were told, what is in the file, and for how long the
event loop stood still.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import resource
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from loguru import logger

from modelus_bot.cli.setting_up import run_async
from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, OutcomeUnknown
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from tests.database.continuing import continuity_of
from tests.database.operations import PutSetting
from tests.inside import connections
from tests.waiting import scene_of

WRITERS, READERS = 6, 4
PAUSE = 0.02
BACK = 30.0
"""Seconds within which everything has to work again."""
A_COPY = 20.0
"""Seconds that a copy begun while the machine is short may take on a busy one."""


class LaterPut(PutSetting):
    """May be saved for later."""

    deferrable = True


@query
def numbers(tx: ReadTransaction) -> list[int]:
    """Return what was written."""
    return [int(row["value"]) for row in tx.fetch_all("SELECT value FROM settings")]


class Crowd:
    """Everybody who uses the database, and what they were told."""

    def __init__(self, db: DatabaseManager) -> None:
        """Nobody yet."""
        self.db = db
        self.saved: set[int] = set()
        self.refused: set[int] = set()
        self.told: Counter[str] = Counter()
        self.strange: list[str] = []
        self.stood_still = 0.0
        self.short_since = math.inf
        self.copied_while_short = threading.Event()
        self._number = 0

    async def write(self) -> None:
        """Save one number."""
        self._number += 1
        number = self._number
        try:
            await self.db.write(LaterPut(key=f"n{number}", value=number), Context(actor=1, deadline=2.0))
        except WriteDeferred:
            self.saved.add(number)
            self.told["deferred"] += 1
        except OutcomeUnknown:
            self.told["unknown"] += 1
        except DatabaseError as error:
            self.refused.add(number)
            self.told[type(error).__name__] += 1
        except Exception as error:  # noqa: BLE001 - nothing else may come out
            self.strange.append(repr(error))
        else:
            self.saved.add(number)
            self.told["saved"] += 1

    async def read(self) -> None:
        """Ask for everything."""
        try:
            await self.db.read(numbers)
        except DatabaseError as error:
            self.told[f"read {type(error).__name__}"] += 1
        except Exception as error:  # noqa: BLE001 - nothing else may come out
            self.strange.append(repr(error))
        else:
            self.told["read"] += 1

    async def copy(self) -> bool:
        """Make a copy in a child; says whether that worked."""
        began = time.monotonic()
        try:
            return await self._copy()
        finally:
            if began > self.short_since:
                self.copied_while_short.set()

    async def _copy(self) -> bool:
        assert self.db.protection is not None
        try:
            await self.db.protection.context.backups.create("manual")
        except DatabaseError as error:
            self.told[f"copy {type(error).__name__}"] += 1
            return False
        except Exception as error:  # noqa: BLE001 - nothing else may come out
            self.strange.append(repr(error))
            return False
        self.told["copy"] += 1
        return True

    async def lose(self) -> None:
        """Give up the connections, so that threads are needed for new ones."""
        for role in (ConnectionRole.READER, ConnectionRole.WRITER):
            await scene_of(0.5)
            await connections(self.db).replace(role)

    async def watch(self) -> None:
        """Measure for how long the event loop stands still."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(PAUSE)
            self.stood_still = max(self.stood_still, time.monotonic() - before - PAUSE)

    async def works_again(self) -> float:
        """Return after how many seconds a write, a read and a copy worked."""
        began = time.monotonic()
        async with asyncio.timeout(BACK):
            while True:
                before = self.told.copy()
                copied = await self.copy()
                if copied and all(self.told[kind] > before[kind] for kind in ("saved", "read")):
                    return time.monotonic() - began
                await asyncio.sleep(0.2)


async def again(act: object) -> None:
    """Do something over and over."""
    while True:
        await act()  # type: ignore[operator]
        await asyncio.sleep(PAUSE)


def obey(crowd: Crowd, loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """Run short of what standard input says, until told that this is over, a copy having been tried."""
    kind, limit = map(int, sys.stdin.readline().split())
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (limit, before[1]))
    crowd.short_since = time.monotonic()
    sys.stdin.readline()
    crowd.copied_while_short.wait(A_COPY)
    resource.setrlimit(kind, before)
    loop.call_soon_threadsafe(over.set)


async def main(folder: Path) -> None:
    """Serve until it is told that the shortage is over, and then until everything works again."""
    path = folder / "data" / "modelus.db"
    protection = Protection(
        path,
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1, keep_hourly=1000),
        archive=ArchiveSettings(mode="off"),
        integrity=IntegritySettings(quarantine=folder / "quarantine", watch_every=0.5),
        invariants=DECLARED.invariants,
    )
    alerts: list[str] = []
    protection.alerts.subscribe(lambda alert: alerts.append(alert.kind))
    settings = DatabaseSettings(write_deadline=2, read_deadline=2)
    fallback = continuity_of(path, patience=1.0)
    async with DatabaseManager(path, settings, protection=protection, fallback=fallback) as db:
        crowd = Crowd(db)
        assert await crowd.copy()
        busy = [asyncio.create_task(again(crowd.write)) for _ in range(WRITERS)]
        busy += [asyncio.create_task(again(crowd.read)) for _ in range(READERS)]
        busy += [asyncio.create_task(again(act)) for act in (crowd.copy, crowd.lose)]
        busy += [asyncio.create_task(crowd.watch())]
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        threading.Thread(target=obey, args=(crowd, loop, over), daemon=True).start()
        os.write(1, b"ready\n")
        await over.wait()
        during = crowd.told.copy()
        back = await crowd.works_again()
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
        until = time.monotonic() + BACK
        while fallback.journal.unfinished and time.monotonic() < until:
            await asyncio.sleep(0.1)
        there = set(await db.read(numbers))
    answer = {
        "during": during, "back": back, "stood_still": crowd.stood_still, "strange": crowd.strange,
        "lost": sorted(crowd.saved - there), "landed": sorted(crowd.refused & there),
        "saved": len(crowd.saved), "alerts": alerts,
    }  # fmt: skip
    os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    logger.remove()
    if os.environ.get("SHORT_LOG"):
        logger.add(os.environ["SHORT_LOG"])
    with contextlib.suppress(KeyboardInterrupt):
        run_async(main(Path(sys.argv[1])), fast=bool(os.environ.get("SHORT_FAST")))
