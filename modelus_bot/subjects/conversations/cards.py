"""What was found, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelus_bot.subjects.conversations.model import Hit, Sought
from modelus_bot.text.escaping import plain
from modelus_bot.text.searching import excerpt
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["found_card", "hit_line"]

TITLE_LIMIT = 60


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
