"""What every button and form that outlives a restart does around its work."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord
from loguru import logger

from modelus_bot.ui.notice import begin

__all__ = ["answered", "too_late"]

PATIENCE = 2.8
"""Seconds after which a press is dropped: Discord takes no first answer after three."""

Item = TypeVar("Item")


def too_late(interaction: discord.Interaction[Any]) -> bool:
    """Say whether an interaction is too old to be answered, and log it if so."""
    age = (discord.utils.utcnow() - interaction.created_at).total_seconds()
    if age > PATIENCE:
        logger.bind(interaction=interaction.id, seconds=round(age, 1)).warning("interaction_too_old")
        return True
    return False


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
