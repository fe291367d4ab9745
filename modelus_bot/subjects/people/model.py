"""What the bot knows of a person."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.domain.fields import PLACEHOLDER_LIMIT

__all__ = ["BOT_ITSELF", "BOT_NAME", "ERASED_NAME", "Member", "MemberCard"]

BOT_ITSELF, BOT_NAME = PLACEHOLDER_LIMIT - 1, "Model US Bot"
"""Who does what the bot does by itself, where a row needs somebody: no account, so nothing is sent there."""

ERASED_NAME = "Erased member"
"""What stands in place of the name of somebody whose data was erased."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person: Discord id (or placeholder), name, staff role or None, time zone."""

    discord_id: int
    username: str
    role: str | None
    timezone: str
    is_active: bool

    @property
    def is_placeholder(self) -> bool:
        """True for somebody imported who still has to be linked to a Discord account."""
        return self.discord_id < PLACEHOLDER_LIMIT and self.discord_id != BOT_ITSELF


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member with the rosters they stand on and how many covers they gave and took."""

    member: Member
    disciplines: tuple[str, ...]
    covers_given: int
    covers_taken: int
