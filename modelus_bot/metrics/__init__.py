"""What other programs read over HTTP: figures for Prometheus, and whether the bot is well."""

from modelus_bot.metrics.page import MetricsPage
from modelus_bot.metrics.wellness import Phase, Wellness, wellness

__all__ = ["MetricsPage", "Phase", "Wellness", "wellness"]
