"""Administrators, also while the database that knows their roles is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import Viewer, check_admin
from modelus_bot.domain.refusals import NotAllowed

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["require_admin"]


async def require_admin(bot: ModelUsBot, viewer: Viewer) -> None:
    """Let administrators in; without a database only those whom Discord or the settings know.

    Raises ``NotAllowed``.
    """
    if viewer.discord_admin:
        return
    try:
        await bot.db.read(check_admin, viewer)
    except DatabaseError as error:
        raise NotAllowed(
            "While the database is away, only members with Discord's Manage Server permission can do this.",
            rule="admin",
        ) from error
