"""What a reminder is sent with: a button for each turn, to ask for cover of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.covers.buttons.steps import turns_view
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.reminders.queries import coming_turns
from modelus_bot.subjects.reminders.writes import FURTHEST

if TYPE_CHECKING:
    import discord

    from modelus_bot.bot import ModelUsBot

__all__ = ["ReminderEnclosure", "enclosure_of"]


class ReminderEnclosure(Enclosure):
    """The buttons of the turns that are still to come; outdated without any."""

    def __init__(self, view: discord.ui.View | None, *, outdated: bool) -> None:
        """Keep what to add to the message."""
        self.view = view
        self.outdated = outdated


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a reminder; a database that does not answer costs the buttons, not the notice."""
    if notice.ref_id is None:
        return Enclosure()
    server = bot.settings.server
    calendar = Calendar(server.timezone, server.handoff_minute)
    try:
        coming = await bot.db.read(coming_turns, int(time.time()), calendar, FURTHEST, notice.user_id)
    except DatabaseError as error:
        logger.bind(notice=notice.id, reference=error.reference).warning("notice_without_buttons")
        return Enclosure()
    turns = [turn for turn in coming if turn.sprint_id == notice.ref_id]
    view = turns_view((turn.sprint_id, turn.discipline, turn.label) for turn in turns if not turn.covering)
    return ReminderEnclosure(view, outdated=not turns)
