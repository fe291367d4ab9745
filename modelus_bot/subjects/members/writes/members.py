"""Staff roles, taking members out and bringing them back, and giving imported people their account."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT, MemberName, Reason, Snowflake, StaffRole
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.assignments.writes.cover_endings import end_covers
from modelus_bot.subjects.assignments.writes.rematerialising import check_expected, moves_of
from modelus_bot.subjects.members.model import MemberChange
from modelus_bot.subjects.people.model import Member
from modelus_bot.subjects.people.queries import (
    member,
    require_active_member,
)
from modelus_bot.subjects.people.writes import ensure_member
from modelus_bot.subjects.tasks.writes.assigning import give_back
from modelus_bot.text.escaping import plain

__all__ = ["DeactivateMember", "LinkMember", "ReactivateMember", "SetRole", "set_active"]


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
        tasks = give_back(tx, self.discord_id) if self.role is None else 0
        return MemberChange(known, _reload(tx, self.discord_id), tasks=tasks)


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
        return set_active(tx, before, False, self.expected)


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
        return set_active(tx, before, True, self.expected)


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
            raise InvalidInput(
                f"{plain(before.username)} already has a Discord account.", rule="member.linked"
            )
        if self.discord_id < PLACEHOLDER_LIMIT:
            raise InvalidInput("This is not a Discord account.", rule="member.placeholder")
        role = _make_room(tx, self.discord_id, self.placeholder_id)
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
UNION ALL SELECT 1 FROM nation_offices WHERE user_id = :id
UNION ALL SELECT 1 FROM laws WHERE author_id = :id
UNION ALL SELECT 1 FROM tasks WHERE :id IN (assigned_user_id, created_by)
LIMIT 1
"""


_CHOICES = """
UPDATE users SET (timezone, quiet_from, quiet_to) = (
    SELECT timezone, quiet_from, quiet_to FROM users WHERE discord_id = :account
) WHERE discord_id = :person
"""
_OWN_TABLES = (
    """
    INSERT INTO activity(channel_id, user_id, day, messages, last_at)
    SELECT channel_id, :person, day, messages, last_at FROM activity WHERE user_id = :account
    ON CONFLICT(channel_id, user_id, day) DO UPDATE SET
        messages = messages + excluded.messages, last_at = max(last_at, excluded.last_at)
    """,
    "DELETE FROM activity WHERE user_id = :account",
    "UPDATE OR REPLACE leaves SET user_id = :person WHERE user_id = :account",
    "UPDATE notifications SET user_id = :person WHERE user_id = :account",
    "UPDATE notification_prefs SET user_id = :person WHERE user_id = :account",
)


def _make_room(tx: Transaction, discord_id: int, placeholder_id: int) -> str | None:
    """Remove an empty row of the same account, returning the role it had.

    Inbox and choices of the account go to the person who gets it.
    """
    known = member(tx, discord_id)
    if known is None:
        return None
    if tx.fetch_one(_IN_USE, {"id": discord_id}) is not None:
        raise InvalidInput(
            f"{plain(known.username)} already stands on a roster, or has tasks, with this account."
            " Remove them there first, then link again.",
            rule="member.in_use",
        )
    for statement in (_CHOICES, *_OWN_TABLES):
        tx.execute(statement, {"account": discord_id, "person": placeholder_id})
    tx.execute("DELETE FROM current_holders WHERE user_id = ?", (discord_id,))
    tx.execute("DELETE FROM users WHERE discord_id = ?", (discord_id,))
    tx.audit("users", discord_id, "DELETE", old={"username": known.username, "role": known.role})
    return known.role


def set_active(tx: Transaction, before: Member, active: bool, expected: str | None) -> MemberChange:
    """Take somebody out or bring them back, and let turns move; raises ``Refusal`` unless as ``expected``."""

    def change() -> None:
        tx.execute(
            "UPDATE users SET is_active = ?, updated_at = ? WHERE discord_id = ?",
            (int(active), tx.context.at, before.discord_id),
        )
        tx.audit(
            "users", before.discord_id, "UPDATE", old={"is_active": not active}, new={"is_active": active}
        )
        if not active:
            end_covers(tx, before.discord_id)

    moves = moves_of(tx, change)
    digest = check_expected(moves, expected)
    tasks = give_back(tx, before.discord_id) if not active else 0
    return MemberChange(before, _reload(tx, before.discord_id), moves, digest, tasks)


def _reload(tx: Transaction, discord_id: int) -> Member:
    found = member(tx, discord_id)
    if found is None:
        raise NotFound("The member is gone.", rule="member.unknown")
    return found
