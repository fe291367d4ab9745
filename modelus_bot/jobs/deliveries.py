"""Sends one alert to one person or channel, and says whether trying again makes sense."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

import aiohttp
import discord
from loguru import logger

from modelus_bot.database.recovery.alerts import Alert
from modelus_bot.os_errors import in_words
from modelus_bot.ui import embeds

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Delivered", "deliver"]

PATIENCE = 20.0
"""Seconds that sending to one address may take."""
TOO_MANY_REQUESTS = 429
SERVER_FAULTS = 500
_MAKE = {"info": embeds.success, "warning": embeds.warning, "critical": embeds.failure}


class Delivered(Enum):
    """What became of a message."""

    YES = "yes"
    REFUSED = "refused"
    LATER = "later"


async def deliver(
    bot: ModelUsBot, number: int, alert: Alert, *, channel: bool, when: datetime, nonce: str
) -> Delivered:
    """Send an alert to the channel or person ``number``; Discord takes a ``nonce`` once if it is repeated."""
    card = _MAKE[alert.severity]("About the database", alert.text)
    card.timestamp = when
    try:
        async with asyncio.timeout(PATIENCE):
            target = await (_channel(bot, number) if channel else _person(bot, number))
            if target is None:
                logger.bind(channel=number).warning("alert_channel_unknown")
                return Delivered.REFUSED
            await target.send(embed=card, nonce=nonce)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        later = _passes(error)
        logger.bind(alert=alert.kind, to=number, error=in_words(error), again=later).warning(
            "alert_not_delivered"
        )
        return Delivered.LATER if later else Delivered.REFUSED
    return Delivered.YES


async def _person(bot: ModelUsBot, number: int) -> discord.abc.Messageable | None:
    return bot.get_user(number) or await bot.fetch_user(number)


async def _channel(bot: ModelUsBot, number: int) -> discord.abc.Messageable | None:
    found = bot.get_channel(number) or await bot.fetch_channel(number)
    return found if isinstance(found, discord.abc.Messageable) else None


def _passes(error: Exception) -> bool:
    """Say whether a failure may be over later: Discord or the network, not a refusal."""
    if isinstance(error, discord.HTTPException):
        return error.status == TOO_MANY_REQUESTS or error.status >= SERVER_FAULTS
    return True
