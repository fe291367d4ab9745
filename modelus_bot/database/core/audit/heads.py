"""Notes the chain's head in the log, on an interval and at the end: an anchor outside of the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Self

from loguru import logger

from modelus_bot.database.core.audit.anchors import HEAD_EVENT
from modelus_bot.runtime.tasks import ended, owned

__all__ = ["HeadLog"]

EVERY = 900.0


class HeadLog:
    """Logs ``audit_head`` every ``every`` seconds while the head moves, and when it is closed."""

    def __init__(
        self, database: Path, head: Callable[[], tuple[int, str] | None], *, every: float = EVERY
    ) -> None:
        """Remember whom to ask: ``head`` returns the newest committed link as (id, hash in hex), or None."""
        self._database = database
        self._head = head
        self._every = every
        self._noted: tuple[int, str] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the clock."""
        self._task = owned(self._by_the_clock(), name="audit-heads")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, and note the last head."""
        try:
            await ended(self._task)
        finally:
            self._task = None
            self.note()

    def note(self) -> None:
        """Log the head unless it is the one that was logged last."""
        head = self._head()
        if head is None or head == self._noted:
            return
        self._noted = head
        logger.bind(path=str(self._database), audit_id=head[0], audit_head=head[1]).info(HEAD_EVENT)

    async def _by_the_clock(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self.note()
