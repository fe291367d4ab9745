"""/dbhealth: how the database is doing; every view answers without it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.health.cards.latency import PICTURE, latency_field, latency_file, recent_points
from modelus_bot.subjects.health.cards.overview import failure_card, overview_card, protection_words
from modelus_bot.subjects.health.cards.views import LIST
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.charts import LatencyChart
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.commands.suggestions import TIMEOUT, Choices, choices
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.pictures import drawing_folder
from modelus_bot.ui.spoken import operation_words

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["HealthCommands"]

SHOWN = f"attachment://{PICTURE}"

View = Literal["overview", "errors", "queue", "slow", "indexes", "drill"]


class HealthCommands(CommandGroup):
    """The command about the database."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._chart = LatencyChart()

    @app_commands.command(name="dbhealth", description="How the database is doing")
    @app_commands.describe(
        view="What to look at; the overview if left out",
        reference="The reference code of a failure, to see what was behind it",
    )
    @app_commands.default_permissions(manage_guild=True)
    async def dbhealth(
        self,
        interaction: discord.Interaction,
        view: View = "overview",
        reference: app_commands.Range[str, 1, 16] | None = None,
    ) -> None:
        """Show one view, or the failure behind a reference code."""
        await answering.defer(interaction, private=True)
        await require_admin(self.bot, self.viewer(interaction))
        if reference is not None:
            await answering.answer(interaction, self._failure(reference))
        elif view == "overview":
            await self._overview(interaction)
        else:
            await send_page(self.bot, interaction, LIST, view)

    @dbhealth.autocomplete("reference")
    async def _suggest_references(self, interaction: discord.Interaction, typed: str) -> Choices:
        try:
            async with asyncio.timeout(TIMEOUT.value):
                await require_admin(self.bot, self.viewer(interaction))
        except (NotAllowed, TimeoutError):
            return []
        failures = reversed(self.bot.db.overview().recent_failures)
        return choices(
            (
                (f"{failure.reference} • {operation_words(failure.operation)}", failure.reference)
                for failure in failures
            ),
            typed,
        )

    async def _overview(self, interaction: discord.Interaction) -> None:
        card = overview_card(self.bot.db.overview())
        if self.bot.db.protection is not None:
            card = card.with_field("Protection", protection_words(self.bot.db.protection))
        points = await recent_points(self.bot.db, self.now())
        settings = self.bot.settings
        folder = drawing_folder(settings.database.path)
        pictured = replace(card, picture=SHOWN)
        if points:
            card = card.with_field("Latency", latency_field(points))
        drawing = latency_file(self._chart, points, settings.server.timezone, folder)
        await answering.answer_pictured(interaction, drawing, pictured, card)

    def _failure(self, reference: str) -> Card:
        wanted = reference.strip().upper()
        known = self.bot.db.overview().recent_failures
        for item in reversed(known):
            if item.reference.upper() == wanted:
                return failure_card(item)
        raise NotFound(
            f"No failure of the database with the reference “{plain(clip(wanted, 16))}” is among the latest"
            f" {len(known)} since the start. Older ones, and other failures, are in the log under that code.",
            rule="dbhealth.reference",
        )
