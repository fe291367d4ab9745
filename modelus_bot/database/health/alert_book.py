"""AlertBook: what administrators still have to be told, and what they know, also after the bot was killed."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from loguru import logger
from pydantic import BaseModel, ConfigDict

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.modes import NOTHING_SEEN, ModeWatch
from modelus_bot.runtime.atomic_files import write_durably
from modelus_bot.runtime.os_errors import in_words

__all__ = ["KEPT", "NOTHING_TOLD", "AlertBook", "ToldAlert", "Undelivered", "alerts_path", "no_later"]

KEPT = 200
"""How many alerts wait for Discord at most; more push out the oldest."""
NEW = 100
"""How many may come up between two looks."""


@dataclass(slots=True)
class Undelivered:
    """An alert on its way: when it came up (UTC seconds), who was reached and who is still to be reached."""

    alert: Alert
    number: int
    at: float
    left: list[int] | None = None
    """Ids of people, and of the channel; None until they were looked up."""
    reached: int = 0
    refused: int = 0

    def address(self, left: list[int]) -> None:
        """Note who is to be reached."""
        self.left = left

    def count(self, *, reached: bool, refused: bool) -> None:
        """Count one who was reached, or who refuses."""
        self.reached += reached
        self.refused += refused


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """What people were told of and what is not over yet: incidents, and the mode."""

    incidents: tuple[Incident, ...] = ()
    mode: ModeWatch = NOTHING_SEEN


NOTHING_TOLD = ToldAlert()


class _Line(BaseModel):
    """An alert as the file has it; what only the log needs is in the log already."""

    kind: str
    text: str
    severity: Literal["info", "warning", "critical"]
    number: int
    at: float
    left: list[int] | None
    reached: int
    refused: int


class _Page(BaseModel):
    """The whole file."""

    model_config = ConfigDict(ser_json_inf_nan="constants")

    waiting: tuple[_Line, ...] = ()
    incidents: tuple[Incident, ...] = ()
    mode: ModeWatch = NOTHING_SEEN
    places: frozenset[str] = frozenset()


class AlertBook:
    """Alerts and what was told, in one file beside the database, replaced as a whole when they change.

    One file, so that an incident is never noted as told without the alert that tells of it, or the other way
    round. While it cannot be written memory counts, and every ``save`` tries again.
    """

    def __init__(self, path: Path) -> None:
        """Remember where the file lies; nothing is read yet."""
        self.path = path
        self.new: deque[Alert] = deque(maxlen=NEW)
        """What came up since somebody looked."""
        self.waiting: deque[Undelivered] = deque()
        self.told = ToldAlert()
        self.places: frozenset[str] = frozenset()
        """Channels and roles that people know to be unusable, each with the reason."""
        self._saved = _essence(_Page())
        self._opened = False
        self._complained = False
        self._guard = asyncio.Lock()

    async def open(self) -> None:
        """Take over what an earlier run left, once; a file that cannot be read counts as none."""
        async with self._guard:
            if self._opened:
                return
            page = await asyncio.to_thread(self._load)
            self._opened = True
            self.waiting.extendleft(_undelivered(line) for line in reversed(page.waiting))
            self.told = ToldAlert(page.incidents, page.mode)
            self.places = page.places
            self._saved = _essence(page)
        if self.waiting or self.told.incidents:
            logger.bind(
                alerts=len(self.waiting), incidents=[incident.name for incident in self.told.incidents]
            ).info("alerts_taken_over")

    def take(self, at: float) -> None:
        """Let what is new wait with the rest; ``at`` in UTC seconds."""
        while self.new:
            number = max((item.number for item in self.waiting), default=0) + 1
            self.waiting.append(Undelivered(self.new.popleft(), number, at))
        while len(self.waiting) > KEPT:
            oldest = self.waiting.popleft()
            logger.bind(alert=oldest.alert.kind, text=oldest.alert.text, came_up=int(oldest.at)).warning(
                "alert_pushed_out"
            )

    def note_told(self, told: ToldAlert) -> None:
        """Keep what people know by now; ``save`` writes it down."""
        self.told = told

    def note_places(self, places: frozenset[str]) -> None:
        """Keep which channels and roles people know to be unusable."""
        self.places = places

    async def save(self) -> None:
        """Put it on the disk if something changed that matters; failing is logged, once."""
        async with self._guard:
            page = self._page()
            essence = _essence(page)
            if not self._opened or essence == self._saved:
                return
            try:
                await asyncio.to_thread(write_durably, self.path, page.model_dump_json().encode())
            except OSError as error:
                if not self._complained:
                    logger.bind(path=str(self.path), error=in_words(error)).warning("alerts_not_saved")
                self._complained = True
            else:
                self._saved, self._complained = essence, False

    def _page(self) -> _Page:
        return _Page(
            waiting=tuple(map(_line, self.waiting)),
            incidents=self.told.incidents,
            mode=self.told.mode,
            places=self.places,
        )

    def _load(self) -> _Page:
        try:
            return _Page.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return _Page()
        except (OSError, ValueError) as error:
            logger.bind(path=str(self.path), error=in_words(error)).warning("alerts_unreadable")
            return _Page()


def no_later(told: ToldAlert, at: float) -> ToldAlert:
    """Return what was told without times later than ``at``: they would silence everything until then."""
    incidents = tuple(
        replace(
            incident,
            began=min(incident.began, at),
            told=min(incident.told, at),
            calm_since=None if incident.calm_since is None else min(incident.calm_since, at),
        )
        for incident in told.incidents
    )
    mode = told.mode
    mode = replace(
        mode,
        changed=min(mode.changed, at),
        began=min(mode.began, at),
        reminder=min(mode.reminder, at),
    )
    return ToldAlert(incidents, mode)


def alerts_path(database: Path) -> Path:
    """Return where it lies: ``modelus.db`` has ``modelus.alerts.json``."""
    return database.with_suffix(".alerts.json")


def _essence(page: _Page) -> object:
    """Return what is worth a write: not the newest value of an incident, which changes all the time."""
    incidents = tuple(replace(incident, value=0.0) for incident in page.incidents)
    return page.model_copy(update={"incidents": incidents})


def _line(undelivered: Undelivered) -> _Line:
    alert = undelivered.alert
    return _Line(
        kind=alert.kind,
        text=alert.text,
        severity=alert.severity,
        number=undelivered.number,
        at=undelivered.at,
        left=None if undelivered.left is None else list(undelivered.left),
        reached=undelivered.reached,
        refused=undelivered.refused,
    )


def _undelivered(line: _Line) -> Undelivered:
    alert = Alert(line.kind, line.text, line.severity)
    return Undelivered(alert, line.number, line.at, line.left, line.reached, line.refused)
