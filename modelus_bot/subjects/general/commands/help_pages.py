"""What /help shows: the subjects first, then the commands of one, each for whoever may use them."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import Standing
from modelus_bot.subjects.people.queries import standing_of
from modelus_bot.ui import embeds
from modelus_bot.ui.commands.needs import AnyCommand, commands_of, may_use
from modelus_bot.ui.paginator import PageButton, PagedList, pages_of

__all__ = ["HELP", "SUBJECTS", "Subject", "subject_of"]

HELP = "help"
FEW = 10
"""Commands that are listed at once; more are shown subject by subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What several commands are about: its ``key`` in buttons, its name, a sentence, and the groups."""

    key: str
    name: str
    about: str
    groups: tuple[str, ...]


SUBJECTS = (
    Subject("duty", "On duty", "who is on duty, your own turns, and the note for the next one", ("oncall",)),
    Subject("covers", "Covers", "letting somebody else take a turn, and deciding about it", ("cover",)),
    Subject("sprints", "Sprints", "which sprints there are, and planning them", ("sprint",)),
    Subject("rosters", "Rosters", "who takes turns, in which order, and who is away", ("roster",)),
    Subject("people", "People", "what the bot knows of somebody, and staff roles", ("member",)),
    Subject("history", "History", "who changed what", ("audit",)),
    Subject(
        "database",
        "Database",
        "how it is doing, its backups and its file",
        ("dbhealth", "backup", "database"),
    ),
    Subject("bot", "The bot", "what it is, and what you can do with it", ("about", "help", "ping")),
)


def subject_of(command: AnyCommand) -> Subject:
    """Return what a command is about; raises ``KeyError`` for one that has no subject."""
    group = command.qualified_name.partition(" ")[0]
    for one in SUBJECTS:
        if group in one.groups:
            return one
    raise KeyError(group)


@pages_of(HELP)
async def _draw(listing: PagedList) -> tuple[discord.Embed, bool]:
    """Draw the subjects, or the commands of the one that the listing's argument names."""
    standing = await _standing(listing)
    usable = [
        one
        for one in commands_of(listing.bot.tree)
        if standing is None or may_use(standing, one.qualified_name)
    ]
    of = {
        subject: found
        for subject in SUBJECTS
        if (found := [one for one in usable if subject_of(one) is subject])
    }
    chosen = next((one for one in of if one.key == listing.argument), None)
    if len(usable) > FEW:
        listing.items = [PageButton(HELP, one.key, 0, one.name, disabled=one is chosen) for one in of]
    if chosen is not None:
        card = _commands(chosen, of[chosen])
    else:
        card = _subjects(of) if len(usable) > FEW else _everything(of)
    if standing is None:
        card.set_footer(text="The database is unavailable, so every command is listed.")
    return card, False


def _subjects(of: dict[Subject, list[AnyCommand]]) -> discord.Embed:
    lines = [f"**{one.name}** ({len(found)}): {one.about}" for one, found in of.items()]
    text = "\n".join(lines)
    return embeds.info(
        "What you can do here",
        f"{text}\n\nPress a subject to see its commands; `/help topic:` explains one of them.",
    )


def _everything(of: dict[Subject, list[AnyCommand]]) -> discord.Embed:
    parts = [f"**{one.name}**\n{_lines(found)}" for one, found in of.items()]
    return embeds.info("What you can do here", "\n\n".join(parts))


def _commands(subject: Subject, found: list[AnyCommand]) -> discord.Embed:
    return embeds.info(f"What you can do here: {subject.name}", _lines(found))


def _lines(found: list[AnyCommand]) -> str:
    return "\n".join(f"`/{one.qualified_name}` — {one.description}" for one in found)


async def _standing(listing: PagedList) -> Standing | None:
    try:
        return await listing.bot.db.read(standing_of, listing.viewer)
    except DatabaseError:
        return None
