"""The board as a card: its columns side by side, and which cards are on it in short."""

from __future__ import annotations

from modelus_bot.subjects.tasks.cards.words import STATUSES, Words
from modelus_bot.subjects.tasks.model import BoardFilter, BoardPage, StaffTask
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.people import name_of

__all__ = ["board_card"]


def board_card(page: BoardPage, wanted: BoardFilter, words: Words) -> Card:
    """Return a page of the board."""
    card = cards.info("Board", filter_words(wanted, words))
    for part in page.parts:
        lines = [_line(found, words) for found in part.cards]
        text = cards.lines(lines, empty="—", limit=1000)
        card = card.with_field(f"{STATUSES[part.column]} ({part.count})", text, inline=True)
    return card


def filter_words(wanted: BoardFilter, words: Words) -> str:
    """Return in words which cards a board shows."""
    parts = []
    if wanted.user_id is not None:
        parts.append(f"of {name_of(wanted.user_id, words.names)}")
    if wanted.epic is not None:
        parts.append(f"epic {plain(wanted.epic)}")
    if wanted.discipline is not None:
        parts.append(f"discipline {words.value('discipline', wanted.discipline)}")
    shown = ", ".join(parts) or "every card that you may see"
    return f"Shows {shown}. The menus below move a card."


def _line(found: StaffTask, words: Words) -> str:
    who = f" — {words.value('user_id', found.user_id)}" if found.user_id is not None else ""
    mark = "⚠️ " if found.is_delayed else "❗ " if found.risk == "high" else ""
    part = f" {found.progress} %" if found.status == "in_progress" else ""
    return clip(f"**{found.id}** {mark}{plain(clip(found.title, 45))}{part}{who}", 115)
