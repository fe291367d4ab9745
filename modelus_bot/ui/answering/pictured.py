"""Answers with a picture that takes its time: the words come first where it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from modelus_bot.runtime.tasks import owned
from modelus_bot.ui.answering.answers import answer
from modelus_bot.ui.cards import Card

__all__ = ["PictureFile", "answer_with_picture"]

PATIENCE = 2.0
"""Seconds an answer waits for its picture, which otherwise follows: it is drawn at low priority."""

PictureFile = Callable[[], discord.File]


async def answer_with_picture(
    interaction: discord.Interaction[Any],
    drawing: Coroutine[Any, Any, PictureFile | None],
    *,
    pictured: Card,
    plain: Card,
) -> None:
    """Answer with a card and its picture; with the ``plain`` card where none is drawn, or until it is."""
    task = owned(drawing, name="picture-drawing")
    try:
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done() and (picture := task.result()) is not None:
            await answer(interaction, pictured, picture=picture)
            return
        await answer(interaction, plain)
        if (picture := await task) is not None:
            await answer(interaction, pictured, picture=picture)
    finally:
        task.cancel()
