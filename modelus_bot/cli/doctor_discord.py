"""What ``doctor`` asks Discord: token, server, channels and roles, as the settings name them."""

from __future__ import annotations

from pathlib import Path

from modelus_bot.config import Settings
from modelus_bot.database.administration import UnusableSnapshot, last_known_rows

__all__ = ["wrong_at_discord"]


async def wrong_at_discord(settings: Settings, path: Path) -> tuple[list[str], bool] | None:
    """Return sentences for what is wrong, and whether Discord answered; None without a token."""
    if settings.token is None:
        return None
    from modelus_bot.gateway.inspecting import inspect

    found = await inspect(settings.token.get_secret_value(), settings.server, _roles(path))
    return [*found.wrong], found.asked


def _roles(path: Path) -> dict[str, int | None]:
    """Return the roles that follow the disciplines, as they were last known."""
    try:
        rows = last_known_rows(path, "disciplines")
    except UnusableSnapshot:
        return {}
    return {str(row["label"]): row["role_id"] for row in rows if row["is_active"]}
