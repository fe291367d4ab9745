"""What every command needs first: the settings, and for some a database and an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from modelus_bot.cli.acting import as_owner
from modelus_bot.cli.outcome import MigrationsMissing
from modelus_bot.config import Settings, load_settings
from modelus_bot.database import AlreadyRunning, Context, DatabaseManager
from modelus_bot.database.administration import DatabaseFile, Migrator, changed_by_hand
from modelus_bot.logs import configure_logging
from modelus_bot.runtime.threads import use_workers
from modelus_bot.subjects import DECLARED

__all__ = [
    "DatabaseOption",
    "JsonOption",
    "config_option",
    "operator_context",
    "require_current_schema",
    "run_async",
    "settings_of",
    "with_database",
]

T = TypeVar("T")

DatabaseOption = Annotated[
    Path | None,
    typer.Option("--database", help="Database file, instead of the one in the settings.", dir_okay=False),
]


JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs instead of text; the keys stay as they are.")
]


def config_option(context: typer.Context) -> Path | None:
    """Return the settings file that ``--config`` names; None when it names none."""
    chosen = context.find_root().obj
    return chosen if isinstance(chosen, Path) else None


def settings_of(context: typer.Context) -> Settings:
    """Read the settings that ``--config`` names; raises ``ConfigError``."""
    return load_settings(config_option(context))


def require_current_schema(path: Path) -> None:
    """Raise ``MigrationsMissing`` if opening the database would migrate it."""
    missing = [item.id for item in Migrator(path).status() if not item.applied]
    if missing:
        raise MigrationsMissing(
            f"Database: {path} lacks {', '.join(missing)}. Apply with: modelus-bot migrate up"
        )


def run_async(work: Coroutine[Any, Any, T], *, fast: bool = False) -> T:
    """Run ``work`` on a new event loop; ``fast`` takes the one of uvloop where that is installed."""
    factory = None
    if fast and importlib.util.find_spec("uvloop") is not None:
        factory = importlib.import_module("uvloop").new_event_loop

    async def working() -> T:
        use_workers()
        return await work

    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(working())


def with_database(
    settings: Settings,
    work: Callable[[DatabaseManager], Awaitable[T]],
    path: Path | None = None,
    *,
    looking: bool = False,
) -> T:
    """Open the database beside a bot that may be running, do ``work``, close it.

    A file that was altered outside the bot is refused, unless the work is only ``looking``: what it
    finds there is its answer.
    Log records go to the configured file only: the terminal belongs to the command's answer.
    """
    file = DatabaseFile(path or settings.database.path)
    file.require_one_name()

    async def opened() -> T:
        visibility = DECLARED.visibility
        async with DatabaseManager(file.named, settings.database, claim=False, visibility=visibility) as db:
            return await work(db)

    async def alone_or_beside() -> T:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(file.claimed())
            except AlreadyRunning:
                return await opened()
            async with changed_by_hand(file.path, looking=looking):
                return await opened()

    with as_owner(settings, file.path), configure_logging(settings, terminal=False):
        return run_async(alone_or_beside())


def operator_context(settings: Settings, reason: str) -> Context:
    """Describe the operator at the command line: the bot itself, for ``reason``."""
    server = settings.server
    return Context(reason=reason, zone=server.timezone, handoff_minute=server.handoff_minute)
