"""Finding a law that the author may change, as it was shown to them."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import is_admin, require_actor
from modelus_bot.domain.refusals import NotAllowed, Stale
from modelus_bot.subjects.laws.model import Law
from modelus_bot.subjects.laws.queries.powers import check_changeable
from modelus_bot.subjects.laws.queries.records import law, unknown_law
from modelus_bot.subjects.people.queries import member

__all__ = ["changeable_law"]


def changeable_law(tx: Transaction, law_id: int, version: int | None = None) -> Law:
    """Return a law that the author may change: its president, whoever wrote it in office, administrators.

    Raises ``NotFound`` where they cannot even read it, ``NotAllowed`` where they can, and ``Stale`` where it
    is not the ``version`` that was shown any more.
    """
    actor = require_actor(tx)
    found = law(tx, law_id)
    if found is None:
        raise unknown_law()
    check_changeable(tx, actor, found, admin=is_admin(tx))
    known = member(tx, actor)
    if known is not None and not known.is_active:
        raise NotAllowed(
            "You are deactivated, so you cannot act for a nation. Ask an administrator.",
            rule="member.inactive",
        )
    if version is not None and version != found.version:
        raise Stale(
            "This law has been changed since it was shown. Look at it again with `/law read`, then decide.",
            rule="law.stale",
        )
    return found
