"""What people read when the duty channel or a duty's role cannot be used, though their change is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.database import DatabaseError
from modelus_bot.gateway.places import trouble_with_duty_channel, trouble_with_role
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["not_shown_card", "role_line"]

TOLD = "Administrators are told."


def not_shown_card(bot: ModelUsBot) -> Card | None:
    """Return the card that says why the duty channel does not show a request; None when nothing is wrong."""
    trouble = trouble_with_duty_channel(bot.home, bot.settings.server)
    if trouble is None:
        return None
    text = f"Your request is saved. {plain(trouble.short)} {TOLD} Until then, let people know of it yourself."
    return cards.warning("Not shown in the duty channel", text)


async def role_line(bot: ModelUsBot, discipline: str) -> str:
    """Return a line that says why a discipline's role does not follow a change; empty when it does."""
    guild = bot.home
    if guild is None:
        return ""
    try:
        found = next((duty for duty in await bot.db.read(disciplines) if duty.key == discipline), None)
    except DatabaseError:
        return ""
    trouble = trouble_with_role(guild, guild.me, found.label, found.role_id) if found is not None else None
    return f"\n{plain(trouble.short)} {TOLD}" if trouble is not None else ""
