"""Whether the bot's user may use the bot's files: what root made or copied there is often out of reach."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from modelus_bot.cli.finding import Finding, Grade
from modelus_bot.config import Settings
from modelus_bot.database import AmbiguousFile
from modelus_bot.database.administration import DatabaseFile
from modelus_bot.runtime.ownership import Owner, myself, owner_of

__all__ = ["rights"]

MOST = 5


def rights(settings: Settings, database: Path) -> list[Finding]:
    """Return what is wrong with names and rights of the files; blocking. Nothing is changed."""
    found = []
    try:
        DatabaseFile(database).require_one_name()
    except AmbiguousFile as error:
        found.append(Finding(Grade.BAD, error.detail))
    me, owner = myself(), owner_of(database)
    if owner.uid not in {me.uid, 0}:
        found.append(
            Finding(
                Grade.NOTE,
                f"The database belongs to the user {owner.name}; this is what {me.name} sees."
                f" Ask as the bot does: sudo -u {owner.name} modelus-bot doctor",
            )
        )
    locked = [path for path in _kept(settings, database) if not os.access(path, os.R_OK, effective_ids=True)]
    if locked:
        found.append(_forbidden(locked, me))
    return found


def _forbidden(locked: list[Path], me: Owner) -> Finding:
    names = ", ".join(str(path) for path in locked[:MOST])
    more = f" and {len(locked) - MOST} more" if len(locked) > MOST else ""
    return Finding(
        Grade.BAD,
        f"The user {me.name} may not read {names}{more}. Give them back: chown {me.name} FILE",
    )


def _kept(settings: Settings, database: Path) -> Iterator[Path]:
    """Yield the files that the bot has to read: beside its database, and its copies."""
    for folder, prefix in (
        (database.parent, f"{database.stem}."),
        (settings.backup.folder, f"{database.stem}-"),
        (settings.integrity.quarantine, f"{database.stem}-"),
    ):
        try:
            names = sorted(path.name for path in folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield folder
            continue
        yield from (folder / name for name in names if name.startswith(prefix))
