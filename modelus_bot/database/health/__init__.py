"""Health: what every operation took, how the database is doing, and whom to tell when it is unwell."""

from modelus_bot.database.health.events import Failure, OperationEvent
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.rolling import Percentiles, percentiles

__all__ = ["Failure", "HealthMonitor", "OperationEvent", "Overview", "Percentiles", "percentiles"]
