"""What somebody changes by hand while no bot runs, so that the next start does not take it for damage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from modelus_bot.database.checksums import PageChecksums
from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.engine import renew_epoch

__all__ = ["changed_by_hand"]


@asynccontextmanager
async def changed_by_hand(path: Path, *, looking: bool) -> AsyncIterator[None]:
    """Let a file that nobody follows be changed meanwhile; one that is not there may come into being.

    Raises ``CorruptionDetected`` for one that was altered before, unless somebody is only ``looking``.
    """
    if not await asyncio.to_thread(path.exists):
        yield
        return
    sums = PageChecksums(path)
    if (await sums.check()).unexplained:
        if not looking:
            raise CorruptionDetected("pages were altered outside the bot; start the bot, which restores them")
        yield
        return
    await sums.forget()
    await asyncio.to_thread(renew_epoch, path)
    try:
        yield
    finally:
        await sums.adopt()
