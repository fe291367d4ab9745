"""Health: what every operation took, how the database is doing, and whom to tell when it is unwell."""

from modelus_bot.database.health.events import Failure, OperationEvent
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.overview import Overview, overview_of
from modelus_bot.database.health.rolling import Percentiles, Rolling, percentiles
from modelus_bot.database.health.surroundings import Surroundings

__all__ = [
    "Failure",
    "HealthMonitor",
    "Incident",
    "OperationEvent",
    "Overview",
    "Percentiles",
    "Rolling",
    "Surroundings",
    "overview_of",
    "percentiles",
]
