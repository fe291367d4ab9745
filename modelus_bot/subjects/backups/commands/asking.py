"""Where the question about a restore is told of: only where administrators read it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.database import Context, DatabaseError
from modelus_bot.domain.questions import NoteMessages, kept_messages, request_of
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.people.queries import members
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.open_questions import OpenQuestion
from modelus_bot.ui.sending import channel_of, rewrite, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = [
    "administrators",
    "asked_card",
    "nobody_reached_card",
    "note_places",
    "post_question",
    "recall_places",
    "tell_everywhere",
]

TIMEOUT = 10.0
"""Seconds that asking for the channel, or rewriting one message, may take."""


async def administrators(bot: ModelUsBot, guild: discord.Guild | None) -> tuple[set[int], bool]:
    """Return who may decide by role, by the settings or by Discord, and whether the roles could be read."""
    known = set(bot.settings.server.admin_ids)
    if guild is not None:
        known |= _managing(guild)
    try:
        known |= {member.discord_id for member in await bot.db.read(members) if member.role == "admin"}
    except DatabaseError as error:
        logger.bind(error=error.detail).info("admins_not_read")
        return known, False
    return known, True


async def post_question(
    bot: ModelUsBot, number: int, people: Iterable[int], card: Card, view: discord.ui.View
) -> tuple[list[discord.Message], list[discord.Message]]:
    """Post a question in the alert channel and tell ``people`` of it; return where it is, and who was told.

    Without a channel that takes it the question itself goes to each of them by direct message. Both lists
    are empty when nobody was reached; ``number`` is the interaction's, so that nothing is taken twice.
    """
    channel = bot.settings.server.alert_channel_id
    posted = await _sent(bot, channel, number, card, view) if channel is not None else None
    told = cards.warning("Restore the database?", _pointer(posted)) if posted is not None else card
    sent = await asyncio.gather(
        *(
            _sent(bot, person, number, told, None if posted else view, person=True)
            for person in sorted(people)
        )
    )
    reached = [item for item in sent if item is not None]
    return ([posted], reached) if posted is not None else (reached, [])


async def note_places(bot: ModelUsBot, question: OpenQuestion, context: Context) -> None:
    """Keep where a question stands and who was told of it, for a process that comes after this one."""
    places = tuple((message.channel.id, message.id) for message in question.shown)
    try:
        await bot.db.write(
            NoteMessages(messages=places), context.numbered(request_of(question.question.id, "messages"))
        )
    except DatabaseError as error:
        logger.bind(question=question.question.id, detail=error.detail).info("question_places_not_kept")


async def recall_places(bot: ModelUsBot, question: OpenQuestion) -> None:
    """Find out where a question of an earlier process is told of; a restored database does not know."""
    if question.asked_here or question.shown:
        return
    try:
        places = await bot.db.read(kept_messages, question.question.id)
    except DatabaseError as error:
        logger.bind(question=question.question.id, detail=error.detail).info("question_places_not_read")
        return
    question.show(
        *(bot.get_partial_messageable(channel).get_partial_message(message) for channel, message in places)
    )


async def tell_everywhere(
    bot: ModelUsBot, question: OpenQuestion, card: Card, *, by: discord.Interaction | None = None
) -> None:
    """Let every message that tells of a question say what became of it, but the one that ``by`` answers.

    What only the one who asked sees can be rewritten by the process that showed it alone; after a restart
    that person gets a direct message.
    """
    done = by.message.id if by is not None and by.message is not None else None
    works = [_rewritten(message, card) for message in question.shown if message.id != done]
    asker = question.question.asked
    if not question.asked_here and by is not None and by.user.id != asker:
        works.append(_told(bot, asker, question.question.id, card))
    await asyncio.gather(*works)


async def _told(bot: ModelUsBot, person: int, question: int, card: Card) -> None:
    await _sent(bot, person, question, card, None, person=True)


async def _rewritten(message: discord.PartialMessage, card: Card) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            await rewrite(message, card)
    except answering.FAILURES as error:
        logger.bind(message=message.id, error=in_words(error)).info("question_not_closed")


def asked_card(questions: list[discord.Message]) -> Card:
    """Return what the one who asked reads meanwhile."""
    first = questions[0]
    where = "by direct message" if first.guild is None else f"in <#{first.channel.id}>"
    return cards.info(
        "Asked",
        f"The other administrators were asked {where}; waiting for a second one. This message says what was"
        " decided. Nothing is changed before that.",
    )


def nobody_reached_card() -> Card:
    """Return what the one who asked reads when the question could not be put to anybody."""
    return cards.failure(
        "Nobody could be asked",
        "The other administrators take no direct messages from the bot, and there is no channel for alerts"
        " that it can write to. Nothing was changed. Set `server.alert_channel_id`, or use"
        " `modelus-bot backup restore` on the bot's machine.",
    )


def _pointer(question: discord.Message | None) -> str:
    link = question.jump_url if question is not None else ""
    return (
        "Another administrator asks to put the database back to an earlier state, and somebody else has to"
        f" decide within ten minutes: [look at the question]({link})."
    )


async def _sent(
    bot: ModelUsBot,
    number: int,
    request: int,
    card: Card,
    view: discord.ui.View | None,
    *,
    person: bool = False,
) -> discord.Message | None:
    """Send to one channel or person; who cannot be reached is logged."""
    try:
        target = await (
            bot.mailroom.open(bot, number) if person else channel_of(bot, number, seconds=TIMEOUT)
        )
        if target is None:
            logger.bind(channel=number).warning("alert_channel_unknown")
            return None
        return await send(target, key=f"restore:{request}:{number}", card=card, view=view)
    except answering.FAILURES as error:
        logger.bind(to=number, error=in_words(error)).warning("restore_question_not_delivered")
        return None


def _managing(guild: discord.Guild) -> set[int]:
    """Return the owner and everybody the bot knows who may manage the server; bots decide nothing."""
    found = {
        member.id
        for member in guild.members
        if not member.bot
        and (member.guild_permissions.administrator or member.guild_permissions.manage_guild)
    }
    return found if guild.owner_id is None else found | {guild.owner_id}
