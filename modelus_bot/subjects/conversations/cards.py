"""What was found, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelus_bot.subjects.conversations.model import Hit, Sought
from modelus_bot.subjects.conversations.rules import MARKS
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["excerpt", "found_card", "hit_line"]

CODES = "\ue000", "\ue001"
"""What stands for the marks of a hit while its text is made harmless."""
TITLE_LIMIT = 60
ROOM, BEFORE = 160, 60
"""Characters of an excerpt, and how many of them stand before the first hit."""


def found_card(
    hits: Sequence[Hit], wanted: Sought, names: Mapping[int, str], home: int | None, *, first: bool
) -> Card:
    """Return a page of what was found; ``home`` is the server in which threads are."""
    lines = [hit_line(hit, names, home) for hit in hits]
    empty = "Nothing was found. Try fewer words, or only the beginning of the last one."
    text = cards.lines(lines, empty=empty if first else "There is nothing more.")
    title = f"Found: {plain(cards.clip(wanted.text, TITLE_LIMIT))}"
    return cards.info(title, text).with_footer(_filters(wanted))


def hit_line(hit: Hit, names: Mapping[int, str], home: int | None) -> str:
    """Return a hit on two lines: the words around it; who said it, when, and about which item."""
    what = {"system": " (step)", "file": " (file)"}.get(hit.type, " (note)" if hit.internal else "")
    edited = ", edited" if hit.edited_at is not None else ""
    about = f"item {hit.item}, {plain(cards.clip(hit.title, TITLE_LIMIT))}"
    address = _address(hit, home)
    opened = f" · [open]({address})" if address is not None else ""
    said = f"{name_of(hit.sender_id, names)}{what}, {moment(hit.created_at)}{edited}"
    return f"▸ {excerpt(hit.excerpt)}\n{said} · {about}{opened}"


def excerpt(text: str) -> str:
    """Return the words around a hit, harmless, with the hits in bold."""
    for code in CODES:
        text = text.replace(code, " ")
    text = _window(text)
    for mark, code in zip(MARKS, CODES, strict=True):
        text = text.replace(mark, code)
    safe = plain(text)
    return safe.replace(CODES[1] + CODES[0], "").replace(CODES[0], "**").replace(CODES[1], "**")


def _window(text: str) -> str:
    """Return the part of an excerpt with its first hit, short enough for ten on a card, marks in pairs."""
    first = text.find(MARKS[0])
    begin = max(0, min(first - BEFORE, len(text) - ROOM))
    part = ("…" if begin else "") + text[begin : begin + ROOM] + ("…" if begin + ROOM < len(text) else "")
    return part + MARKS[1] * (part.count(MARKS[0]) - part.count(MARKS[1]))


def _filters(wanted: Sought) -> str:
    order = "newest first" if wanted.order == "newest" else "best first, among the newest 500"
    part = {"all": "", "talk": ", without notes", "notes": ", notes only"}[wanted.part]
    return f"{order}{part}".capitalize()


def _address(hit: Hit, home: int | None) -> str | None:
    """Return where it stands in Discord: the message, or its thread."""
    if home is None or hit.thread_id is None:
        return None
    thread = f"https://discord.com/channels/{home}/{hit.thread_id}"
    return f"{thread}/{hit.discord_message_id}" if hit.discord_message_id is not None else thread
