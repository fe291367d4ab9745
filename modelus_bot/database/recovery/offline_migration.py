"""Migrates a file that nobody has open: a verified backup first, which is put back if the file gets worse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loguru import logger

from modelus_bot.database.backup import BackupManifest
from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.atomic_swap import put_in_place
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.schema import BeforeMigrating

__all__ = ["Migrate", "migrated"]

Migrate = Callable[[BeforeMigrating], tuple[str, ...]]
"""Runs migrations in a thread; calls what it is given right before anything is changed."""


async def migrated(
    context: RecoveryContext,
    migrate: Migrate,
    budget: Budget,
    on_backup: Callable[[BackupManifest], None] = lambda _: None,
) -> tuple[str, ...]:
    """Migrate and return the ids; the page checksums begin anew with the result.

    ``on_backup`` is told of the backup, in a thread. Raises what ``migrate`` does, and
    ``MigrationFailed`` when the file was worse afterwards and the backup was put in its place.
    """
    loop = asyncio.get_running_loop()
    made: list[BackupManifest] = []

    def back_up(_: tuple[str, ...]) -> None:
        made.append(asyncio.run_coroutine_threadsafe(context.backups.create("pre_migration"), loop).result())
        on_backup(made[0])

    await context.rewriting()
    try:
        done = await asyncio.to_thread(migrate, back_up)
    except Exception as error:
        if made:
            await _put_back_if_worse(context, made[0], error, budget)
        raise
    await context.checksums.adopt()
    return done


async def _put_back_if_worse(
    context: RecoveryContext, backup: BackupManifest, error: Exception, budget: Budget
) -> None:
    report = await context.check(context.path, budget=budget)
    if not _worse(report, backup):
        return
    logger.bind(backup=backup.name, problems=list(report.problems[:5])).error("migration_left_it_worse")
    scratch = await context.empty_scratch() / "before.db"
    await context.backups.restore_to(backup.name, scratch, paced=False)
    await put_in_place(context, scratch, "a migration left the file worse than before", report.problems)
    raise MigrationFailed(f"{error}; the backup {backup.name} was restored") from error


def _worse(report: CheckReport, before: BackupManifest) -> bool:
    """Say whether a file is damaged, or lacks changes that it had before."""
    return report.damaged or (report.complete and report.audit_id < before.audit_id)
