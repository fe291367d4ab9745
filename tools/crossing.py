"""In which files of the database code runs for one write and for one read, bare and as the bot builds it.

Run by ``tools.house`` in an empty folder with a checkout on the path; the argument says, as JSON, which
module of it defines what is used here. A file counts when every one of several operations runs code in it,
so that what jobs do beside them does not.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

TIMES = 12
"""Operations of a kind that are watched."""
PAUSE = 0.05
"""Seconds before each of them, in which what the last one left to do is done."""
INSIDE = "/modelus_bot/database/"

seen: set[str] = set()


def note(frame: Any, _event: str, _argument: object) -> None:
    """Note in which of the database's files code runs."""
    path = frame.f_code.co_filename
    if INSIDE in path:
        seen.add(path.partition(INSIDE)[2])


async def watched(operate: Callable[[int], Awaitable[object]]) -> list[str]:
    """Return the files that each of several operations crosses; the first pays for what is made once."""
    await operate(0)
    crossed: set[str] | None = None
    for number in range(1, TIMES):
        await asyncio.sleep(PAUSE)
        seen.clear()
        await operate(number)
        crossed = seen.copy() if crossed is None else crossed & seen
    return sorted(crossed or ())


class Checkout:
    """What is used of the checkout, wherever it keeps it."""

    def __init__(self, places: dict[str, str]) -> None:
        """Import everything."""
        self.named = {name: getattr(importlib.import_module(place), name) for name, place in places.items()}

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Any]:
        """Open a database with nothing around it."""
        path = Path("bare.db")
        settings = self.named["DatabaseSettings"](path=path)
        async with self.named["DatabaseManager"](path, settings) as db:
            yield db

    @asynccontextmanager
    async def whole(self) -> AsyncIterator[Any]:
        """Start everything up to the login: protection, fallback, jobs; without the archive's program."""
        from modelus_bot.app import running

        settings = self.named["Settings"].model_validate(
            {"archive": {"mode": "off"}, "logging": {"level": "ERROR"}}
        )
        async with running(settings) as app:
            await asyncio.sleep(1.0)
            yield app.db

    async def both(self, db: Any) -> tuple[list[str], list[str]]:
        """Return what writes and what reads cross; a person asks for the writes."""
        write, context = self.named["RegisterMember"], self.named["Context"]

        def change(number: int) -> Awaitable[object]:
            asked = context(discord_admin=True, actor=5, request_id=f"house:{number}", at=int(time.time()))
            answer: Awaitable[object] = db.write(write(discord_id=10**17 + number, username="Ada"), asked)
            return answer

        def look(number: int) -> Awaitable[object]:
            answer: Awaitable[object] = db.read(self.named["member"], 10**17 + number)
            return answer

        return await watched(change), await watched(look)


async def main() -> None:
    """Print what was crossed as JSON."""
    threading.setprofile(note)
    sys.setprofile(note)
    checkout = Checkout(json.loads(sys.argv[1]))
    found = {}
    for kind, opened in (("bare", checkout.bare), ("in the bot", checkout.whole)):
        async with opened() as db:
            found[f"a write, {kind},"], found[f"a read, {kind},"] = await checkout.both(db)
    sys.setprofile(None)
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
