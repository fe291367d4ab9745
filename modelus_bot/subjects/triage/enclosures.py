"""What a notice about an item is sent with: the reader's own buttons, the thread, the transcript."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.buttons.steps import NOTICE, Step, rating_view, view_of
from modelus_bot.subjects.triage.cards.items import thread_link
from modelus_bot.subjects.triage.cards.transcript import LONGEST, file_name, transcript
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import conversation, item
from modelus_bot.subjects.triage.writes.closing import CLOSED_TITLE
from modelus_bot.ui.cards import Card, CardSection, Link

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TriageEnclosure", "enclosure_of", "transcript_file"]


class TriageEnclosure(Enclosure):
    """Buttons, a link to the thread, and the transcript of what is closed."""

    stands_alone = True

    def __init__(
        self,
        view: discord.ui.View | None,
        link: str | None = None,
        file: Callable[[], discord.File] | None = None,
    ) -> None:
        """Keep what to add to the message."""
        self.view = view
        self.file = file
        self._link = link

    def on(self, card: Card) -> Card:
        """Return the card with the link on it."""
        if self._link is not None:
            return card.with_section(CardSection("The thread", beside=Link("Open it", self._link)))
        return card


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice; a database that does not answer costs the buttons, not the notice.

    The transcript is what a reporter is promised, so that one waits until it can be read.
    """
    if notice.ref_id is None:
        return Enclosure()
    closing = notice.title.startswith(CLOSED_TITLE)
    try:
        found = await bot.db.read(item, notice.ref_id)
        if found is None:
            return Enclosure()
        if closing and notice.user_id == found.reporter_id:
            file = await transcript_file(bot, found, Viewer(notice.user_id))
            return TriageEnclosure(rating_view(found), file=file)
    except DatabaseError as error:
        if closing:
            raise
        logger.bind(notice=notice.id, reference=error.reference).warning("notice_without_buttons")
        return Enclosure()
    if notice.user_id == found.reporter_id:
        return TriageEnclosure(view_of(found, ["answer"] if found.is_open else [], NOTICE))
    link = thread_link(found, bot.home.id if bot.home is not None else None)
    return TriageEnclosure(view_of(found, _steps(found), NOTICE), link)


async def transcript_file(bot: ModelUsBot, found: TriageItem, viewer: Viewer) -> Callable[[], discord.File]:
    """Return what makes the file with all that was said between staff and reporter."""
    said = await bot.db.read(conversation, viewer, found.id, LONGEST.value + 1)
    names = await bot.db.read(everybody)
    page = transcript(found, said, names, bot.settings.server.timezone)
    return lambda: discord.File(io.BytesIO(page), filename=file_name(found))


def _steps(found: TriageItem) -> list[Step]:
    """Return the steps below a notice to staff: those that are taken from afar."""
    if not found.is_open:
        return ["talk"]
    first: list[Step] = ["claim"] if found.status == "pending" else []
    return [*first, "reply", "talk"]
