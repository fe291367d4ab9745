"""Long work says how far it is, in the message that will hold its result."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import discord

from modelus_bot.runtime.tasks import owned
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card

__all__ = ["ProgressNote"]

EVERY = 2.0
"""Seconds between two edits of the message; Discord allows about one a second."""


class ProgressNote:
    """Edits a deferred interaction's answer while work goes on; what cannot be shown is no failure."""

    def __init__(self, interaction: discord.Interaction, title: str) -> None:
        """Show nothing yet: quick work has no progress."""
        self._interaction = interaction
        self._title = title
        self._shown = time.monotonic()
        self._showing: asyncio.Task[None] | None = None

    def on_pages(self, state: dict[str, Any]) -> None:
        """Show ``done`` of ``total`` as a percentage."""
        total = state.get("total") or 0
        if total:
            self.on_step(f"{state.get('done', 0) * 100 // total} %")

    def on_report(self, state: dict[str, Any]) -> None:
        """Show what long work reports: its step, and ``done`` of ``total`` where it can say that."""
        if state.get("total"):
            self.on_pages(state)
        elif step := state.get("step"):
            self.on_step(str(step))

    def on_step(self, text: str) -> None:
        """Show a step, unless the last one was shown just now or is still on its way."""
        now = time.monotonic()
        if now - self._shown < EVERY or (self._showing is not None and not self._showing.done()):
            return
        self._shown = now
        self._showing = owned(
            answering.show_progress(self._interaction, cards.info(self._title, text)), name="progress"
        )

    async def finish(self, card: Card) -> None:
        """Replace the progress by the result."""
        if self._showing is not None:
            await self._showing
        await answering.answer(self._interaction, card)
