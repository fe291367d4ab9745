"""Asking before something is done: only the asked person answers, once, and silence means no.

What would be done is kept with the question and found again by the button's id, so that a button works
after a restart, and again after an answer that did not arrive.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord
from loguru import logger

from modelus_bot.database import Context, Write, WriteDeferred
from modelus_bot.domain.questions import TIMEOUT, AskQuestion
from modelus_bot.domain.refusals import Refusal
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.notice import begin
from modelus_bot.ui.open_questions import OpenQuestion
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Ask", "ConfirmButton", "Confirmed", "ask", "confirmed"]

UNKNOWN = "This question is not known any more. Run the command again."
SILENCE = "Nobody answered within two minutes, so nothing was changed. Run the command again."


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: ``kind`` names what does it, ``change`` is what is done, ``label`` the button's."""

    kind: str
    card: Card
    label: str
    change: Write[Any] | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A question that was confirmed: who pressed, what is to be done, under which context."""

    bot: ModelUsBot
    interaction: discord.Interaction[Any]
    change: Any
    context: Context


Done = Callable[[Confirmed], Awaitable[Card]]
_KINDS: dict[str, tuple[dict[str, type[Write[Any]]], Done]] = {}


def confirmed(kind: str, *changes: type[Write[Any]]) -> Callable[[Done], Done]:
    """Register what does a kind of thing when it is confirmed; it returns the card for the question's place.

    It may be called again for the same question, under the same request id: then it says what was done.
    """

    def register(done: Done) -> Done:
        _KINDS[kind] = ({change.__name__: change for change in changes}, done)
        return done

    return register


class ConfirmButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"ask:(?P<answer>yes|no):(?P<id>\d{1,20})"
):
    """Confirms or cancels a question; everything it needs is kept under the question's number."""

    def __init__(
        self, answer: str, question_id: int, label: str = "Confirm", *, danger: bool = False
    ) -> None:
        """Answer question number ``question_id`` with ``yes`` or ``no``."""
        style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.success
        if answer == "no":
            label, style = "Cancel", discord.ButtonStyle.secondary
        custom_id = f"ask:{answer}:{question_id}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.yes, self.question_id = answer == "yes", question_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["answer"], int(match["id"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do it or close the question; of two presses the one that came first counts."""
        bot: ModelUsBot = interaction.client
        one = bot.questions.known(self.question_id)
        if one is None:
            await answering.defer(interaction)
            one = await bot.questions.find(bot, self.question_id)
        if one is None:
            await answering.answer(interaction, cards.info("Closed", UNKNOWN))
        elif one.question.asked != interaction.user.id:
            await answering.tell(interaction, _not_theirs())
        elif one.take(yes=self.yes):
            try:
                card = await _settled(bot, interaction, one)
            finally:
                one.release()
            await answering.answer(interaction, card)
        else:
            await answering.defer(interaction)


async def _settled(bot: ModelUsBot, interaction: discord.Interaction[Any], question: OpenQuestion) -> Card:
    """Do what the question that was taken is about, once, and return the card that says what came of it."""
    await answering.defer(interaction)
    if question.standing == "cancelling":
        question.settle("closed", cards.info("Cancelled", "Nothing was changed."))
    if question.said is not None:
        return question.said
    if question.standing == "closed":
        return cards.info("Closed", SILENCE)
    return await _do(bot, interaction, question)


async def _do(bot: ModelUsBot, interaction: discord.Interaction[Any], question: OpenQuestion) -> Card:
    """Do what was asked about and return the card; a refusal closes the question, a failure does not."""
    changes, done = _KINDS[question.question.kind]
    try:
        change = (
            changes[question.question.operation].model_validate_json(question.question.change)
            if changes
            else None
        )
        context = bot.context(interaction, question.question.reason).numbered(str(question.question.id))
        card = await done(Confirmed(bot, interaction, change, context))
        question.settle("done", card)
    except Refusal as refusal:
        card = reply_for(refusal).card()
        question.settle("closed", card)
        logger.bind(actor=interaction.user.id, rule=refusal.rule).info("refused")
    except WriteDeferred as deferred:
        card = reply_for(deferred).card()
        question.settle("done", card)
        logger.bind(actor=interaction.user.id, number=deferred.number).info("change_deferred")
    return card


class _Buttons(discord.ui.View):
    """A question's two buttons; silence closes it."""

    def __init__(self, interaction: discord.Interaction[Any], question: Ask) -> None:
        super().__init__(timeout=TIMEOUT)
        self._interaction = interaction
        self.add_item(ConfirmButton("yes", interaction.id, question.label, danger=question.danger))
        self.add_item(ConfirmButton("no", interaction.id))

    async def on_timeout(self) -> None:
        bot: ModelUsBot = self._interaction.client
        if not bot.questions.close(self._interaction.id):
            return
        begin(bot.db)
        try:
            await answering.answer(self._interaction, cards.info("Closed", SILENCE))
        except (*answering.FAILURES, answering.NoAnswer) as error:
            logger.bind(error=in_words(error)).info("question_not_closed")


async def ask(
    bot: ModelUsBot, interaction: discord.Interaction[Any], context: Context, question: Ask
) -> None:
    """Show a question under a deferred interaction; only the author of ``context`` answers it."""
    change = question.change
    write = AskQuestion(
        id=interaction.id,
        kind=question.kind,
        operation=type(change).__name__ if change is not None else "",
        change=change.model_dump_json() if change is not None else "",
    )
    await bot.questions.keep(bot, write, context)
    await answering.answer(interaction, question.card, view=_Buttons(interaction, question))


def _not_theirs() -> Card:
    return cards.failure("Not allowed", "This question is for somebody else.")
