"""Embeds with one colour per severity, text that fits Discord's limits, and how the database is if unwell."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from modelus_bot.ui.notice import present_line

__all__ = ["clip", "failure", "info", "lines", "question", "success", "warning"]

LONGEST = 4096
"""Characters that Discord takes in a card's text."""
BLUE, GREEN, AMBER, RED = 0x2F6FED, 0x2E9E5B, 0xD98E04, 0xC93A3A


def info(title: str, text: str = "") -> discord.Embed:
    """Return a card that states facts."""
    return _card(title, text, BLUE)


def success(title: str, text: str = "") -> discord.Embed:
    """Return a card that says what was saved."""
    return _card(title, text, GREEN)


def warning(title: str, text: str = "") -> discord.Embed:
    """Return a card that says what needs attention."""
    return _card(title, text, AMBER)


def question(title: str, text: str = "") -> discord.Embed:
    """Return a card that asks before something is done."""
    return _card(title, text, AMBER)


def failure(title: str, text: str = "") -> discord.Embed:
    """Return a card that says what could not be done."""
    return _card(title, text, RED)


def lines(items: Iterable[str], *, empty: str, limit: int = 4000) -> str:
    """Join lines up to ``limit`` characters, saying how many were left out, or return ``empty``."""
    kept: list[str] = []
    left = list(items)
    length = 0
    for number, item in enumerate(left):
        if length + len(item) > limit:
            kept.append(f"… and {len(left) - number} more")
            break
        kept.append(item)
        length += len(item) + 1
    return "\n".join(kept) or empty


def clip(text: str, limit: int) -> str:
    """Shorten text to ``limit`` characters, marking the cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _card(title: str, text: str, colour: int) -> discord.Embed:
    notice = present_line()
    if notice is not None:
        text = f"{clip(text, LONGEST - len(notice) - 2)}\n\n{notice}" if text else notice
    return discord.Embed(title=clip(title, 256), description=clip(text, LONGEST) or None, colour=colour)
