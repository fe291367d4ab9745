"""The only place that builds things, in order, and closes them in reverse.

logs → metrics → database → disciplines → bot with its commands → jobs → edits of the settings → login.
Everything that runs by itself is started here, before the login, and has one owner.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.bot import ModelUsBot
from modelus_bot.clock.clock import Clock
from modelus_bot.config import Configurable, Settings
from modelus_bot.config.watching import ConfigWatcher
from modelus_bot.database import Alert, Context, DatabaseError, DatabaseManager, Fallback, Protection
from modelus_bot.database.administration import LoopDelay
from modelus_bot.gateway.connecting import Connector
from modelus_bot.jobs.loop import JobRunner
from modelus_bot.logs import configure_logging
from modelus_bot.metrics import MetricsPage
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from modelus_bot.text.escaping import plain_lines
from modelus_bot.ui.commands.adding import add_commands

__all__ = ["App", "ModelUsBot", "run_online", "running", "spare_collector", "stop_on_signals"]


@dataclass(frozen=True, slots=True)
class App:
    """What is running: the database, the bot that is not logged in yet, and the settings they started with.

    ``watcher`` knows the settings that hold now; None when no file is watched.
    """

    db: DatabaseManager
    bot: ModelUsBot
    settings: Settings
    watcher: ConfigWatcher | None = None


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    database: Path | None = None,
    sync_record: Path | None = None,
    config: Path | None = None,
    fixed: Collection[str] = (),
) -> AsyncIterator[App]:
    """Build everything up to the login, and close it in reverse.

    ``database`` replaces the configured file. Edits of the settings file ``config`` are applied while the
    bot runs, except for the ``fixed`` keys. A database that cannot be opened does not stop the bot: it
    says so to whoever asks for it and opening is tried again. Raises ``AlreadyRunning`` when another
    bot has the file.
    """
    path = database or settings.database.path
    with configure_logging(settings) as logs:
        clock = Clock.of(path, settings.clock)
        logs.prune_by(clock.cutoff)
        protection = _protection(settings, path, clock, own=database is None)
        async with (
            MetricsPage(settings.metrics if database is None else None) as page,
            DatabaseManager(
                path,
                settings.database,
                tolerant=True,
                debug=settings.logging.shows_operations,
                protection=protection,
                fallback=_fallback(settings, path, protection),
                clock=clock,
                visibility=DECLARED.visibility,
            ) as db,
        ):
            await _ensure_disciplines(db)
            screens = DECLARED.screens()
            bot = ModelUsBot(db, settings, sync_record=sync_record)
            try:
                await add_commands(bot, screens)
                async with (
                    LoopDelay(db.health),
                    JobRunner(bot, screens.jobs) as jobs,
                    _edits(config, settings, fixed, (logs, db, bot), protection) as watcher,
                ):
                    page.attach(db, bot, runs=jobs.runs, failures=jobs.failures)
                    yield App(db, bot, settings, watcher)
            finally:
                page.closing()
                if not bot.is_closed():
                    await bot.close()


async def run_online(settings: Settings, token: str, *, config: Path | None = None) -> None:
    """Log in with ``token`` and answer until a signal asks to stop; ``config`` is watched for edits.

    While Discord is away this waits for it. Raises ``TurnedAway`` when waiting is no use.
    """
    record = settings.database.path.with_name("commands.sha256")
    stopping = asyncio.Event()
    async with running(settings, sync_record=record, config=config) as app:
        spare_collector()
        with stop_on_signals(stopping.set):
            online = owned(Connector(app.bot, token).run(), name="discord-online")
            waiting = owned(stopping.wait(), name="stop-signal")
            try:
                await asyncio.wait({online, waiting}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                await _go_offline(app.bot, online, asked_to_stop=stopping.is_set())


def spare_collector() -> None:
    """Let the collector pass over the hundred thousand objects that live as long as the bot.

    Looking at them takes a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()


async def _go_offline(bot: ModelUsBot, online: asyncio.Task[None], *, asked_to_stop: bool) -> None:
    """Let people have their answers, then end the session.

    What ended it by itself is the caller's to hear, unless a stop was asked for.
    """
    try:
        if asked_to_stop:
            await bot.desk.close(bot.settings.server.stop_patience)
        await ended(online)
    except Exception as error:
        if not asked_to_stop:
            raise
        logger.bind(error=f"{type(error).__name__}: {error}").info("login_given_up")
    finally:
        await bot.close()


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on the first SIGINT or SIGTERM; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    seen = 0

    def on_signal(name: str) -> None:
        nonlocal seen
        seen += 1
        logger.bind(signal=name).info("stop_requested")
        if seen > 1:
            os._exit(130)
        stop()

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, on_signal, number.name)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def _edits(
    config: Path | None,
    settings: Settings,
    fixed: Collection[str],
    parts: Sequence[Configurable],
    protection: Protection,
) -> AsyncIterator[ConfigWatcher | None]:
    """Let ``parts`` go on with each edit, and administrators read what is wrong with one."""

    def refused(text: str) -> None:
        words = f"The settings were not changed. {plain_lines(text)}"
        protection.tell(Alert("settings_not_applied", words))

    if config is None:
        yield None
        return
    async with ConfigWatcher(config, settings, parts=parts, on_problem=refused, fixed=fixed) as watcher:
        yield watcher


def _protection(settings: Settings, path: Path, clock: Clock, *, own: bool) -> Protection:
    """Build what protects the file; one that is not the configured one never goes into the bucket."""
    archive = settings.archive if own else settings.archive.model_copy(update={"url": ""})
    return Protection(
        path,
        backup=settings.backup,
        archive=archive,
        integrity=settings.integrity,
        invariants=DECLARED.invariants,
        clock=clock,
    )


def _fallback(settings: Settings, path: Path, protection: Protection) -> Fallback:
    """Build what serves people while the database is away; administrators read what a replay did."""
    return Fallback(
        path,
        degradation=settings.degradation,
        snapshot=settings.snapshot,
        reserve_megabytes=settings.maintenance.reserve_megabytes,
        tables=DECLARED.kept_tables,
        rows=DECLARED.kept_rows,
        telling=telling,
        explain=explain,
        clock=protection.clock,
        overseer=protection,
        visibility=DECLARED.visibility,
    )


async def _ensure_disciplines(db: DatabaseManager) -> None:
    try:
        await db.write(
            EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context(reason="defaults", deadline=2.0)
        )
    except DatabaseError as error:
        logger.bind(reference=error.reference, detail=error.detail).warning("disciplines_not_checked")
