"""Question: buttons under a message, whose answer is awaited for a while; silence closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import aiohttp
import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui import cards
from modelus_bot.ui.notice import begin
from modelus_bot.ui.sending import rewrite

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["QuestionView"]


class QuestionView(discord.ui.View):
    """Waits ``patience`` seconds for an answer and says ``closed`` when none came.

    ``message`` is the one it stands under, to be set once that was sent. What is being done is never closed.
    """

    patience: ClassVar[float]
    closed: ClassVar[str]
    message: discord.Message | None = None

    def __init__(self, bot: ModelUsBot) -> None:
        """Begin to wait."""
        super().__init__(timeout=self.patience)
        self._bot = bot
        self._working = False

    async def on_timeout(self) -> None:
        """Close the question."""
        if self.message is None or self._working:
            return
        begin(self._bot.db)
        try:
            await rewrite(self.message, cards.info("Closed", self.closed))
        except (discord.HTTPException, aiohttp.ClientError) as error:
            logger.bind(error=in_words(error)).info("question_not_closed")

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, _: discord.ui.Item[Any]
    ) -> None:
        """Say what went wrong; the question stays open for another try."""
        await self._bot.error_handler.handle(interaction, error)
