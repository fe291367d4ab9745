"""Settings: what can be configured, its defaults and ranges, and errors that name the key.

``config.toml`` is read first, then the environment: ``MODELUS_BOT__DATABASE__SYNCHRONOUS=NORMAL``
replaces ``[database] synchronous``. The Discord token is read from ``DISCORD_TOKEN`` or from the
file that ``DISCORD_TOKEN_FILE`` names, never from ``config.toml``.
"""

from modelus_bot.config.loading import load_settings
from modelus_bot.config.models import (
    ArchiveSettings,
    BackupSettings,
    DatabaseSettings,
    IntegritySettings,
    LoggingSettings,
    SandboxSettings,
    ServerSettings,
    Settings,
)
from modelus_bot.config.problems import ConfigError, allowed_values

__all__ = [
    "ArchiveSettings",
    "BackupSettings",
    "ConfigError",
    "DatabaseSettings",
    "IntegritySettings",
    "LoggingSettings",
    "SandboxSettings",
    "ServerSettings",
    "Settings",
    "allowed_values",
    "load_settings",
]
