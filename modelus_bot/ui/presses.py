"""What happens before any interaction is worked on, and around the work of every lasting button."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui import answering, cards
from modelus_bot.ui.lateness import too_late
from modelus_bot.ui.notice import begin

__all__ = ["admitted", "answered"]

Item = TypeVar("Item")


async def admitted(interaction: discord.Interaction[Any]) -> bool:
    """Say whether an interaction is worked on; every command, button and form asks this first.

    Not what is too old, nor what comes while the bot stops: its sender is told to try again. What is let in
    counts as being answered until the present task ends.
    """
    bot = interaction.client
    begin(bot.db)
    if too_late(interaction):
        return False
    bot.desk.enter()
    if not bot.desk.closing:
        return True
    logger.bind(interaction=interaction.id).info("interaction_while_stopping")
    if interaction.type is not discord.InteractionType.autocomplete:
        await _say_that_it_stops(interaction)
    return False


def answered(
    callback: Callable[[Item, discord.Interaction[Any]], Coroutine[Any, Any, None]],
) -> Callable[[Item, discord.Interaction[Any]], Coroutine[Any, Any, None]]:
    """Work only on what is admitted, and turn every failure into a reply.

    discord.py only logs what such a button raises, so nobody would read of it otherwise.
    """

    @functools.wraps(callback)
    async def guarded(item: Item, interaction: discord.Interaction[Any]) -> None:
        if not await admitted(interaction):
            return
        try:
            await callback(item, interaction)
        except Exception as error:  # noqa: BLE001 - every failure becomes a reply
            await interaction.client.error_handler.handle(interaction, error)

    return guarded


async def _say_that_it_stops(interaction: discord.Interaction[Any]) -> None:
    card = cards.warning("The bot is restarting", "Nothing was done. Please try again in a minute.")
    try:
        await answering.tell(interaction, card)
    except (*answering.FAILURES, answering.NoAnswer) as error:
        logger.bind(interaction=interaction.id, error=in_words(error)).info("stopping_not_said")
