"""Settings: what can be configured, its defaults and ranges, and errors that name the key.

``config.toml`` is read first, then the environment: ``MODELUS_BOT__DATABASE__SYNCHRONOUS=NORMAL``
replaces ``[database] synchronous``. The Discord token is read from ``DISCORD_TOKEN`` or from the
file that ``DISCORD_TOKEN_FILE`` names, never from ``config.toml``.
"""

from modelus_bot.config.activity import ActivitySettings
from modelus_bot.config.clock import ClockSettings
from modelus_bot.config.configurable import Configurable
from modelus_bot.config.degradation import DegradationSettings
from modelus_bot.config.health import HealthSettings
from modelus_bot.config.loading import Loaded, config_file, load, load_settings
from modelus_bot.config.maintenance import MaintenanceSettings
from modelus_bot.config.metrics import MetricsSettings
from modelus_bot.config.models import (
    DatabaseSettings,
    LoggingSettings,
    SandboxSettings,
    ServerSettings,
    Settings,
)
from modelus_bot.config.problems import ConfigError, allowed_values
from modelus_bot.config.protecting import ArchiveSettings, BackupSettings, IntegritySettings
from modelus_bot.config.section import LIVE, Section, applies_live
from modelus_bot.config.snapshot import SnapshotSettings

__all__ = [
    "LIVE",
    "ActivitySettings",
    "ArchiveSettings",
    "BackupSettings",
    "ClockSettings",
    "ConfigError",
    "Configurable",
    "DatabaseSettings",
    "DegradationSettings",
    "HealthSettings",
    "IntegritySettings",
    "Loaded",
    "LoggingSettings",
    "MaintenanceSettings",
    "MetricsSettings",
    "SandboxSettings",
    "Section",
    "ServerSettings",
    "Settings",
    "SnapshotSettings",
    "allowed_values",
    "applies_live",
    "config_file",
    "load",
    "load_settings",
]
