"""What every button and form that outlives a restart does around its work."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord

from modelus_bot.ui.lateness import too_late
from modelus_bot.ui.notice import begin

__all__ = ["answered"]

Item = TypeVar("Item")


def answered(
    callback: Callable[[Item, discord.Interaction[Any]], Coroutine[Any, Any, None]],
) -> Callable[[Item, discord.Interaction[Any]], Coroutine[Any, Any, None]]:
    """Drop presses that come too late, and turn every failure into a reply.

    discord.py only logs what such a button raises, so nobody would read of it otherwise.
    """

    @functools.wraps(callback)
    async def guarded(item: Item, interaction: discord.Interaction[Any]) -> None:
        begin(interaction.client.db)
        if too_late(interaction):
            return
        try:
            await callback(item, interaction)
        except Exception as error:  # noqa: BLE001 - every failure becomes a reply
            await interaction.client.error_handler.handle(interaction, error)

    return guarded
