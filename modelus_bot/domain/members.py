"""Members: people the bot knows, their staff role, and whether they are active."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.operation import ReadTransaction, Row, Transaction, Write, query
from modelus_bot.domain.assignments import check_expected, moves_of
from modelus_bot.domain.errors import InvalidInput, NotFound
from modelus_bot.domain.permissions import Standing, Viewer, require_admin, require_staff_viewer, standing
from modelus_bot.domain.rotation import Move
from modelus_bot.domain.types import PLACEHOLDER_LIMIT, MemberName, Reason, Snowflake, StaffRole

__all__ = [
    "DeactivateMember",
    "LinkMember",
    "Member",
    "MemberCard",
    "MemberChange",
    "ReactivateMember",
    "RegisterMember",
    "SetRole",
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


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A changed member, as before and after, and whose turns move because of it."""

    before: Member | None
    after: Member
    moves: tuple[Move, ...] = ()
    digest: str = ""


def _member(row: Row) -> Member:
    return Member(row[0], row[1], row[2], row[3], bool(row[4]))


@query
def member(tx: ReadTransaction, discord_id: int) -> Member | None:
    """Return a member, or None."""
    row = tx.fetch_one(_BY_ID, (discord_id,))
    return None if row is None else _member(row)


@query
def members(tx: ReadTransaction, active_only: bool = True) -> tuple[Member, ...]:
    """Return the members by name."""
    rows = tx.fetch_all(_BY_NAME, (int(active_only),))
    return tuple(map(_member, rows))


@query
def search_members(tx: ReadTransaction, text: str, limit: int = 25) -> tuple[Member, ...]:
    """Return members whose name contains ``text``, whatever the case."""
    return tuple(map(_member, tx.fetch_all(_SEARCH, (text, text, limit))))


@query
def standing_of(tx: ReadTransaction, viewer: Viewer) -> Standing:
    """Return what a member may do."""
    return standing(tx, viewer)


@query
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
            f"{found.username} is deactivated. An administrator can use `/member reactivate` first.",
            rule="member.inactive",
        )
    return found


class RegisterMember(Write[Member]):
    """Make a member known to the bot; repeating it changes nothing."""

    discord_id: Snowflake
    username: MemberName

    def apply(self, tx: Transaction) -> Member:
        """Upsert the member."""
        return ensure_member(tx, self.discord_id, self.username)


class SetRole(Write[MemberChange]):
    """Give a member a staff role, or take it away with None."""

    discord_id: Snowflake
    username: MemberName
    role: StaffRole | None

    def apply(self, tx: Transaction) -> MemberChange:
        """Upsert the member and set the role."""
        require_admin(tx)
        known = member(tx, self.discord_id)
        before = ensure_member(tx, self.discord_id, self.username)
        if before.role != self.role:
            tx.execute(
                "UPDATE users SET role = ?, updated_at = ? WHERE discord_id = ?",
                (self.role, tx.context.at, self.discord_id),
            )
            tx.audit("users", self.discord_id, "UPDATE", old={"role": before.role}, new={"role": self.role})
        return MemberChange(known, _reload(tx, self.discord_id))


class DeactivateMember(Write[MemberChange]):
    """Take a member out of everything without forgetting them; their turns pass to others."""

    discord_id: Snowflake
    reason: Reason
    expected: str | None = None

    def apply(self, tx: Transaction) -> MemberChange:
        """Clear the flag and rotate on."""
        require_admin(tx)
        before = require_active_member(tx, self.discord_id)
        if tx.context.actor == self.discord_id:
            raise InvalidInput(
                "You cannot deactivate yourself. Ask another administrator.", rule="member.self"
            )
        return _set_active(tx, before, False, self.expected)


class ReactivateMember(Write[MemberChange]):
    """Bring a deactivated member back, on the rosters they stood on."""

    discord_id: Snowflake
    expected: str | None = None

    def apply(self, tx: Transaction) -> MemberChange:
        """Set the flag and rotate anew."""
        require_admin(tx)
        before = member(tx, self.discord_id)
        if before is None:
            raise NotFound("The bot does not know this member.", rule="member.unknown")
        if before.is_active:
            return MemberChange(before, before)
        return _set_active(tx, before, True, self.expected)


class LinkMember(Write[MemberChange]):
    """Give somebody imported without a Discord account their account; all they hold goes with them."""

    placeholder_id: Snowflake
    discord_id: Snowflake
    username: MemberName

    def apply(self, tx: Transaction) -> MemberChange:
        """Change the id; the schema's foreign keys follow."""
        require_admin(tx)
        before = member(tx, self.placeholder_id)
        if before is None:
            raise NotFound("There is no imported person with this number.", rule="member.unknown")
        if not before.is_placeholder:
            raise InvalidInput(f"{before.username} already has a Discord account.", rule="member.linked")
        if self.discord_id < PLACEHOLDER_LIMIT:
            raise InvalidInput("This is not a Discord account.", rule="member.placeholder")
        role = _make_room(tx, self.discord_id)
        tx.execute(
            "UPDATE users SET discord_id = ?, username = ?, role = coalesce(?, role), updated_at = ?"
            " WHERE discord_id = ?",
            (self.discord_id, self.username, role, tx.context.at, self.placeholder_id),
        )
        tx.audit(
            "users",
            self.discord_id,
            "UPDATE",
            old={"discord_id": self.placeholder_id, "username": before.username},
            new={"discord_id": self.discord_id, "username": self.username},
        )
        return MemberChange(before, _reload(tx, self.discord_id))


_IN_USE = """
SELECT 1 FROM user_disciplines WHERE user_id = :id
UNION ALL SELECT 1 FROM assignments WHERE user_id = :id
UNION ALL SELECT 1 FROM overrides WHERE :id IN (requested_by, original_id, replacement_id, decided_by)
LIMIT 1
"""


def _make_room(tx: Transaction, discord_id: int) -> str | None:
    """Remove an empty row of the same account, returning the role it had."""
    known = member(tx, discord_id)
    if known is None:
        return None
    if tx.fetch_one(_IN_USE, {"id": discord_id}) is not None:
        raise InvalidInput(
            f"{known.username} already stands on a roster with this account."
            " Remove them there first, then link again.",
            rule="member.in_use",
        )
    tx.execute("DELETE FROM notifications WHERE user_id = ?", (discord_id,))
    tx.execute("DELETE FROM current_holders WHERE user_id = ?", (discord_id,))
    tx.execute("DELETE FROM users WHERE discord_id = ?", (discord_id,))
    tx.audit("users", discord_id, "DELETE", old={"username": known.username, "role": known.role})
    return known.role


def _set_active(tx: Transaction, before: Member, active: bool, expected: str | None) -> MemberChange:
    def change() -> None:
        tx.execute(
            "UPDATE users SET is_active = ?, updated_at = ? WHERE discord_id = ?",
            (int(active), tx.context.at, before.discord_id),
        )
        tx.audit(
            "users", before.discord_id, "UPDATE", old={"is_active": not active}, new={"is_active": active}
        )

    moves = moves_of(tx, change)
    digest = check_expected(moves, expected)
    return MemberChange(before, _reload(tx, before.discord_id), moves, digest)


def _reload(tx: Transaction, discord_id: int) -> Member:
    found = member(tx, discord_id)
    if found is None:
        raise NotFound("The member is gone.", rule="member.unknown")
    return found
