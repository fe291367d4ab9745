"""Making people known to the bot."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import MemberName, Snowflake
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.people.model import Member
from modelus_bot.subjects.people.queries import member

__all__ = ["RegisterMember", "ensure_known", "ensure_member"]

_UPSERT = """
INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, ?, ?)
ON CONFLICT(discord_id) DO UPDATE SET username = excluded.username, updated_at = excluded.updated_at
"""


def ensure_member(tx: Transaction, discord_id: int, username: str) -> Member:
    """Upsert a member by Discord id, keeping their role; the name follows Discord."""
    before = member(tx, discord_id)
    if before is not None and before.username == username:
        return before
    tx.execute(
        _UPSERT,
        (discord_id, username, tx.context.at, tx.context.at),
    )
    tx.audit(
        "users",
        discord_id,
        "INSERT" if before is None else "UPDATE",
        old=None if before is None else {"username": before.username},
        new={"username": username},
    )
    after = member(tx, discord_id)
    if after is None:
        raise NotFound("The member could not be registered.", rule="member.unknown")
    return after


def ensure_known(tx: Transaction, discord_id: int) -> None:
    """Enter somebody who acts without ever having been named; their name follows when it is known."""
    if member(tx, discord_id) is None:
        ensure_member(tx, discord_id, f"Member {discord_id}")


class RegisterMember(Write[Member]):
    """Make a member known to the bot; repeating it changes nothing."""

    discord_id: Snowflake
    username: MemberName

    def apply(self, tx: Transaction) -> Member:
        """Upsert the member."""
        return ensure_member(tx, self.discord_id, self.username)
