"""The renderer: draws a card as Discord takes it; nothing else knows embeds or their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from modelus_bot.ui.cards import Card, CardField, CardSection, Link, Severity, Thumbnail, clip
from modelus_bot.ui.notice import present_line

__all__ = ["COLOURS", "LONGEST", "embed_of", "embeds_of", "has_foot"]

LONGEST = 4096
"""Characters that Discord takes in a card's text."""
TITLE, FOOTER, NAME, VALUE = 256, 2048, 256, 1024
"""Characters that it takes in the other parts."""
TOTAL = 6000
"""Characters that it takes in a whole card, and in all cards of a message."""
LEAST = 300
"""Characters that are left to each card that follows others in a message."""
SPARED = 100
"""Characters that a footer leaves to the text."""
FIELDS = 25
FEWEST = 40
"""Characters of a field's text below which it is rather left out."""
REST = 24
"""Characters kept for the words that say how many fields were left out."""
BLANK = "\u200b"
"""What Discord takes for nothing; it refuses empty fields."""
WEB, FILE = ("http://", "https://"), "attachment://"
BLUE, GREEN, AMBER, RED = 0x2F6FED, 0x2E9E5B, 0xD98E04, 0xC93A3A
COLOURS: dict[Severity, int] = {
    "info": BLUE,
    "success": GREEN,
    "warning": AMBER,
    "question": AMBER,
    "failure": RED,
}


def embeds_of(cards: Sequence[Card]) -> list[discord.Embed]:
    """Draw the cards of one message, at most ten, cut to what Discord takes in all of them."""
    drawn: list[discord.Embed] = []
    for number, card in enumerate(cards, 1):
        taken = sum(map(len, drawn))
        drawn.append(embed_of(card, TOTAL - taken - LEAST * (len(cards) - number)))
    return drawn


def embed_of(card: Card, total: int = TOTAL) -> discord.Embed:
    """Draw a card, cut to what Discord takes, with the line about the database while it is unwell."""
    title = clip(card.title.strip(), TITLE)
    footer = clip((card.footer or "").strip(), max(1, min(FOOTER, total - len(title) - SPARED)))
    fields = [*card.fields, *map(_as_field, card.sections)]
    left = total - len(title) - len(footer)
    text = _text(card.text, min(LONGEST, left - (REST if fields else 0)))
    if not (title or text or fields):
        text = BLANK
    drawn = discord.Embed(
        title=title or None,
        description=text or None,
        url=card.link if card.link is not None and card.link.startswith(WEB) else None,
        colour=COLOURS[card.severity],
        timestamp=card.at,
    )
    for field in _fitting(fields, left - len(text)):
        drawn.add_field(name=field.name, value=field.text, inline=field.inline)
    if footer:
        drawn.set_footer(text=footer)
    _add_pictures(drawn, card)
    return drawn


def has_foot(message: discord.Message, words: str) -> bool:
    """Say whether a message shows a card whose foot has some words."""
    return any(words in (drawn.footer.text or "") for drawn in message.embeds)


def _text(text: str, limit: int) -> str:
    """Return a card's text with the line about the database, which is never cut."""
    notice = present_line()
    if notice is None:
        return clip(text, limit) if text.strip() else ""
    return f"{clip(text, limit - len(notice) - 2)}\n\n{notice}" if text.strip() else notice


def _fitting(fields: Sequence[CardField], left: int) -> Iterator[CardField]:
    """Yield the fields that fit into ``left`` characters, the last one cut, or saying how many do not."""
    for number, field in enumerate(fields):
        rest = len(fields) - number - 1
        name, text = (clip(part, VALUE) if part.strip() else BLANK for part in (field.name, field.text))
        name = clip(name, NAME)
        room = left - len(name) - (REST if rest else 0)
        if room < min(len(text), FEWEST) or (rest and number == FIELDS - 1):
            yield CardField("…", f"and {rest + 1} more")
            return
        text = clip(text, room)
        left -= len(name) + len(text)
        yield CardField(name, text, field.inline)


def _as_field(section: CardSection) -> CardField:
    """Draw a section as a field, where a link stands below the text; pictures are drawn for the card."""
    link = section.beside if isinstance(section.beside, Link) else None
    words = f"[{link.label}]({link.address})" if link is not None else ""
    text = clip(section.text, max(1, VALUE - len(words) - 1))
    return CardField(section.name, "\n".join(part for part in (text, words) if part))


def _add_pictures(drawn: discord.Embed, card: Card) -> None:
    beside = [section.beside.address for section in card.sections if isinstance(section.beside, Thumbnail)]
    shown = [address for address in beside if address.startswith((*WEB, FILE))]
    if shown:
        drawn.set_thumbnail(url=shown[0])
    if card.picture is not None and card.picture.startswith((*WEB, FILE)):
        drawn.set_image(url=card.picture)
