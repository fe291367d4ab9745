"""/task burndown: how the work of a sprint shrinks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.sprints.choices import PicksSprints
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.sprints.queries.sprints import current_sprint
from modelus_bot.subjects.sprints.queries.sprints import sprint as one_sprint
from modelus_bot.subjects.tasks.cards.burndown_card import PICTURE, Theme, burndown_card, burndown_file
from modelus_bot.subjects.tasks.queries.sprint_work import sprint_work
from modelus_bot.subjects.tasks.rules.burndown import WorkUnit, burndown_of
from modelus_bot.ui import answering
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.pictures import ChildPicture, drawing_folder

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["DrawsBurndown"]

MINUTE = 59
"""Seconds from the beginning of the present minute to its last: what was done in it counts already."""


class DrawsBurndown(PicksSprints):
    """The command about the burndown."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._picture = ChildPicture("burndown")

    @app_commands.command(name="burndown", description="How the work of a sprint shrinks, as a picture")
    @app_commands.describe(
        sprint="Which; the one on duty now if left out",
        unit="What is counted; hours if left out and every task has an estimate",
        theme="Whether your Discord is dark or light; dark if left out",
    )
    async def burndown(
        self,
        interaction: discord.Interaction,
        sprint: str | None = None,
        unit: WorkUnit | None = None,
        theme: Theme = "dark",
    ) -> None:
        """Show the picture, and the same in words where there is none."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        found = await self._sprint(sprint)
        begin, now = self.calendar.handoff(found.start), self.now() + MINUTE
        work = await self.bot.db.read(sprint_work, self.viewer(interaction), found.start, found.end, begin)
        burning = burndown_of(work, (found.start, found.end), now, self.calendar, unit)
        card = burndown_card(burning, found)
        if burning.marks[-1].scope == 0:
            await answering.answer(interaction, card)
            return
        settings = self.bot.settings
        zone, folder = settings.server.timezone, drawing_folder(settings.database.path)
        await answering.answer_pictured(
            interaction,
            burndown_file(self._picture, burning, zone, theme, folder),
            pictured=replace(card, picture=f"attachment://{PICTURE}"),
            without=card,
        )

    @burndown.autocomplete("sprint")
    async def _burndown_sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_sprints(interaction, typed)

    async def _sprint(self, typed: str | None) -> Sprint:
        """Return the sprint that was meant; without one the sprint on duty."""
        db = self.bot.db
        if typed is not None:
            found = await db.read(one_sprint, await self.sprint_id(typed))
        else:
            found = await db.read(current_sprint, self.now(), self.calendar)
        if found is None:
            raise NotFound("No sprint has begun yet. Add one with `/sprint add`.", rule="sprint.none")
        return found
