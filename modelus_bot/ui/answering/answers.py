"""One interaction's answers: in time, until they have arrived, and never two where one was meant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui.answering.arriving import (
    FAILURES,
    LATER_TRY,
    NoAnswer,
    first_answer,
    once,
    until_arrived,
)
from modelus_bot.ui.answering.one_try import leave_once
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rendering import embed_of

__all__ = ["answer", "ask_here", "defer", "fail", "message_id", "show_form", "show_progress", "tell"]

UNKNOWN_MESSAGE = 10008
PRIVATE_KINDS = (discord.InteractionType.component, discord.InteractionType.modal_submit)
"""Interactions whose answer stands in a message that was there before."""
KEY = "answering"

R = TypeVar("R")


@dataclass(slots=True)
class _State:
    """What is known of the answer so far."""

    since: float
    begun: bool = False
    """A first answer has arrived, or may have."""
    thinking: bool = False
    """It says that the bot is thinking."""
    private: bool = False
    message_id: int | None = None


def _state(interaction: discord.Interaction[Any]) -> _State:
    if KEY not in interaction.extras:
        interaction.extras[KEY] = _State(time.monotonic())
    found: _State = interaction.extras[KEY]
    return found


async def defer(interaction: discord.Interaction[Any], *, private: bool = False) -> None:
    """Say that the bot is at work: as “thinking…” under a command, silently under a button or a form.

    Raises ``NoAnswer``, before which nothing may be begun.
    """
    state = _state(interaction)
    if state.begun:
        return
    command = interaction.type not in PRIVATE_KINDS
    state.private = private
    try:
        said, arrived = await first_answer(lambda: interaction.response.defer(ephemeral=private))
    except NoAnswer as none:
        state.begun, state.thinking = none.unclear, none.unclear and command
        raise
    state.begun, state.thinking = True, command
    if said is not None:
        state.message_id = said.message_id
    elif not arrived and command:
        await _find_original(interaction, state)


async def answer(
    interaction: discord.Interaction[Any],
    card: Card,
    *,
    view: discord.ui.View | None = None,
    picture: Callable[[], discord.File] | None = None,
    files: Callable[[], Sequence[discord.File]] | None = None,
    private: bool = False,
) -> None:
    """Show a card as the answer: in place of “thinking…”, or of the message whose button was pressed.

    Tried until it is known to have arrived; as it replaces, it never stands there twice. ``private`` counts
    where nothing was said before. ``picture`` and ``files`` make the files for each try. Raises what the last
    try raised.
    """
    state = _state(interaction)
    if not state.begun:
        await _answer_first(interaction, state, card, private=private)
        return
    drawn = embed_of(card)
    try:
        message = await _later(interaction, lambda: _replace(interaction, drawn, view, picture, files))
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        await tell(interaction, card)
        return
    state.thinking = False
    state.message_id = message.id


async def tell(
    interaction: discord.Interaction[Any],
    card: Card,
    *,
    again: bool = False,
    file: Callable[[], discord.File] | None = None,
) -> None:
    """Say something privately beside the answer.

    Discord cannot be asked whether it arrived, so what may have arrived is sent once more only if it does no
    harm ``again``. ``file`` is made for each try, and stands beside what is not the first answer. Raises what
    the last try raised.
    """
    if not _state(interaction).begun:
        await _answer_first(interaction, _state(interaction), card, private=True)
        return
    drawn = embed_of(card)
    repeat = None if again else once

    async def send() -> None:
        made = discord.utils.MISSING if file is None else file()
        await interaction.followup.send(embed=drawn, ephemeral=True, file=made)

    await _later(interaction, send, repeat=repeat)


async def ask_here(
    interaction: discord.Interaction[Any],
    card: Card,
    view: discord.ui.View | None = None,
    *,
    private: bool,
) -> discord.Message:
    """Put a message beside the answer, with buttons or to be changed later, and return it.

    Raises what the last try raised.
    """
    buttons = discord.utils.MISSING if view is None else view
    drawn = embed_of(card)

    async def send() -> discord.Message:
        return await interaction.followup.send(embed=drawn, view=buttons, ephemeral=private, wait=True)

    return await _later(interaction, send, repeat=once)


async def fail(interaction: discord.Interaction[Any], card: Card) -> None:
    """Say privately what went wrong, also where everybody sees that the bot is thinking.

    The first answer to a public “thinking…” is public whatever it says, so that one is ended and removed.
    """
    state = _state(interaction)
    if state.thinking and state.private:
        await answer(interaction, card)
        return
    if state.thinking:
        await _stop_thinking(interaction)
        state.thinking = False
    await tell(interaction, card, again=True)


async def show_form(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Open a form as the first answer; raises ``NoAnswer``."""
    _state(interaction).begun = True
    await first_answer(lambda: interaction.response.send_modal(form))


async def show_progress(interaction: discord.Interaction[Any], card: Card) -> None:
    """Show how far long work is, in the message that will hold its answer; what fails is left."""
    leave_once()
    try:
        async with asyncio.timeout(LATER_TRY):
            await interaction.edit_original_response(embed=embed_of(card))
    except FAILURES as error:
        logger.bind(error=in_words(error)).info("progress_not_shown")
    else:
        _state(interaction).thinking = False


def message_id(interaction: discord.Interaction[Any]) -> int | None:
    """Return the number of the message that holds the answer, as far as Discord has said it."""
    return _state(interaction).message_id


async def _answer_first(
    interaction: discord.Interaction[Any], state: _State, card: Card, *, private: bool
) -> None:
    state.begun = True
    drawn = embed_of(card)
    await first_answer(lambda: interaction.response.send_message(embed=drawn, ephemeral=private))


async def _replace(
    interaction: discord.Interaction[Any],
    drawn: discord.Embed,
    view: discord.ui.View | None,
    picture: Callable[[], discord.File] | None,
    files: Callable[[], Sequence[discord.File]] | None,
) -> discord.InteractionMessage:
    made = [*([picture()] if picture is not None else ()), *(files() if files is not None else ())]
    attached = made or discord.utils.MISSING
    return await interaction.edit_original_response(embed=drawn, view=view, attachments=attached)


async def _later(
    interaction: discord.Interaction[Any],
    send: Callable[[], Awaitable[R]],
    *,
    repeat: Callable[[BaseException], bool] | None = None,
) -> R:
    more = {} if repeat is None else {"repeat": repeat}
    return await until_arrived(send, _state(interaction).since, interaction.client.is_closed, **more)


async def _stop_thinking(interaction: discord.Interaction[Any]) -> None:
    """End a public “thinking…” and remove it."""
    await _later(interaction, lambda: interaction.edit_original_response(content="…"))
    try:
        await _later(interaction, interaction.delete_original_response)
    except discord.NotFound:
        logger.bind(interaction=interaction.id).debug("answer_gone_already")


async def _find_original(interaction: discord.Interaction[Any], state: _State) -> None:
    """Learn which message holds the answer, where the word of it was lost."""
    try:
        state.message_id = (await _later(interaction, interaction.original_response)).id
    except FAILURES as error:
        logger.bind(interaction=interaction.id, error=in_words(error)).info("answer_not_found")
