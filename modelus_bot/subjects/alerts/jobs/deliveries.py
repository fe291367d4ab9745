"""Sends one alert to one person or channel, and says whether trying again makes sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import Alert
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui import cards
from modelus_bot.ui.answering import FAILURES, passes
from modelus_bot.ui.sending import channel_of, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Delivered", "deliver"]

_MAKE = {"info": cards.success, "warning": cards.warning, "critical": cards.failure}


class Delivered(Enum):
    """What became of a message."""

    YES = "yes"
    REFUSED = "refused"
    LATER = "later"


async def deliver(
    bot: ModelUsBot, number: int, alert: Alert, *, channel: bool, when: datetime, key: str
) -> Delivered:
    """Send an alert to the channel or person ``number``; under the same ``key`` it is there once."""
    about = "About the server" if alert.kind.startswith("place") else "About the database"
    card = replace(_MAKE[alert.severity](about, alert.text), at=when)
    try:
        target = await (channel_of(bot, number) if channel else bot.mailroom.open(bot, number))
        if target is None:
            logger.bind(channel=number).warning("alert_channel_unknown")
            return Delivered.REFUSED
        await send(target, key=f"{key}:{number}", card=card)
    except FAILURES as error:
        later = passes(error)
        logger.bind(alert=alert.kind, to=number, error=in_words(error), again=later).warning(
            "alert_not_delivered"
        )
        return Delivered.LATER if later else Delivered.REFUSED
    return Delivered.YES
