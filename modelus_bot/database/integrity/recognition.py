"""What lies at the path of a database: ours, another program's, a newer version's, none, a damaged one.

Asked before a command takes or touches a file. It is looked at in a child: a file may be made to keep
whoever reads its schema busy for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from modelus_bot.database.core.child_answer import from_answer, to_answer
from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.core.reachability import explained, why_not
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.format.file_kind import FileKind, classify
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.integrity.opening import Meaning, meaning_of, opened
from modelus_bot.database.schema import SchemaValidator

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["Nature", "Recognised", "failed_look", "recognise", "recognise_job"]

SECONDS = 30.0
MOST_ENTRIES = 10_000
_ENTRIES = "SELECT count(*) FROM sqlite_master"


class Nature(StrEnum):
    """What a path leads to."""

    OURS = "ours"
    MISSING = "missing"
    EMPTY = "empty"
    """A file without content, or a database without a table: the bot would make its own of it."""
    FOREIGN = "foreign"
    """Another program's SQLite database."""
    UNRECORDED = "unrecorded"
    """The bot's tables without the record of its migrations."""
    NEWER = "newer"
    """Written by a newer version of the bot."""
    NO_DATABASE = "no_database"
    NOT_A_FILE = "not_a_file"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    """Nobody can say: it is forbidden, locked, or the machine is short of something."""


_SENTENCES = {
    Nature.OURS: "{path} is the bot's database.",
    Nature.MISSING: "There is no file at {path}.",
    Nature.EMPTY: "{path} is empty.",
    Nature.FOREIGN: "{path} is another program's database: {detail}",
    Nature.UNRECORDED: "{path} has tables of the bot, but no record of its migrations: {detail}",
    Nature.NEWER: "{path} is from a newer version of the bot: {detail}",
    Nature.NO_DATABASE: "{path} is no database, or encrypted.",
    Nature.NOT_A_FILE: "{path} is no file, but a folder, a pipe or a device.",
    Nature.DAMAGED: "{path} is damaged: {detail}",
    Nature.UNREADABLE: "{path} cannot be looked at: {detail}",
}
_BY_KIND = {
    FileKind.MISSING: Nature.MISSING,
    FileKind.EMPTY: Nature.EMPTY,
    FileKind.NOT_A_FILE: Nature.NOT_A_FILE,
    FileKind.ENCRYPTED_OR_FOREIGN: Nature.NO_DATABASE,
}
_BY_DIFFERENCE = {
    "newer": Nature.NEWER,
    "foreign": Nature.FOREIGN,
    "record_missing": Nature.UNRECORDED,
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a path leads to, and what tells."""

    path: Path
    nature: Nature
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What it is, in a sentence for an operator."""
        return _SENTENCES[self.nature].format(path=self.path, detail=self.detail).rstrip(" :")

    @classmethod
    async def at(cls, path: Path, budget: Budget | None = None) -> Self:
        """Look at ``path`` in a child; raises ``ChildFailed``."""
        budget = budget or Budget()
        answer = await budget.child("recognise", {"path": str(path)}, seconds=SECONDS + 10)
        return from_answer(cls, answer)


def recognise_job(task: dict[str, Any], _report: Report) -> dict[str, Any]:
    """The child's side of ``Recognised.at``."""
    budget = Budget(task.get("spare"))
    found = recognise(Path(task["path"]), budget)
    return to_answer(found) | {"path": task["path"]} | budget.left


def recognise(path: Path, budget: Budget | None = None) -> Recognised:
    """Say what ``path`` leads to; never raises, changes nothing.

    Only for files that this process has no connection to.
    """
    kind = classify(path)
    if kind in _BY_KIND:
        return Recognised(path=path, nature=_BY_KIND[kind])
    if kind is FileKind.UNREADABLE:
        return _unreadable(path, "")
    if kind is not FileKind.DATABASE:
        detail = "its end is missing" if kind is FileKind.TRUNCATED else "its first page cannot be read"
        return Recognised(path=path, nature=Nature.DAMAGED, detail=f"{detail}.")
    if (obstacle := in_the_way(path)) is not None:
        return _unreadable(path, obstacle)
    try:
        return _looked_into(path, budget or Budget())
    except Exception as error:  # noqa: BLE001 - damaged files provoke anything
        return failed_look(path, error)


def _looked_into(path: Path, budget: Budget) -> Recognised:
    files = (path, path.with_name(path.name + "-wal"))
    with (
        budget.look(files, SECONDS) as allowance,
        opened(path, finished=False, allowance=allowance) as connection,
    ):
        entries = int(connection.execute(_ENTRIES).fetchone()[0])
        if entries > MOST_ENTRIES:
            return Recognised(
                path=path, nature=Nature.FOREIGN, detail=f"it has {entries} tables and indexes."
            )
        if not entries:
            return Recognised(path=path, nature=Nature.EMPTY)
        report = SchemaValidator().inspect(connection)
    for difference in report.differences:
        if difference.kind in _BY_DIFFERENCE:
            return Recognised(path=path, nature=_BY_DIFFERENCE[difference.kind], detail=str(difference))
    return Recognised(path=path, nature=Nature.OURS)


def failed_look(path: Path, error: Exception) -> Recognised:
    """Say what a file is that could not be looked into."""
    if meaning_of(error, opening=True) is Meaning.DAMAGE:
        detail = error.detail if isinstance(error, CorruptionDetected) else str(error)
        return Recognised(path=path, nature=Nature.DAMAGED, detail=f"{detail}.")
    told = explained(from_sqlite(error), path, writing=False)
    return _unreadable(path, told.detail)


def _unreadable(path: Path, detail: str) -> Recognised:
    found = why_not(path, writing=False)
    words = detail or (found[1] if found is not None else "nobody knows why")
    return Recognised(path=path, nature=Nature.UNREADABLE, detail=f"{words}.")
