"""The writer with a fallback log, on a real database, as the manager puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.transaction_manager import TransactionManager
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.recovery.startup_checks import create_file
from modelus_bot.database.schema.migrations import Migrator
from tests.database.operations import PutSetting

R = TypeVar("R")


@dataclass
class Kept:
    """A writer, its fallback log, and what was told about it."""

    path: Path
    transactions: TransactionManager
    file: AuditFile
    alerts: list[Alert] = field(default_factory=list)
    failures: list[DatabaseError] = field(default_factory=list)

    async def write(self, write: Write[R], request_id: str | None = None, actor: int = 7) -> R:
        """Make a change."""
        return await self.transactions.submit(write, Context(actor=actor, request_id=request_id, reason="r"))

    async def put(self, key: str, value: int = 1) -> int:
        """Write a setting under the request id of its key."""
        return await self.write(PutSetting(key=key, value=value), f"put-{key}-{value}")


class Told:
    """Somebody who hears of what administrators have to know, and of failures."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self.failures: list[DatabaseError] = []

    def tell(self, alert: Alert) -> None:
        """Keep an alert."""
        self.alerts.append(alert)

    def suspect(self, error: DatabaseError) -> None:
        """Keep a failure."""
        self.failures.append(error)


Open = Callable[[], AbstractAsyncContextManager[Kept]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a migrated file without rows."""
    path = tmp_path / "data" / "modelus.db"
    create_file(path)
    Migrator(path).up()
    return path


@pytest.fixture
def opened(path: Path) -> Open:
    """Return what opens the file, as often as a test starts the bot."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Kept]:
        settings = DatabaseSettings.model_validate({"busy_slice": 0.05, "write_deadline": 20.0})
        async with AsyncExitStack() as stack:
            told = Told()
            file = await stack.enter_async_context(AuditFile(audit_path(path), overseer=told))
            connections = await stack.enter_async_context(ConnectionManager(path, settings))
            transactions = TransactionManager(connections, settings, HealthMonitor(0.25), file)
            yield Kept(path, await stack.enter_async_context(transactions), file, told.alerts, told.failures)

    return opened
