"""/member export and /member erase: what the bot keeps of somebody, as a file, and blanking it."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.assignments.cards import move_lines
from modelus_bot.subjects.members.model import Erased
from modelus_bot.subjects.members.queries import personal_rows
from modelus_bot.subjects.members.rules import archived, what_stays
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.sending import send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ask_to_erase", "export"]

LARGEST = 8 * 1024 * 1024
"""Bytes that Discord takes as one file from a bot, on any server, with room to spare."""


async def export(
    bot: ModelUsBot, interaction: discord.Interaction, viewer: Viewer, who: discord.Member | discord.User
) -> None:
    """Send who asked a file with everything that is kept of a person, by direct message if that is open."""
    rows = await bot.db.read(personal_rows, viewer, who.id)
    count = sum(len(found) for found in rows.values())
    asked = f"{datetime.fromtimestamp(bot.context(interaction).at, UTC):%Y-%m-%d %H:%M UTC}"
    content = await asyncio.to_thread(archived, rows, asked)
    if len(content) > LARGEST:
        text = "The file is larger than Discord takes. Ask whoever runs the bot for a report of your rows."
        await answering.answer(interaction, cards.failure("Too much for one file", text))
        return

    def file() -> discord.File:
        return discord.File(io.BytesIO(content), f"member-{who.id}.zip")

    about = f"{count} rows about {plain(who.display_name)} in {len(rows)} tables, as a zip of JSON files."
    try:
        place = await bot.mailroom.open(bot, interaction.user.id)
        words = "Everything the bot keeps of you." if who == interaction.user else about
        await send(place, key=f"export:{interaction.id}", content=words, files=(file,))
    except answering.FAILURES:
        text = f"{about}\nYour direct messages are closed, so the file is here; only you see it."
        await answering.answer(interaction, cards.success("Everything about you", text), picture=file)
        return
    await answering.answer(interaction, cards.success("Sent by direct message", about))


async def ask_to_erase(
    bot: ModelUsBot, interaction: discord.Interaction, who: discord.Member | discord.User
) -> None:
    """Show what would be blanked, what stays and whose turns move, and ask."""
    context = bot.context(interaction)
    write = EraseMember(discord_id=who.id)
    would = await bot.db.preview(write, context)
    same = write.model_copy(update={"expected": would.digest or None})
    names = await bot.db.read(everybody)
    title = f"Erase {plain(who.display_name)}?"
    own = interaction.user.id == who.id
    card = cards.question(
        title, f"{_words(would, names, 'Would be blanked', own=own)}\n\nThis cannot be undone."
    )
    await ask(bot, interaction, context, Ask("erase", card, "Erase", same, danger=True))


@confirmed("erase", EraseMember)
async def _erased(press: Confirmed) -> Card:
    """Blank what was asked for."""
    saved = await press.bot.db.write(press.change, press.context)
    names = await press.bot.db.read(everybody)
    own = press.context.actor == press.change.discord_id
    return cards.success("Erased", _words(saved, names, "Blanked", own=own))


def _words(erased: Erased, names: dict[int, str], heading: str, *, own: bool) -> str:
    words = declared().rows
    blanked = [f"{words.get(table, table)}: {count}" for table, count in erased.rows.items()]
    parts = [f"**{heading}**\n{cards.lines(blanked, empty='Nothing.', limit=800)}"]
    stays = "What stays, and why" if own else "What stays, and why, as the member reads it"
    parts.append(
        f"**{stays}**\n{cards.lines((f'- {item}' for item in what_stays()), empty='Nothing.', limit=1800)}"
    )
    if erased.moves:
        moves = cards.lines(move_lines(erased.moves, names), empty="", limit=1000)
        parts.append(f"**Who moves**\n{moves}")
    return "\n\n".join(parts)
