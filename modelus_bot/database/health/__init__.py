"""How the database is doing: what every operation took, what is too bad, and whom to tell.

Promise: counting costs about a microsecond (``monitor``, ``figures``, ``rolling``); every decision is pure
(``thresholds``, ``incidents``, ``modes``) and tells little: once when it begins, seldom while it lasts,
once when it is over; what was not delivered outlives a kill (``alert_book``). ``statements`` knows what
each statement costs and what would help. What is watched, and at which level, is one list:
``alert_rules``.

Way in: ``HealthMonitor``, ``Overview``; ``HealthRounds`` judges round by round what is told,
``SampleKeeper`` takes and keeps samples. Owner: the manager builds the monitor; the health jobs own the
rounds and the samples.
"""

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
