"""What was seen of the open file, and what is done about it: the only place that decides so; all pure.

| seen | done |
| --- | --- |
| the file is gone or another one | it is brought back from the connections (`REBUILD`) |
| it was given up, and a recovery may find something now | a close look (`CONFIRM`) |
| it was given up before that | nothing |
| damage, a failing disk or a stranger's write is suspected | a close look |
| a check is due, or the schema is another one | a whole check beside the work (`CHECK`) |
| the main file was written to | every page is compared (`COMPARE`) |
| a check or comparison finds damage | a close look |
| a comparison is unclear | the structure is checked (`CHECK`) |
| a check finds rows that break a rule | they are mended (`MEND_ROWS`) |
| a close look finds nothing | all goes on (`GO_ON`) |
| a close look finds damage, an older file, or none | a recovery (`RECOVER`) |
| that is switched off, or fails | nothing is served any more (`GIVE_UP`) |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from modelus_bot.database.core.errors import (
    CorruptionDetected,
    DatabaseError,
    FileMoved,
    FileTouched,
    SearchDamaged,
    StorageFailed,
)

__all__ = [
    "Checked",
    "Compared",
    "Response",
    "Watched",
    "after_check",
    "after_close_look",
    "after_comparison",
    "after_loss",
    "is_about_a_search",
    "is_damaged",
    "is_suspicious",
    "on_watch",
]


class Response(StrEnum):
    """What is done about the file."""

    NOTHING = "nothing"
    COMPARE = "compare"
    CHECK = "check"
    MEND_ROWS = "mend_rows"
    CONFIRM = "confirm"
    REBUILD = "rebuild"
    GO_ON = "go_on"
    RECOVER = "recover"
    GIVE_UP = "give_up"


class Checked(Protocol):
    """What a check of a file says."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""

    @property
    def damaged(self) -> bool:
        """Whether its structure is broken."""

    @property
    def missing_tables(self) -> tuple[str, ...]:
        """Tables that should be there."""


class Compared(Protocol):
    """What a comparison of pages with what was committed says."""

    @property
    def unexplained(self) -> tuple[int, ...]:
        """Pages that nobody of ours has written."""

    @property
    def unclear(self) -> tuple[int, ...]:
        """Pages that could not be compared for certain."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look at the open file saw.

    ``retry`` says of a file that was ``given_up`` that a recovery may find something now; ``written_to`` that
    somebody wrote to the main file since its pages were compared.
    """

    moved: bool = False
    given_up: bool = False
    retry: bool = False
    suspicion: DatabaseError | None = None
    check_due: bool = False
    schema_changed: bool = False
    written_to: bool = False

    @property
    def calm(self) -> bool:
        """Whether the file may be worked on: nothing says that it is not as it should be."""
        return not (self.moved or self.given_up or _is_of_the_file(self.suspicion))


def is_about_a_search(error: DatabaseError) -> bool:
    """Say whether a failure is reason to make the index of a search anew."""
    return isinstance(error, SearchDamaged)


def is_suspicious(error: DatabaseError) -> bool:
    """Say whether a failure is reason to look at the file right away."""
    return isinstance(error, FileMoved) or _is_of_the_file(error)


def on_watch(seen: Watched) -> Response:
    """Decide after a look at the open file."""
    if seen.moved:
        return Response.REBUILD
    if seen.given_up:
        return Response.CONFIRM if seen.retry else Response.NOTHING
    if not seen.calm:
        return Response.CONFIRM
    if seen.check_due or seen.schema_changed:
        return Response.CHECK
    return Response.COMPARE if seen.written_to else Response.NOTHING


def is_damaged(report: Checked, checksums: Compared) -> bool:
    """Say whether a file is not what it should be, by its own structure or by what is in its pages."""
    return report.damaged or bool(checksums.unexplained) or bool(report.missing_tables)


def after_check(report: Checked, checksums: Compared) -> Response:
    """Decide after a whole check that was made beside the work."""
    if is_damaged(report, checksums):
        return Response.CONFIRM
    return Response.NOTHING if report.ok else Response.MEND_ROWS


def after_comparison(checksums: Compared) -> Response:
    """Decide after every page was compared."""
    if checksums.unexplained:
        return Response.CONFIRM
    return Response.CHECK if checksums.unclear else Response.NOTHING


def after_close_look(*, damaged: bool, gone: bool) -> Response:
    """Decide after a look while nothing was served; ``damaged`` includes a file older than it was."""
    return Response.RECOVER if damaged or gone else Response.GO_ON


def after_loss(recovery: Literal["auto", "off"]) -> Response:
    """Decide about a file that is certainly damaged or lost."""
    return Response.GIVE_UP if recovery == "off" else Response.RECOVER


def _is_of_the_file(error: DatabaseError | None) -> bool:
    return isinstance(error, CorruptionDetected | StorageFailed | FileTouched)
