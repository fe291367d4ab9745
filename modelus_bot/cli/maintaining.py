"""``database maintain``: keep the file in shape while the bot is stopped."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.progress import Progress

from modelus_bot.cli.acting import as_owner
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import protection_of
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import (
    DatabaseOption,
    operator_context,
    require_current_schema,
    run_async,
    settings_of,
)
from modelus_bot.cli.terminal import bar
from modelus_bot.config import Settings
from modelus_bot.database import DatabaseManager
from modelus_bot.database.administration import DatabaseFile, Rewriting, RunReport, RunRequest, Trigger
from modelus_bot.domain.pruning import prunings_under
from modelus_bot.logs import configure_logging
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.maintenance.writes import BeginMaintenance, EndMaintenance

__all__ = ["maintain"]

TIMEOUT = 3600.0
"""Seconds that rewriting may take here, where nobody waits."""


def maintain(
    context: typer.Context,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Rewrite the file even if little of it is empty.")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Remove what is no longer needed, renew statistics, and rewrite the file when that is worth it.

    The bot must be stopped; while it runs, administrators use /database maintain. Exits with 1 when
    something failed.
    """
    settings = settings_of(context)
    path = database or settings.database.path
    require_ours(path)
    require_current_schema(path)
    progress = bar()
    order = RunRequest(Trigger.PERSON, Rewriting.CONFIRMED if vacuum else Rewriting.AUTO)
    with as_owner(settings, DatabaseFile(path).path), configure_logging(settings, terminal=False), progress:
        report = run_async(_maintained(settings, order, database, progress))
    for line in report.lines:
        typer.echo(line)
    if not report.ok:
        raise typer.Exit(ExitCode.FAILED)


async def _maintained(
    settings: Settings, order: RunRequest, database: DatabaseOption, progress: Progress
) -> RunReport:
    """Open the file as the bot would: archive and page checksums follow; raises ``AlreadyRunning``."""
    quiet = settings.model_copy(update={"backup": settings.backup.model_copy(update={"schedule": "off"})})
    patient = settings.database.model_copy(update={"write_deadline": TIMEOUT})
    path = database or settings.database.path
    asked = operator_context(settings, "maintenance")
    run_key = f"operator:{int(time.time())}"
    shown = progress.add_task("opening", total=None)
    async with DatabaseManager(path, patient, protection=protection_of(quiet, database)) as db:
        await db.write(BeginMaintenance(run_key=run_key, rewriting=order.rewriting.value), asked)
        prunings = prunings_under(DECLARED.prunings, settings.maintenance)
        report = await db.maintenance.run(
            order,
            asked,
            prunings,
            tell=lambda step: progress.update(shown, description=step),
        )
        await db.write(EndMaintenance(run_key=run_key, ok=report.ok, lines=report.lines), asked)
    return report
