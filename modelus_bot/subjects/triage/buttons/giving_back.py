"""What somebody typed into a form is never lost: when it could not be taken, they get it back."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

import discord
from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import Refusal
from modelus_bot.ui import answering, cards
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.people import quoted

__all__ = ["or_given_back"]

R = TypeVar("R")


async def or_given_back(interaction: discord.Interaction[Any], text: str, work: Awaitable[R]) -> R | None:
    """Return what the work gives; None where it was refused, and its author has read why, with the text."""
    try:
        return await work
    except (Refusal, DatabaseError) as error:
        card = reply_for(error).card().with_field("What you wrote", cards.clip(quoted(text), 1000))
        reference = getattr(error, "reference", None)
        logger.bind(actor=interaction.user.id, reference=reference, error=str(error)).info("form_refused")
        await answering.tell(interaction, card, again=True)
        return None
