"""Health: what every operation took, how the database is doing, and whom to tell when it is unwell."""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.health.alert_book import AlertBook, alerts_path
    from modelus_bot.database.health.monitor import HealthMonitor
    from modelus_bot.database.health.overview import Overview, overview_of

__all__ = ["AlertBook", "HealthMonitor", "Overview", "alerts_path", "overview_of"]

__getattr__ = lazy_names(
    __name__,
    {
        "AlertBook": "health.alert_book",
        "HealthMonitor": "health.monitor",
        "Overview": "health.overview",
        "alerts_path": "health.alert_book",
        "overview_of": "health.overview",
    },
)
