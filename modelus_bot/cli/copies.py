"""Are the copies still what they were made as? Their size and sha256, or everything about them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.cli.protecting import Protected
from modelus_bot.database import BackupFailed, DatabaseError
from modelus_bot.database.administration import BackupManifest

__all__ = ["CopyState", "compared", "verified"]

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CopyState:
    """What became of a copy since it was made; ``problems`` is empty for one that is whole.

    Of one that is not ``checked`` nobody knows; then they say why.
    """

    name: str
    problems: tuple[str, ...]
    rows: int = 0
    audit_id: int = 0
    checked: bool = True

    @property
    def ok(self) -> bool:
        """Whether it can be gone back to."""
        return not self.problems


async def compared(protected: Protected, manifest: BackupManifest, *, full: bool) -> CopyState:
    """Compare a copy with its manifest; ``full`` checks its pages and rows as well. Changes nothing."""
    path = protected.backups.folder / manifest.name
    problems = await asyncio.to_thread(protected.backups.differences, manifest)
    if full and not problems:
        try:
            report = await protected.context.check(path, finished=True, budget=protected.budget)
        except DatabaseError as error:
            problems = (error.detail,)
        else:
            problems = report.problems if not report.ok else ()
    return CopyState(manifest.name, problems, sum(manifest.rows.values()), manifest.audit_id)


async def verified(protected: Protected, target: str, on_progress: Callable[..., None]) -> CopyState:
    """Check a copy completely: by its name, with the result in its manifest, or any file by its path.

    One that is there without a manifest gets a new one if it is whole.
    """
    budget = protected.budget
    path, name = Path(target), await asyncio.to_thread(_name_in, protected.backups.folder, target)
    if not protected.backups.may_name(name) and await asyncio.to_thread(path.is_file):
        report = await protected.context.check(path, finished=True, budget=budget, on_progress=on_progress)
    else:
        try:
            report = await protected.backups.verify(name, on_progress=on_progress, budget=budget)
        except BackupFailed as error:
            return CopyState(name, (error.detail or error.user_message,), checked=False)
    problems = report.problems or (() if report.ok else ("the check could not be finished",))
    rows, checked = sum(report.rows.values()), report.ok or report.damaged or report.complete
    return CopyState(name, () if report.ok else problems, rows, report.audit_id, checked)


def _name_in(folder: Path, target: str) -> str:
    """Return the name of a copy that lies in the folder and was named by its path."""
    path = Path(target)
    return path.name if path.parent.resolve() == folder.resolve() else target
