"""ErrorHandler: the single place where an exception becomes a reply.

The sentences about failures of the database are the database's own (``core.error_types``), those of refusals
stand where they are raised, those of the schema's rules with their subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import discord
from discord import app_commands
from loguru import logger
from pydantic import ValidationError

from modelus_bot.database import (
    ConstraintViolated,
    DatabaseError,
    OutcomeUnknown,
    WriteDeferred,
    change_begun,
    new_reference,
)
from modelus_bot.domain.refusals import NotAllowed, Refusal
from modelus_bot.domain.sentences import sentence_for, validation_sentence
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.answering import FAILURES, NoAnswer
from modelus_bot.ui.cards import Card

if TYPE_CHECKING:
    from discord.abc import Snowflake

__all__ = ["ErrorHandler", "Reply", "reply_for"]

GENERAL = (
    "Something went wrong on our side, and it is not certain how far it got. Look before you try again;"
    " if it happens again, tell an administrator the reference below."
)
NOT_CHANGED = (
    "Something went wrong on our side. Nothing was changed: please try again. If it happens again, tell an"
    " administrator the reference below."
)
NOT_SHOWN = (
    "Discord did not take part of the answer. What you asked for may have been saved already:"
    " look before you try again."
)
NOTHING_SHOWN = "Discord did not take the answer. Nothing was changed: please try again."


class Reply:
    """What a person reads: a title, a sentence, and the reference code if there is one in the log.

    ``bad`` is false for what is no failure.
    """

    __slots__ = ("bad", "reference", "sentence", "title")

    def __init__(self, title: str, sentence: str, reference: str | None = None, *, bad: bool = True) -> None:
        """Keep the parts."""
        self.bad = bad
        self.title = title
        self.sentence = sentence
        self.reference = reference

    def card(self) -> Card:
        """Return the card that shows it."""
        make = cards.failure if self.bad else cards.warning
        card = make(self.title, self.sentence)
        if self.reference is not None:
            card = card.with_footer(f"Reference {self.reference}")
        return card


def reply_for(error: BaseException) -> Reply:
    """Decide what a person reads about an exception; whether the task had begun a change decides, too."""
    cause = _cause(error)
    if isinstance(cause, Refusal):
        return Reply("Not allowed" if isinstance(cause, NotAllowed) else "That did not work", str(cause))
    if isinstance(cause, WriteDeferred):
        return Reply("Saved for later", cause.sentence, bad=False)
    if isinstance(cause, ConstraintViolated):
        return Reply("That did not work", sentence_for(cause), cause.reference)
    if isinstance(cause, OutcomeUnknown):
        return Reply("Not certain", cause.user_message, cause.reference)
    if isinstance(cause, DatabaseError):
        return Reply("Not done", cause.user_message, cause.reference)
    if isinstance(cause, ValidationError):
        return Reply("That did not work", validation_sentence(cause))
    begun = change_begun.get()
    if isinstance(cause, discord.HTTPException | aiohttp.ClientError | NoAnswer):
        return Reply("Discord is having trouble", NOT_SHOWN if begun else NOTHING_SHOWN, new_reference())
    return _discord_reply(cause) or Reply(
        "Something went wrong", GENERAL if begun else NOT_CHANGED, new_reference()
    )


def _discord_reply(cause: BaseException) -> Reply | None:
    """Decide about what discord.py itself raises."""
    if isinstance(cause, app_commands.CommandOnCooldown):
        return Reply("Too fast", f"Please wait {cause.retry_after:.0f} seconds and try again.")
    if isinstance(cause, app_commands.MissingPermissions | app_commands.CheckFailure):
        return Reply("Not allowed", "You may not use this command here.")
    if isinstance(cause, app_commands.TransformerError):
        return Reply(
            "That did not work",
            f"“{plain(str(cause.value)[:80])}” cannot be used here. Pick one from the list.",
        )
    if isinstance(cause, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return Reply("The commands have changed", "Please restart Discord (Ctrl+R) and try again.")
    return None


def _nobody_listens(interaction: discord.Interaction, cause: BaseException) -> bool:
    """Say whether an answer has nowhere to go: none was taken, or only suggestions were wanted."""
    if isinstance(cause, NoAnswer):
        return not cause.unclear
    failed = isinstance(cause, FAILURES)
    return failed and interaction.type is discord.InteractionType.autocomplete


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    return error


class ErrorHandler:
    """Answers people when something fails, and leaves what operators need in the log."""

    async def on_tree_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Handle what a slash command raised."""
        await self.handle(interaction, error)

    async def handle(self, interaction: discord.Interaction, error: BaseException) -> None:
        """Reply privately with the sentence; log what is not an ordinary refusal."""
        cause = _cause(error)
        if _nobody_listens(interaction, cause):
            logger.bind(interaction=interaction.id, error=str(cause)).info("interaction_not_answerable")
            return
        reply = reply_for(error)
        self._log(interaction, cause, reply)
        try:
            await answering.fail(interaction, reply.card())
        except (*FAILURES, NoAnswer) as failed:
            logger.bind(reference=reply.reference, error=in_words(failed)).warning("reply_not_delivered")

    def _log(self, interaction: discord.Interaction, cause: BaseException, reply: Reply) -> None:
        user: Snowflake = interaction.user
        command = interaction.command.qualified_name if interaction.command is not None else None
        log = logger.bind(
            reference=reply.reference, command=command, actor=user.id, interaction=interaction.id
        )
        if isinstance(cause, Refusal):
            log.bind(rule=cause.rule).info("refused")
        elif isinstance(cause, WriteDeferred):
            log.bind(number=cause.number).info("change_deferred")
        elif isinstance(cause, DatabaseError):
            log.bind(error_type=cause.error_type.value, detail=cause.detail).warning("command_failed")
        elif isinstance(cause, ValidationError):
            log.info("invalid_input")
        else:
            log.opt(exception=cause).error("command_fault")
