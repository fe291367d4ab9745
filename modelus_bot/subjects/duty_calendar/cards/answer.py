"""The answer that shows a calendar: card, picture and file."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import discord
from loguru import logger

from modelus_bot.database import DatabaseError, Mode
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, standing_of
from modelus_bot.subjects.duty_calendar.cards.calendar_card import calendar_card, described
from modelus_bot.subjects.duty_calendar.cards.picture import chart_of
from modelus_bot.subjects.duty_calendar.model import DutyCalendar
from modelus_bot.subjects.duty_calendar.queries import duty_calendar
from modelus_bot.subjects.duty_calendar.writes import PublishEntries
from modelus_bot.ui import answering
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CalendarAnswers", "Whose"]

Whose = Literal["team", "me"]
PICTURE = "calendar.png"
FILES: dict[bool, str] = {True: "duty-team.ics", False: "duty-mine.ics"}
NAMES: dict[bool, str] = {True: "On duty: the team", False: "On duty: my turns"}
TIMEOUT = 2.0
"""Seconds that remembering what was handed out may take; what is not remembered is worked out anew."""


class CalendarAnswers:
    """Shows calendars; one picture is drawn at a time, and the last one is kept."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Answer for ``bot``."""
        self.bot = bot
        self._pictures = ChildPicture("rota")

    async def show(
        self, interaction: discord.Interaction, viewer: Viewer, whose: Whose | None, weeks: int, theme: Theme
    ) -> None:
        """Answer with the calendar of some weeks.

        Raises ``NotAllowed`` for the team's to those who are not staff.
        """
        server = self.bot.settings.server
        calendar, at = Calendar(server.timezone, server.handoff_minute), int(time.time())
        if whose is None:
            whose = "team" if (await self.bot.db.read(standing_of, viewer)).staff else "me"
        team = whose == "team"
        last = calendar.duty_day(at) + timedelta(weeks=weeks)
        place = self._server()
        found = await self.bot.db.read(
            duty_calendar, viewer, None if team else viewer.id, at, calendar, last, place
        )
        await self._remember(interaction, found, at, place)
        file = await _file(found, server.timezone, team=team)
        card = calendar_card(found, FILES[team] if file is not None else "")
        if file is None:
            await answering.answer(interaction, card)
            return
        await answering.answer_pictured(
            interaction,
            self._picture(found, theme),
            replace(card, picture=f"attachment://{PICTURE}"),
            card,
            files=lambda: [file()],
        )

    async def _remember(
        self, interaction: discord.Interaction, found: DutyCalendar, at: int, place: int
    ) -> None:
        """Let the next file know what this one said; what cannot be saved now is found again then."""
        if not found.unpublished or self.bot.db.mode is not Mode.NORMAL:
            return
        context = replace(self.bot.context(interaction), deadline=TIMEOUT)
        try:
            await self.bot.db.write(
                PublishEntries(at=at, server=place), context.numbered(f"{interaction.id}:calendar")
            )
        except DatabaseError as error:
            logger.bind(reference=error.reference).warning("calendar_not_remembered")

    async def _picture(self, found: DutyCalendar, theme: Theme) -> MakesFile | None:
        chart = chart_of(found, theme)
        if not chart.rows:
            return None
        folder = drawing_folder(self.bot.settings.database.path)
        drawn = await self._pictures.draw(chart.as_task(), folder)
        if drawn is None:
            return None
        return lambda: discord.File(io.BytesIO(drawn), PICTURE, description=described(found))

    def _server(self) -> int:
        home = self.bot.home
        return self.bot.settings.server.guild_id or (home.id if home is not None else 0)


async def _file(found: DutyCalendar, zone: str, *, team: bool) -> MakesFile | None:
    """Return what makes the file for calendar programs; None when it would have nothing in it.

    It is written on a thread: the library takes half a second to load, and the rules of a zone take it some
    hundredths.
    """
    if not found.entries:
        return None
    content = await asyncio.to_thread(_written, found, zone, NAMES[team])
    return lambda: discord.File(io.BytesIO(content), FILES[team])


def _written(found: DutyCalendar, zone: str, name: str) -> bytes:
    from modelus_bot.subjects.duty_calendar.cards.calendar_file import calendar_file

    return calendar_file(found.entries, zone, name)
