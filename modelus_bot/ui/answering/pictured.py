"""Answers with a picture, which is waited for a little and else follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import discord

from modelus_bot.runtime.tasks import owned
from modelus_bot.ui.answering.answers import answer
from modelus_bot.ui.cards import Card

__all__ = ["MakesFile", "answer_pictured"]

TIMEOUT = 2.0
"""Seconds an answer waits for its picture, which is drawn at low priority."""

MakesFile = Callable[[], discord.File]


async def answer_pictured(
    interaction: discord.Interaction[Any],
    drawing: Coroutine[Any, Any, MakesFile | None],
    pictured: Card,
    without: Card,
    *,
    files: Callable[[], Sequence[discord.File]] | None = None,
    views: tuple[discord.ui.View | None, discord.ui.View | None] = (None, None),
) -> None:
    """Show ``pictured`` once ``drawing`` has made its picture, and ``without`` while or if there is none.

    ``files`` are made for each try and stand beside the picture; ``views`` stand below the one and the other.
    """
    task = owned(drawing, name="drawing")
    try:
        await asyncio.wait({task}, timeout=TIMEOUT)
        if not task.done() or task.result() is None:
            await answer(interaction, without, view=views[1], files=files)
        if (picture := await task) is not None:
            await answer(interaction, pictured, view=views[0], picture=picture, files=files)
    finally:
        task.cancel()
