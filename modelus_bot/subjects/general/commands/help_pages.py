"""What /help shows: the subjects first, then the commands of one, each for whoever may use them."""

from __future__ import annotations

from modelus_bot.database import DatabaseError
from modelus_bot.domain.permissions import Standing, standing_of
from modelus_bot.domain.subject import Topic, declared
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs import AnyCommand, commands_of, may_use
from modelus_bot.ui.paginator import PAGE, ListChoice, PagedList, menus_of, pages_of

__all__ = ["HELP"]

HELP = "help"
FEW = 10
"""Commands that are listed at once; more are shown subject by subject."""


@pages_of(HELP)
async def _draw(listing: PagedList) -> tuple[Card, bool]:
    """Draw the subjects, or the commands of the one that the listing's argument names."""
    standing = await _standing(listing)
    usable = [
        item
        for item in commands_of(listing.bot.tree)
        if standing is None or may_use(standing, item.qualified_name)
    ]
    of = {
        topic: found
        for topic in declared().topics
        if (found := [item for item in usable if declared().topic_of(item.qualified_name) is topic])
    }
    chosen = next((item for item in of if item.key == listing.argument), None)
    if len(usable) > FEW:
        offered = [
            ListChoice(item.key, f"{item.name} ({len(found)})", item.about) for item, found in of.items()
        ]
        listing.put_below(list(menus_of(HELP, offered, listing.argument, "Choose a subject")))
    more = False
    if chosen is not None:
        listing.end_at((len(of[chosen]) - 1) // PAGE)
        card, more = _commands(chosen, of[chosen], listing.page)
    else:
        card = _subjects(of) if len(usable) > FEW else _everything(of)
    if standing is None:
        card = card.with_footer("The database is unavailable, so every command is listed.")
    return card, more


def _subjects(of: dict[Topic, list[AnyCommand]]) -> Card:
    lines = [f"**{item.name}** ({len(found)}): {item.about}" for item, found in of.items()]
    text = "\n".join(lines)
    return cards.info(
        "What you can do here",
        f"{text}\n\nChoose a subject to see its commands; `/help topic:` explains one of them.",
    )


def _everything(of: dict[Topic, list[AnyCommand]]) -> Card:
    parts = [f"**{item.name}**\n{_lines(found)}" for item, found in of.items()]
    return cards.info("What you can do here", "\n\n".join(parts))


def _commands(topic: Topic, found: list[AnyCommand], page: int) -> tuple[Card, bool]:
    shown = found[page * PAGE : (page + 1) * PAGE]
    return cards.info(f"What you can do here: {topic.name}", _lines(shown)), len(found) > (page + 1) * PAGE


def _lines(found: list[AnyCommand]) -> str:
    return "\n".join(f"`/{item.qualified_name}` — {item.description}" for item in found)


async def _standing(listing: PagedList) -> Standing | None:
    try:
        return await listing.bot.db.read(standing_of, listing.viewer)
    except DatabaseError:
        return None
