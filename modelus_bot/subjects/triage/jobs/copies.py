"""Writes the copies of messages in threads anew whose authors corrected them or took them back."""

from __future__ import annotations

import discord
from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.conversations.model import ChatMessage
from modelus_bot.subjects.conversations.queries import messages_behind
from modelus_bot.subjects.conversations.writes import NoteCopied
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.cards.items import message_card
from modelus_bot.subjects.triage.jobs.opening import Unavailable, thread_of
from modelus_bot.subjects.triage.queries.items import item
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.sending import rewrite

__all__ = ["TriageCopies"]

BATCH = 20
ENOUGH = 3
"""Failures of Discord's after which a run ends: the next would fail like them."""


class TriageCopies(Job):
    """Looks every five seconds; a copy that nobody can reach any more is let be."""

    name = "triage_copies"
    interval = 5.0
    by_the_clock = False

    async def run(self) -> None:
        """Write each copy that is behind; what Discord does not take now is tried in the next run."""
        if not self.bot.is_ready() or self.bot.home is None or self.bot.home.unavailable:
            return
        after, failed = 0, 0
        while failed < ENOUGH and (found := await self.bot.db.read(messages_behind, after, BATCH)):
            after = found[-1].id
            for message in found:
                if failed < ENOUGH:
                    failed += not await self._try(message)

    async def _try(self, message: ChatMessage) -> bool:
        try:
            await self._write(message)
        except (Unavailable, discord.NotFound, discord.Forbidden):
            logger.bind(message=message.id).info("triage_copy_not_reached")
        except FAILURES as error:
            logger.bind(message=message.id, error=in_words(error)).warning("triage_copy_not_written")
            return False
        await self.bot.db.write(NoteCopied(copied=((message.id, message.text),)), self.context())
        return True

    async def _write(self, message: ChatMessage) -> None:
        found = await self.bot.db.read(item, message.triage_id or 0)
        if found is None or found.thread_state != "open" or message.discord_message_id is None:
            raise Unavailable("deleted")
        thread = await thread_of(self.bot, found)
        archived = thread.archived
        if archived:
            await thread.edit(archived=False)
        names = await self.bot.db.read(everybody)
        card = message_card(message, found, names)
        await rewrite(thread.get_partial_message(message.discord_message_id), card)
        if archived:
            await thread.edit(archived=True)
