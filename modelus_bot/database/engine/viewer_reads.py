"""ViewerReads: queries of a viewer, each on the connection that its statements can be trusted to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.operation_event import Recorder
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.declaration import Viewer
from modelus_bot.database.core.visibility.gate import NeedsBarrier
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.read_batching import ReadBatcher
from modelus_bot.database.engine.roles import ConnectionRole

__all__ = ["ViewerReads"]

T = TypeVar("T")


class ViewerReads:
    """Runs viewers' queries, the plain ones with the tables' indexes, all others behind a barrier.

    Which one a query is shows when it is run first: it begins anew behind the barrier, and is asked there
    from then on.
    """

    def __init__(
        self, connections: ConnectionManager, settings: DatabaseSettings, health: Recorder, *, seconds: float
    ) -> None:
        """Prepare both queues; ``async with`` starts the tasks that empty them."""
        self._quick, self._barrier = (
            ReadBatcher(role, connections, settings, health, seconds=seconds)
            for role in (ConnectionRole.VIEWER, ConnectionRole.BARRIER_VIEWER)
        )
        self._behind: set[Callable[..., Any]] = set()
        self._tasks = AsyncExitStack()

    @property
    def depth(self) -> int:
        """How many queries wait."""
        return self._quick.depth + self._barrier.depth

    def apply(self, settings: DatabaseSettings, *, seconds: float) -> None:
        """Go on with other limits; queries that wait keep their deadline."""
        for queue in (self._quick, self._barrier):
            queue.apply(settings, seconds=seconds)

    async def __aenter__(self) -> Self:
        """Start answering."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._quick)
            await stack.enter_async_context(self._barrier)
            self._tasks = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop answering; queries without an answer get ``ManagerClosed``."""
        await self._tasks.aclose()

    async def submit(
        self,
        query: Query[..., T],
        run: Callable[[ReadTransaction], T],
        seconds: float | None = None,
        viewer: Viewer | None = None,
    ) -> T:
        """Queue a query and return its result; raises ``DatabaseError`` when it cannot be read in time."""
        if query.function not in self._behind:
            try:
                return await self._quick.submit(query, run, seconds, viewer)
            except NeedsBarrier:
                self._behind.add(query.function)
        return await self._barrier.submit(query, run, seconds, viewer)
