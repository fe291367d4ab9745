"""Who may do what: staff have a role, managers are project managers and admins, admins run the bot.

Every rule is checked here, inside the transaction, whatever Discord's own permissions hide or show.
The bot itself (a context without an actor) may do everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database import Context, ReadTransaction, Transaction, Viewer, query
from modelus_bot.domain.refusals import NotAllowed

__all__ = [
    "Viewer",
    "check_admin",
    "check_manager",
    "check_part",
    "check_staff",
    "is_admin",
    "is_manager",
    "is_staff",
    "require_actor",
    "require_admin",
    "require_admin_viewer",
    "require_manager",
    "require_staff",
    "require_staff_viewer",
    "standing",
    "standing_of",
]

_ROLE = "SELECT role FROM users WHERE discord_id = ? AND is_active = 1"
_ON_ROSTER = """
SELECT 1 FROM users AS u JOIN user_disciplines AS d ON d.user_id = u.discord_id
WHERE u.discord_id = ? AND u.is_active = 1 AND d.is_active = 1
"""
_CONCERNED = """
SELECT 1 FROM users AS u
JOIN overrides AS o ON u.discord_id IN (o.requested_by, o.original_id, o.replacement_id)
WHERE u.discord_id = ? AND u.is_active = 1 AND o.status IN ('open', 'taken')
"""
"""Statements without another inside, so that a viewer's connection answers them by their indexes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member may do: ``staff`` any role, ``manager`` approves, ``admin`` runs the bot.

    ``part`` has whoever is staff, on a roster, or concerned by a cover request that is not decided.
    """

    staff: bool
    manager: bool
    admin: bool
    part: bool = False


_EVERYTHING = Standing(staff=True, manager=True, admin=True, part=True)


def standing(tx: ReadTransaction, who: Viewer | Context) -> Standing:
    """Return what somebody may do, from their role and from Discord's permissions."""
    member = who.id if isinstance(who, Viewer) else who.actor
    if member is None or who.discord_admin:
        return _EVERYTHING
    role = tx.fetch_value(_ROLE, (member,))
    return Standing(
        staff=role is not None,
        manager=role in {"project_manager", "admin"},
        admin=role == "admin",
        part=role is not None or any(tx.fetch_one(sql, (member,)) for sql in (_ON_ROSTER, _CONCERNED)),
    )


def is_staff(tx: Transaction) -> bool:
    """Say whether the author has any staff role."""
    return standing(tx, tx.context).staff


def is_manager(tx: Transaction) -> bool:
    """Say whether the author is a project manager or an administrator."""
    return standing(tx, tx.context).manager


def is_admin(tx: Transaction) -> bool:
    """Say whether the author is an administrator."""
    return standing(tx, tx.context).admin


def require_actor(tx: Transaction) -> int:
    """Return the author's Discord id; the bot itself has none and is refused."""
    if tx.context.actor is None:
        raise NotAllowed("This can only be done by a member.", rule="actor")
    return tx.context.actor


def require_staff(tx: Transaction) -> None:
    """Raise ``NotAllowed`` unless the author is staff."""
    _require_staff(is_staff(tx))


def require_manager(tx: Transaction) -> None:
    """Raise ``NotAllowed`` unless the author is a project manager or an administrator."""
    _require_manager(is_manager(tx))


def require_admin(tx: Transaction) -> None:
    """Raise ``NotAllowed`` unless the author is an administrator."""
    _require_admin(is_admin(tx))


def require_staff_viewer(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer is staff."""
    _require_staff(standing(tx, viewer).staff)


@query(kept=True, hot=True)
def check_admin(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer is an administrator."""
    require_admin_viewer(tx, viewer)


@query(kept=True, hot=True)
def check_manager(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer is a project manager or an administrator."""
    _require_manager(standing(tx, viewer).manager)


@query(kept=True, hot=True)
def check_part(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer takes part in the rota: see ``Standing``."""
    if not standing(tx, viewer).part:
        raise NotAllowed(
            "Only staff and people on a roster can do this. A project manager can put you on one with"
            " `/roster add`.",
            rule="part",
        )


@query(kept=True, hot=True)
def check_staff(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer is staff; for commands that only show what staff may see."""
    require_staff_viewer(tx, viewer)


def require_admin_viewer(tx: ReadTransaction, viewer: Viewer) -> None:
    """Raise ``NotAllowed`` unless the viewer is an administrator."""
    _require_admin(standing(tx, viewer).admin)


def _require_staff(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed(
            "Only staff can do this. An administrator can give you a role with `/member role`.", rule="staff"
        )


def _require_manager(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed(
            "Only project managers and administrators can do this. Ask one of them.", rule="manager"
        )


def _require_admin(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed("Only administrators can do this. Ask one of them.", rule="admin")


@query(kept=True, hot=True)
def standing_of(tx: ReadTransaction, viewer: Viewer) -> Standing:
    """Return what a member may do."""
    return standing(tx, viewer)
