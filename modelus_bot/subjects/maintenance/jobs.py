"""Maintenance by the clock, and when the file asks for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from modelus_bot.config import MaintenanceSettings
from modelus_bot.database import Alert, Mode
from modelus_bot.database.administration import Rewriting, RunReport, RunRequest, Trigger
from modelus_bot.domain.calendar import latest_weekly
from modelus_bot.domain.pruning import prunings_under
from modelus_bot.domain.subject import declared
from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.maintenance.writes import TRIES, BeginMaintenance, EndMaintenance, last_maintenance

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["MaintenanceJob", "is_due", "latest_slot"]

SETTLING = 120
"""Seconds after the start before anything that was missed is caught up on."""

NEED_EVERY = 6 * 3600
"""Seconds between two looks at whether the file is worth rewriting before its day."""

AGAIN_AFTER = 600
"""Seconds until the next try after one that failed."""


def latest_slot(now: int, settings: MaintenanceSettings, zone: ZoneInfo) -> int:
    """Return the newest moment of the schedule that is not after ``now``, in UTC seconds."""
    return latest_weekly(now, settings.weekday_number, settings.minute, zone)


def is_due(slot: int, last: int | None, since: int) -> bool:
    """Say whether the run of ``slot`` is owed; before anything ever ran, only slots since the start are."""
    return last < slot if last is not None else slot >= since


class MaintenanceJob(Job):
    """Looks every 30 seconds; a slot that passed while the bot was stopped is caught up on."""

    name = "maintenance"
    interval = 30.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Count from now on."""
        super().__init__(bot)
        self._since = int(time.time())
        self._settled: int | None = None
        """The slot about which nothing is left to do."""
        self._looked_at = self._since
        self._not_before = 0

    async def run(self) -> None:
        """Do what is due, if anything is and the database can be written to."""
        now = int(time.time())
        self._forget_the_future(now)
        settings = self.bot.settings.maintenance
        if settings.schedule == "off" or now < self._not_before or self.bot.db.mode is not Mode.NORMAL:
            return
        if (wanted := self.bot.db.maintenance.wanted()) is not None:
            await self._maintain(wanted, f"{wanted.value}:{now}")
        elif await self._slot_is_due(now):
            await self._maintain(Trigger.CLOCK, f"clock:{_named(self._slot(now))}", tries=TRIES)
            self._settled = self._slot(now)
        elif now - self._looked_at >= NEED_EVERY:
            self._looked_at = now
            if settings.vacuum == "auto" and await self.bot.db.maintenance.needed():
                await self._maintain(Trigger.NEED, f"need:{now}")

    def _forget_the_future(self, now: int) -> None:
        """Count from now at the latest: the clock may have been set back."""
        self._since, self._looked_at = min(self._since, now), min(self._looked_at, now)
        self._not_before = min(self._not_before, now + AGAIN_AFTER)

    def _slot(self, now: int) -> int:
        zone = ZoneInfo(self.bot.settings.server.timezone)
        return latest_slot(now, self.bot.settings.maintenance, zone)

    async def _slot_is_due(self, now: int) -> bool:
        slot = self._slot(now)
        if slot == self._settled or now < self._since + SETTLING:
            return False
        if is_due(slot, await self.bot.db.read(last_maintenance, now), self._since):
            return True
        self._settled = slot
        return False

    async def _maintain(self, why: Trigger, run_key: str, *, tries: int = 1) -> None:
        """Run it and note how it ended; one that fails as a whole is tried again later."""
        db, context = self.bot.db, self.context()
        rewriting = Rewriting.AUTO if self.bot.settings.maintenance.vacuum == "auto" else Rewriting.NO
        if not await db.write(BeginMaintenance(run_key=run_key, tries=tries), context):
            return
        self._not_before = int(time.time()) + AGAIN_AFTER
        prunings = prunings_under(declared().prunings, self.bot.settings.maintenance)
        report = await db.maintenance.run(
            RunRequest(why, rewriting),
            context,
            prunings,
            tell=_log_step,
        )
        self._not_before = 0
        await db.write(EndMaintenance(run_key=run_key, ok=report.ok, lines=report.lines), self.context())
        self._tell(report)

    def _tell(self, report: RunReport) -> None:
        """Let administrators know what was done near the limit, and what failed."""
        protection = self.bot.db.protection
        if protection is None or (report.ok and report.order.why is not Trigger.NEAR_LIMIT):
            return
        what = (
            "The file is near its limit and was cleaned up" if report.ok else "Maintenance was not complete"
        )
        text = "\n".join([f"{what}.", *report.lines])
        protection.waiting.append(Alert("maintenance", text, "info" if report.ok else "warning"))


def _named(slot: int) -> str:
    return datetime.fromtimestamp(slot, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _log_step(step: str) -> None:
    logger.bind(step=step).debug("maintenance_step")
