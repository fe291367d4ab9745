"""What is remembered about the database beside it, for the day it cannot say so itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

from loguru import logger
from pydantic import BaseModel, Field

from modelus_bot.database.core.sidecar import Sidecar, SidecarKind
from modelus_bot.runtime.atomic_files import write_durably
from modelus_bot.runtime.os_errors import in_words

__all__ = ["DatabaseState", "StateFile"]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """How the last run ended and which audit link it had reached.

    ``clean`` is false from opening until everything was closed in order. ``audit_head`` is the hash
    in hex. ``good_at`` is when a full check last found nothing, in UTC seconds. ``line_id`` and
    ``line_head`` are the link with which the present history began, when a restore or a recovery put
    another file in place: files with another one under that number are of a history that was given up.
    ``epoch`` is the file's at an orderly end, and ``wal`` what ``wal_mark`` says of the -wal that was left
    beside it then, nothing for none: what lies there later was written by somebody else. ``begun`` is false
    while a first database is about to be made, where nothing of an earlier one lay.
    """

    clean: bool = True
    audit_id: int = 0
    audit_head: str = ""
    good_at: int = 0
    line_id: int = 0
    line_head: str = ""
    epoch: int = 0
    wal: str = ""
    begun: bool = True

    def reached(self, audit_id: int, audit_head: str) -> DatabaseState:
        """Return the state with a newer link; the number never goes back by itself."""
        return replace(self, audit_id=audit_id, audit_head=audit_head)

    def began(self, line_id: int, line_head: str) -> DatabaseState:
        """Return the state of a file that has just taken the place of another and ends with this link."""
        return replace(self.reached(line_id, line_head), line_id=line_id, line_head=line_head)


Link = Annotated[int, Field(ge=0, lt=2**63)]


class _Kept(BaseModel):
    """What the file says; the last five may be missing, from before there were any."""

    clean: bool
    audit_id: Link
    audit_head: str
    good_at: Annotated[int, Field(ge=0, lt=2**53)]
    line_id: Link = 0
    line_head: str = ""
    epoch: Annotated[int, Field(ge=0, lt=2**32)] = 0
    wal: str = ""
    begun: bool = True


KIND = SidecarKind(
    "state file",
    "after a crash the bot would not know exactly what it had saved",
    "database_state_not_saved",
)


class StateFile:
    """``NAME-state`` beside the database; a missing or unreadable one counts as none.

    An older one does not accuse the file: where it says ``clean``, it does so of an epoch that is over.
    """

    def __init__(self, database: Path) -> None:
        """Remember where the file lies; nothing is read yet."""
        self.path = database.with_name(database.name + "-state")
        self.sidecar = Sidecar(KIND)
        self._owed: DatabaseState | None = None

    @property
    def owed(self) -> bool:
        """Whether what was remembered last is not on the disk yet."""
        return self._owed is not None

    def load(self) -> DatabaseState | None:
        """Return what was remembered, None for a database this program never opened."""
        if self._owed is not None:
            return self._owed
        try:
            return DatabaseState(**_Kept.model_validate_json(self.path.read_bytes()).model_dump())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.bind(path=str(self.path), error=in_words(error)).warning("database_state_unreadable")
            return DatabaseState(clean=False)

    def save(self, state: DatabaseState) -> bool:
        """Replace the file by one that says ``state``, safely on the disk; returns whether that worked."""
        saved = self.sidecar.write(lambda: write_durably(self.path, json.dumps(asdict(state)).encode()))
        if saved:
            self._owed = None
        return saved

    def keep(self, state: DatabaseState) -> None:
        """Save ``state``; where that fails it is remembered in memory and ``owed`` to the disk."""
        if not self.save(state):
            self._owed = state

    def forget(self) -> None:
        """Remove the file, as for a database that is to be begun anew."""
        self.path.unlink(missing_ok=True)
        self._owed = None
