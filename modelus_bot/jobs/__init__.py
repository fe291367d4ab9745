"""What happens by the clock: hand-overs, reminders, notices, expiries, alerts, health, statistics."""

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.alerts.jobs.alerts import Alerts
from modelus_bot.subjects.clock.jobs import ClockWatch
from modelus_bot.subjects.covers.jobs import CoverExpiry
from modelus_bot.subjects.health.jobs.health import Health, HealthSamples
from modelus_bot.subjects.health.jobs.plans import Plans
from modelus_bot.subjects.health.jobs.statistics import Statistics
from modelus_bot.subjects.maintenance.jobs import MaintenanceJob
from modelus_bot.subjects.notices.jobs import Outbox
from modelus_bot.subjects.oncall.jobs import HandoffJob
from modelus_bot.subjects.places.jobs import PlacesJob
from modelus_bot.subjects.reminders.jobs import Reminders

__all__ = ["ALL_JOBS"]

ALL_JOBS: tuple[type[Job], ...] = (
    ClockWatch,
    HandoffJob,
    CoverExpiry,
    Reminders,
    Outbox,
    Alerts,
    Health,
    HealthSamples,
    MaintenanceJob,
    PlacesJob,
    Plans,
    Statistics,
)
