"""What somebody typed into a form is never lost: when it could not be taken, they get it back."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
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

SHOWN = 1000
"""Characters of a text that are quoted; a longer one, or one of several lines, comes as a file, too."""


async def or_given_back(interaction: discord.Interaction[Any], text: str, work: Awaitable[R]) -> R | None:
    """Return what the work gives; None where it was refused, and its author has read why, with the text."""
    try:
        return await work
    except (Refusal, DatabaseError) as error:
        card = reply_for(error).card().with_field("What you wrote", cards.clip(quoted(text), SHOWN))
        reference = getattr(error, "reference", None)
        logger.bind(actor=interaction.user.id, reference=reference, error=str(error)).info("form_refused")
        await answering.tell(interaction, card, again=True, file=_whole(text))
        return None


def _whole(text: str) -> Callable[[], discord.File] | None:
    """Return what makes a file of a text that is not shown as it was typed."""
    if len(text) <= SHOWN // 2 and "\n" not in text:
        return None
    content = text.encode("utf-8", "replace")
    return lambda: discord.File(io.BytesIO(content), "what-you-wrote.txt")
