"""Tells administrators by direct message what the database's protection has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import discord
from loguru import logger

from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.recovery.alerts import Alert
from modelus_bot.domain.members import members
from modelus_bot.jobs.loop import Job
from modelus_bot.ui import embeds

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Alerts"]


class Alerts(Job):
    """Looks every two seconds and sends each alert once to every administrator it can reach."""

    name = "alerts"
    interval = 2.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Know nobody yet."""
        super().__init__(bot)
        self._known: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Send what waits."""
        protection = self.bot.db.protection
        if protection is None or not protection.waiting or not self.bot.is_ready():
            return
        people = await self._administrators()
        while protection.waiting:
            alert = protection.waiting.popleft()
            reached = [await self._send(number, alert) for number in sorted(people)]
            logger.bind(alert=alert.kind, reached=sum(reached), of=len(reached)).info("alert_sent")

    async def _administrators(self) -> frozenset[int]:
        """Return who runs the bot; while the database is away, those known from before and the settings."""
        server = self.bot.settings.server
        people = set(server.admin_ids)
        people |= {guild.owner_id for guild in self.bot.guilds if guild.owner_id is not None}
        try:
            self._known = frozenset(
                one.discord_id for one in await self.bot.db.read(members) if one.role == "admin"
            )
        except DatabaseError as error:
            logger.bind(error=error.detail).info("administrators_not_read")
        return frozenset(people) | self._known

    async def _send(self, number: int, alert: Alert) -> bool:
        make = {"info": embeds.success, "warning": embeds.warning, "critical": embeds.failure}[alert.severity]
        try:
            user = self.bot.get_user(number) or await self.bot.fetch_user(number)
            await user.send(embed=make("About the database", alert.text))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.bind(alert=alert.kind, user=number, error=str(error)).warning("alert_not_delivered")
            return False
        return True
