"""/economy turn: looking at the simulation's clock, turning and holding it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands

from modelus_bot.subjects.turns.cards import clock_card, preview_card
from modelus_bot.subjects.turns.queries import clock, turn_preview
from modelus_bot.subjects.turns.writes import PauseTurns, ResumeTurns, StepTurn
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup

__all__ = ["TurnsClock"]

Action = Literal["status", "preview", "run", "pause", "resume"]


class TurnsClock(CommandGroup):
    """The command of administrators about turns."""

    @app_commands.command(
        name="turn", description="The simulation's clock: a turn is a month (administrators)"
    )
    @app_commands.describe(
        action="Look at it, see what the next turn would do, let it come now, hold turns, or let them go on"
    )
    async def turn(self, interaction: discord.Interaction, action: Action) -> None:
        """Do it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if action == "preview":
            found = await self.bot.db.read(turn_preview, self.viewer(interaction))
            await answering.answer(interaction, preview_card(found))
            return
        await answering.answer(interaction, await self._done(interaction, action))

    async def _done(self, interaction: discord.Interaction, action: Action) -> Card:
        context = self.bot.context(interaction)
        seconds = self.bot.settings.simulation.turn_minutes * 60
        if action == "run":
            step = await self.bot.db.write(StepTurn(seconds=seconds, begin=True), context)
            later = replace(context, request_id=None)
            while step is not None and not step.over:
                step = await self.bot.db.write(StepTurn(seconds=seconds), later)
            return clock_card(await self.bot.db.read(clock), "The turn has come")
        if action == "pause":
            held = await self.bot.db.write(PauseTurns(seconds=seconds), context)
            return clock_card(held)
        if action == "resume":
            going = await self.bot.db.write(ResumeTurns(), context)
            return clock_card(going)
        return clock_card(await self.bot.db.read(clock))
