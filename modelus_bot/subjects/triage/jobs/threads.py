"""Shows items in Discord: a private thread for each, with its card, what was said, and who has it.

What is to be shown follows from the rows, so it is made up for after a kill or while Discord is away. What
was sent before a kill but not noted is found again in the thread by the number at its foot.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

import discord
from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.conversations.queries import unposted_messages
from modelus_bot.subjects.conversations.writes import NotePosted
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.buttons.steps import staff_steps, view_of
from modelus_bot.subjects.triage.cards.items import card_of, message_card
from modelus_bot.subjects.triage.jobs.opening import TIMEOUT, Unavailable, opened_thread, thread_of
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.unshown import item_of_thread, unshown_items
from modelus_bot.subjects.triage.writes.shown import GoOnWithoutThread, NoteShown, NoteThread, Without
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.sending import rewrite, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TriageThreads"]

BATCH = 25
"""Items that one run looks at."""
ENOUGH = 3
"""Failures of Discord's after which a run ends: the next items would fail like them."""
MESSAGES = 20
"""Messages that one run posts into one thread."""
PAUSES = (10, 60, 300)
"""Seconds until an item is tried again after each failure of Discord's."""
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10_003, 10_008
SERVERS_FAULT = 500
LOOKED_BACK = 100
"""Messages of a thread in which what was sent before a kill is looked for."""


