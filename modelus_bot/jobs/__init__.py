"""What happens by the clock: hand-overs, notices, expiries, alerts, health, statistics."""

from modelus_bot.jobs.alerts import Alerts
from modelus_bot.jobs.clock_watch import ClockWatch
from modelus_bot.jobs.cover_expiry import CoverExpiry
from modelus_bot.jobs.handoff import HandoffJob
from modelus_bot.jobs.health import Health, HealthSamples
from modelus_bot.jobs.loop import Job
from modelus_bot.jobs.maintenance import MaintenanceJob
from modelus_bot.jobs.outbox import Outbox
from modelus_bot.jobs.places import Places
from modelus_bot.jobs.plans import Plans
from modelus_bot.jobs.statistics import Statistics

__all__ = ["ALL_JOBS"]

ALL_JOBS: tuple[type[Job], ...] = (
    ClockWatch,
    HandoffJob,
    CoverExpiry,
    Outbox,
    Alerts,
    Health,
    HealthSamples,
    MaintenanceJob,
    Places,
    Plans,
    Statistics,
)
