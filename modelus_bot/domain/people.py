"""People the bot knows: looking them up, and entering them by their Discord id."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.open_transaction import ReadTransaction, Row, Transaction
from modelus_bot.database.operation import query
from modelus_bot.domain.errors import NotFound
from modelus_bot.domain.permissions import Standing, Viewer, require_staff_viewer, standing
from modelus_bot.domain.types import PLACEHOLDER_LIMIT
from modelus_bot.escaping import plain

__all__ = [
    "Member",
    "MemberCard",
    "ensure_known",
    "ensure_member",
    "member",
    "member_card",
    "members",
    "require_active_member",
    "search_members",
    "standing_of",
]

_BY_ID = "SELECT discord_id, username, role, timezone, is_active FROM users WHERE discord_id = ?"
_BY_NAME = """
SELECT discord_id, username, role, timezone, is_active FROM users
WHERE is_active = 1 OR ? = 0 ORDER BY username, discord_id
"""
_UPSERT = """
INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, ?, ?)
ON CONFLICT(discord_id) DO UPDATE SET username = excluded.username, updated_at = excluded.updated_at
"""
_SEARCH = """
SELECT discord_id, username, role, timezone, is_active FROM users
WHERE ? = '' OR instr(lower(username), lower(?)) > 0 ORDER BY username, discord_id LIMIT ?
"""


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
        return self.discord_id < PLACEHOLDER_LIMIT


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member with the rosters they stand on and how many covers they gave and took."""

    member: Member
    disciplines: tuple[str, ...]
    covers_given: int
    covers_taken: int


def _member(row: Row) -> Member:
    return Member(row[0], row[1], row[2], row[3], bool(row[4]))


@query(kept=True, hot=True)
def member(tx: ReadTransaction, discord_id: int) -> Member | None:
    """Return a member, or None."""
    row = tx.fetch_one(_BY_ID, (discord_id,))
    return None if row is None else _member(row)


@query(kept=True, hot=True)
def members(tx: ReadTransaction, active_only: bool = True) -> tuple[Member, ...]:
    """Return the members by name."""
    rows = tx.fetch_all(_BY_NAME, (int(active_only),))
    return tuple(map(_member, rows))


@query(kept=True, hot=True)
def everybody(tx: ReadTransaction) -> dict[int, str]:
    """Return everybody's name by id, inactive people too."""
    return {row[0]: row[1] for row in tx.fetch_all("SELECT discord_id, username FROM users")}


@query(kept=True)
def search_members(tx: ReadTransaction, text: str, limit: int = 25) -> tuple[Member, ...]:
    """Return members whose name contains ``text``, whatever the case."""
    return tuple(map(_member, tx.fetch_all(_SEARCH, (text, text, limit))))


@query(kept=True, hot=True)
def standing_of(tx: ReadTransaction, viewer: Viewer) -> Standing:
    """Return what a member may do."""
    return standing(tx, viewer)


@query(kept=True, hot=True)
def member_card(tx: ReadTransaction, viewer: Viewer, discord_id: int) -> MemberCard:
    """Return what staff may know of a member; everybody may see their own."""
    if viewer.id != discord_id:
        require_staff_viewer(tx, viewer)
    found = member(tx, discord_id)
    if found is None:
        raise NotFound("The bot does not know this member yet.", rule="member.unknown")
    rosters = tx.fetch_all(
        "SELECT discipline FROM user_disciplines WHERE user_id = ? AND is_active = 1 ORDER BY discipline",
        (discord_id,),
    )
    given = tx.fetch_value(
        "SELECT count(*) FROM overrides WHERE replacement_id = ? AND status = 'approved'", (discord_id,)
    )
    taken = tx.fetch_value(
        "SELECT count(*) FROM overrides WHERE original_id = ? AND status = 'approved'", (discord_id,)
    )
    return MemberCard(found, tuple(row[0] for row in rosters), given, taken)


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


def require_active_member(tx: ReadTransaction, discord_id: int) -> Member:
    """Return an active member or raise ``NotFound``."""
    found = member(tx, discord_id)
    if found is None:
        raise NotFound(
            "The bot does not know this member yet. Add them with `/roster add` or `/member role`.",
            rule="member.unknown",
        )
    if not found.is_active:
        raise NotFound(
            f"{plain(found.username)} is deactivated. An administrator can use `/member reactivate` first.",
            rule="member.inactive",
        )
    return found