class TriageThreads(Job):
    """Looks every five seconds for what Discord does not show yet."""

    name = "triage_threads"
    interval = 5.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Know of nothing yet; listen for threads that are deleted by hand."""
        super().__init__(bot)
        self._deleted: set[int] = set()
        self._looked: set[int] = set()
        """Threads that were looked through since the start."""
        self._members: dict[int, int] = {}
        """Whom this job has added to each item's thread last."""
        self._waits: dict[int, tuple[float, int]] = {}
        """Items that Discord refused: until when they wait, and how often it did."""
        bot.add_listener(self._note_deleted, "on_raw_thread_delete")

    async def close(self) -> None:
        """Listen no longer."""
        self.bot.remove_listener(self._note_deleted, "on_raw_thread_delete")

    async def _note_deleted(self, event: discord.RawThreadDeleteEvent) -> None:
        self._deleted.add(event.thread_id)

    async def run(self) -> None:
        """Bring what is behind up to date, item by item; one that fails holds up no other."""
        if not self.bot.is_ready() or self.bot.home is None or self.bot.home.unavailable:
            return
        for thread_id in sorted(self._deleted):
            await self._forget(thread_id)
        after, failed = 0, 0
        while failed < ENOUGH and (found := await self.bot.db.read(unshown_items, after, BATCH)):
            after = found[-1].id
            for one in found:
                if self._waits.get(one.id, (0.0, 0))[0] <= time.monotonic() and failed < ENOUGH:
                    failed += not await self._try(one)

    async def _forget(self, thread_id: int) -> None:
        """Let the item of a deleted thread go on in direct messages."""
        found = await self.bot.db.read(item_of_thread, thread_id)
        if found is not None:
            await self._go_on_without(found, "deleted")
        self._deleted.discard(thread_id)

    async def _try(self, found: TriageItem) -> bool:
        """Show an item; what Discord does not take is tried again after a pause, and is False."""
        try:
            await self._show(found)
        except Unavailable as gone:
            await self._go_on_without(found, cast("Without", gone.state))
        except FAILURES as error:
            tries = self._waits.get(found.id, (0.0, 0))[1]
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            self._waits[found.id] = (time.monotonic() + pause, tries + 1)
            logger.bind(item=found.id, error=in_words(error)).warning("triage_item_not_shown")
            return False
        self._waits.pop(found.id, None)
        return True

    async def _go_on_without(self, found: TriageItem, state: Without) -> None:
        if await self.bot.db.write(GoOnWithoutThread(item_id=found.id, state=state), self.context()):
            logger.bind(item=found.id, state=state).info("triage_item_without_thread")

    async def _show(self, found: TriageItem) -> None:
        """Open the thread if need be, then show card, messages and members, and note that it is so."""
        if found.thread_state == "wanted":
            if not found.is_open:
                raise Unavailable("unset")
            thread = await opened_thread(self.bot, found, int(time.time()))
            await self.bot.db.write(NoteThread(item_id=found.id, thread_id=thread.id), self.context())
        else:
            thread = await thread_of(self.bot, found)
        try:
            await self._fill(thread, found)
        except discord.Forbidden as error:
            raise Unavailable("refused") from error
        except discord.NotFound as error:
            raise Unavailable("deleted") from error

    async def _fill(self, thread: discord.Thread, found: TriageItem) -> None:
        """Show an item in its thread."""
        names = await self.bot.db.read(everybody)
        if thread.archived:
            async with asyncio.timeout(TIMEOUT):
                await thread.edit(archived=False)
        sent = await self._sent_before(thread)
        await self._add_member(thread, found)
        card = await self._show_card(thread, found, names, sent)
        await self._post_messages(thread, found, names, sent)
        if not found.is_open:
            await _put_away(thread)
        note = NoteShown(item_id=found.id, card_id=card, version=found.version)
        await self.bot.db.write(note, self.context())

    async def _sent_before(self, thread: discord.Thread) -> dict[str, int]:
        """Return the bot's own messages in a thread by their foot, the first time that it is looked at."""
        if thread.id in self._looked:
            return {}
        sent: dict[str, int] = {}
        try:
            async with asyncio.timeout(TIMEOUT):
                async for message in thread.history(limit=LOOKED_BACK):
                    if message.author == self.bot.user and message.embeds and message.embeds[0].footer.text:
                        sent[message.embeds[0].footer.text] = message.id
        except discord.Forbidden:
            logger.bind(thread=thread.id).info("triage_thread_not_readable")
        self._looked.add(thread.id)
        return sent

    async def _add_member(self, thread: discord.Thread, found: TriageItem) -> None:
        """Let whoever has the item see its thread; somebody who is not on the server is passed over."""
        person = found.assigned_to
        if person is None or not found.is_open or self._members.get(found.id) == person:
            return
        try:
            async with asyncio.timeout(TIMEOUT):
                await thread.add_user(discord.Object(person))
        except discord.HTTPException as error:
            if error.status >= SERVERS_FAULT or error.code == UNKNOWN_CHANNEL:
                raise
            logger.bind(item=found.id, user=person, error=in_words(error)).info("triage_member_not_added")
        self._members[found.id] = person

    async def _show_card(
        self, thread: discord.Thread, found: TriageItem, names: dict[int, str], sent: dict[str, int]
    ) -> int:
        """Rewrite the item's card, or post it where there is none, and return its number."""
        card = card_of(found, names, int(time.time()))
        view = view_of(found, staff_steps(found), found.version)
        number = found.card_id or sent.get(card.footer or "")
        if number is not None:
            try:
                await rewrite(thread.get_partial_message(number), card, view)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
            else:
                return number
        key = f"triage:{found.id}:{found.created_at}:{thread.id}:{number}"
        return (await send(thread, key=key, card=card, view=view)).id

    async def _post_messages(
        self, thread: discord.Thread, found: TriageItem, names: dict[int, str], sent: dict[str, int]
    ) -> None:
        """Post what was said since, each once; the rest is left to the next run."""
        for message in await self.bot.db.read(unposted_messages, found.id, MESSAGES):
            card = message_card(message, found, names)
            number = sent.get(card.footer or "")
            if number is None:
                key = f"triage:message:{message.id}:{message.created_at}:{message.text}"
                number = (await send(thread, key=key, card=card)).id
            await self.bot.db.write(NotePosted(posted=((message.id, number),)), self.context())


async def _put_away(thread: discord.Thread) -> None:
    """Archive the thread of a closed item; one that the bot may not archive Discord archives by itself."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await thread.edit(archived=True)
    except discord.Forbidden as error:
        logger.bind(thread=thread.id, error=in_words(error)).info("triage_thread_not_archived")
