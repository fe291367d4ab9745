"""Backups, archive and restores at the command line, beside a running bot or in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar

from modelus_bot.cli.acting import as_owner
from modelus_bot.cli.setting_up import run_async
from modelus_bot.clock.clock import Clock
from modelus_bot.config import Settings
from modelus_bot.database import Protection
from modelus_bot.database.administration import Budget, DatabaseFile, Restores
from modelus_bot.logs import configure_logging
from modelus_bot.subjects import DECLARED

__all__ = ["Protected", "protection_of", "with_protection"]

T = TypeVar("T")


class Protected:
    """The parts that a command works with; the file itself is opened by nobody here."""

    def __init__(self, protection: Protection) -> None:
        """Take the parts over."""
        self.budget = Budget()
        """What all files that the command looks at may cost beyond what their bytes justify."""
        self.context = protection.context
        self.backups = protection.backups
        self.archive = protection.archive
        self.drill = protection.drill
        self.restores = Restores(self.context, _at_rest)


def protection_of(settings: Settings, path: Path | None = None) -> Protection:
    """Build what protects the database of the settings, or the one at ``path``, which has no bucket."""
    own = path is None or DatabaseFile(path).is_at(settings.database.path)
    return Protection(
        path or settings.database.path,
        backup=settings.backup,
        archive=settings.archive if own else settings.archive.model_copy(update={"url": ""}),
        integrity=settings.integrity,
        invariants=DECLARED.invariants,
        clock=Clock.of(path or settings.database.path, settings.clock),
    )


def with_protection(
    settings: Settings,
    work: Callable[[Protected], Awaitable[T]],
    path: Path | None = None,
    *,
    claim: bool = False,
) -> T:
    """Do ``work``; with ``claim`` only while no bot has the file.

    Raises ``AlreadyRunning``, and ``WrongUser`` for whoever would leave files that the bot cannot read.
    """
    file = DatabaseFile(path or settings.database.path)
    file.require_one_name()
    protection = protection_of(settings, path)

    async def opened() -> T:
        with file.claimed() if claim else nullcontext():
            return await work(Protected(protection))

    with as_owner(settings, protection.context.path), configure_logging(settings, terminal=False):
        return run_async(opened())


async def _at_rest(work: Callable[[], Awaitable[None]]) -> None:
    """Replace the file while nobody has it open: the lock was taken."""
    await work()
