"""A restore is decided by a second administrator, where there is one, within ten minutes.

What was asked is kept in the database, so that the buttons work after the bot was restarted, too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import discord
from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.database.administration import RestorePlan
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.questions import AskQuestion, CloseQuestion
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.backups.cards import plan_card, restored_card
from modelus_bot.subjects.backups.commands.asking import (
    administrators,
    asked_card,
    nobody_reached_card,
    note_places,
    post_question,
    recall_places,
    tell_everywhere,
)
from modelus_bot.subjects.backups.commands.order import RestoreOrder, prepared
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.notice import begin
from modelus_bot.ui.open_questions import OpenQuestion
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["RestoreButton", "ask_for_approval"]

KIND = "restore"
TIMEOUT = 600
SILENCE = "Nobody decided within ten minutes, so the database was not changed."
UNKNOWN = "This question is not known any more, or was decided already. Run the command again."


class RestoreButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"restore:(?P<answer>yes|no):(?P<id>\d{1,20})"
):
    """Restores or leaves everything as it is, for an administrator who is not the one who asked."""

    def __init__(self, answer: str, question_id: int) -> None:
        """Answer question number ``question_id`` with ``yes`` or ``no``."""
        label, style = "Restore", discord.ButtonStyle.danger
        if answer == "no":
            label, style = "Cancel", discord.ButtonStyle.secondary
        custom_id = f"restore:{answer}:{question_id}"
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
        """Answer at once, then let only administrators decide: asking who is one may take a while."""
        bot: ModelUsBot = interaction.client
        await answering.defer(interaction)
        one = await bot.questions.find(bot, self.question_id)
        if one is None or one.question.kind != KIND:
            await answering.answer(interaction, cards.info("Closed", UNKNOWN))
            return
        order = RestoreOrder.model_validate_json(one.question.change)
        await _require_admin(bot, interaction, order)
        if self.yes and interaction.user.id == one.question.asked and not order.alone:
            card = cards.failure("Not allowed", "Another administrator has to decide about this.")
            await answering.tell(interaction, card)
        elif one.take(yes=self.yes):
            news = one.said is None
            try:
                await recall_places(bot, one)
                card = await _settled(bot, interaction, one, order)
            finally:
                one.release()
            works = [answering.answer(interaction, card)]
            works += [tell_everywhere(bot, one, card, by=interaction)] if news else []
            await answering.together(*works)


async def _require_admin(bot: ModelUsBot, interaction: discord.Interaction[Any], order: RestoreOrder) -> None:
    """Let only administrators decide; in direct messages Discord does not say who manages the server."""
    guild = bot.get_guild(order.guild) if order.guild is not None else None
    if interaction.guild_id is None and guild is not None:
        known, _ = await administrators(bot, guild)
        if interaction.user.id in known:
            return
    context = bot.context(interaction)
    await require_admin(bot, Viewer(interaction.user.id, context.discord_admin))


async def _settled(
    bot: ModelUsBot, interaction: discord.Interaction[Any], question: OpenQuestion, order: RestoreOrder
) -> Card:
    """Do what the press that was taken says, once, and return the card that says what came of it."""
    if question.standing == "cancelling":
        await _note_decision(bot, interaction, question)
        who = plain(interaction.user.display_name)
        question.settle("closed", cards.info("Cancelled", f"{who} decided that the database stays as it is."))
    if question.said is not None:
        return question.said
    if question.standing != "open":
        card = cards.info("Closed", SILENCE if question.standing == "closed" else UNKNOWN)
        question.settle(question.standing, card)
        return card
    try:
        card = await _restored(bot, interaction, question, order)
        question.settle("done", card)
    except Refusal as refusal:
        card = reply_for(refusal).card()
        question.settle("closed", card)
        logger.bind(actor=interaction.user.id, rule=refusal.rule).info("refused")
    return card


async def _restored(
    bot: ModelUsBot, interaction: discord.Interaction[Any], question: OpenQuestion, order: RestoreOrder
) -> Card:
    """Replace the database by the state that was shown."""
    restores, plan = await prepared(bot, order)
    await _note_decision(bot, interaction, question)
    done = await restores.apply(plan.token)
    logger.bind(asked_by=question.question.asked, decided_by=interaction.user.id, source=plan.source).warning(
        "restore_decided"
    )
    return restored_card(done)


async def _note_decision(
    bot: ModelUsBot, interaction: discord.Interaction[Any], question: OpenQuestion
) -> None:
    """Note that it was decided, also in the copy that undoes it: one question never restores twice."""
    context = bot.context(interaction).numbered(str(question.question.id))
    try:
        await bot.db.write(CloseQuestion(), context)
    except DatabaseError as error:
        logger.bind(question=question.question.id, detail=error.detail).info("decision_not_noted")


class _Buttons(discord.ui.View):
    """The two buttons; silence closes the question wherever it is told of."""

    def __init__(self, bot: ModelUsBot, question_id: int) -> None:
        super().__init__(timeout=TIMEOUT)
        self._bot, self._question = bot, question_id
        self.add_item(RestoreButton("yes", question_id))
        self.add_item(RestoreButton("no", question_id))

    async def on_timeout(self) -> None:
        one = self._bot.questions.known(self._question)
        if one is not None and self._bot.questions.close(self._question):
            begin(self._bot.db)
            await tell_everywhere(self._bot, one, cards.info("Closed", SILENCE))


async def ask_for_approval(
    bot: ModelUsBot, interaction: discord.Interaction, plan: RestorePlan, reason: str
) -> None:
    """Put the question where administrators read: to the asker alone, in the alert channel, or to each.

    In the channel where the command was used only the one who asked reads of it.
    """
    others = await _others(bot, interaction)
    alone = others is not None and not others
    one = await _kept(bot, interaction, RestoreOrder.of(plan, interaction.guild_id, alone=alone), reason)
    view = _Buttons(bot, interaction.id)
    card = _question_card(plan, plain(interaction.user.display_name), reason, others)
    if alone:
        one.show(await answering.ask_here(interaction, card, view, private=True))
        return
    questions, pointers = await post_question(bot, interaction.id, others or (), card, view)
    if not questions:
        view.stop()
        bot.questions.close(interaction.id)
        await answering.tell(interaction, nobody_reached_card())
        return
    one.show(*questions, *pointers)
    await note_places(bot, one, bot.context(interaction))
    one.show(await answering.ask_here(interaction, asked_card(questions), private=True))
    if one.said is not None:  # somebody was quicker
        await tell_everywhere(bot, one, one.said)


async def _kept(
    bot: ModelUsBot, interaction: discord.Interaction, order: RestoreOrder, reason: str
) -> OpenQuestion:
    """Keep the question before anybody can answer it."""
    write = AskQuestion(
        id=interaction.id, kind=KIND, operation="", change=order.model_dump_json(), patience=TIMEOUT
    )
    return await bot.questions.keep(bot, write, bot.context(interaction, reason))


def _question_card(plan: RestorePlan, asker: str, reason: str, others: set[int] | None) -> Card:
    card = replace(plan_card(plan), title="Restore the database?")
    card = card.with_field("Asked by", f"{asker}: {plain(cards.clip(reason, 300))}")
    return card.with_footer(
        f"{_who_decides(others)} Within ten minutes. The present state is backed up first, so this can"
        " be undone."
    )


def _who_decides(others: set[int] | None) -> str:
    if others is None:
        return (
            "It cannot be seen at the moment who else is an administrator, so another one has to decide;"
            " on the bot's machine “modelus-bot backup restore” does it without."
        )
    return "Another administrator decides." if others else "You are the only administrator, so you decide."


async def _others(bot: ModelUsBot, interaction: discord.Interaction) -> set[int] | None:
    """Return who else may decide: by role, by the settings, by what Discord lets them do.

    None when nobody else was found and the administrators of the database could not be read.
    """
    known, read = await administrators(bot, interaction.guild)
    others = known - {interaction.user.id}
    return others if others or read else None
