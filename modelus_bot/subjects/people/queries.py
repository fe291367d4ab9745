"""Finding people by id or name, and what staff may know of them."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, query, viewer_query
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.people.model import Member, MemberCard
from modelus_bot.text.escaping import plain

__all__ = ["member", "member_card", "members", "require_active_member", "search_members"]

_BY_ID = "SELECT discord_id, username, role, timezone, is_active FROM users WHERE discord_id = ?"


_BY_NAME = """
SELECT discord_id, username, role, timezone, is_active FROM users
WHERE is_active = 1 OR ? = 0 ORDER BY username, discord_id
"""


_SEARCH = """
SELECT discord_id, username, role, timezone, is_active FROM users
WHERE ? = '' OR instr(lower(username), lower(?)) > 0 ORDER BY username, discord_id LIMIT ?
"""


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


@viewer_query(kept=True, hot=True)
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
