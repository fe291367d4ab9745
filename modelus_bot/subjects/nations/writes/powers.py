"""Who may act for a nation: its president, for much its vice president, and administrators for every one."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import is_admin, require_actor
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.people.queries import member
from modelus_bot.text.escaping import plain

__all__ = ["led_nation"]


def led_nation(tx: Transaction, nation_id: int | None = None, *, deputy: bool) -> Nation:
    """Return the nation that the author acts for: ``nation_id``, or the one whose office they hold.

    ``deputy`` lets the vice president, too. Raises ``NotAllowed`` for everybody else but administrators, who
    have to say which one they mean unless they hold an office.
    """
    actor = require_actor(tx)
    known = member(tx, actor)
    if known is not None and not known.is_active:
        raise NotAllowed(
            "You are deactivated, so you cannot act for a nation. Ask an administrator.",
            rule="member.inactive",
        )
    office = office_held_by(tx, actor)
    if nation_id is None:
        if office is None:
            raise NotAllowed(
                "You hold no office in a nation. An administrator can give you one with"
                " `/nation-admin link`.",
                rule="nation.no_office",
            )
        nation_id = office.nation_id
    found = require_nation(tx, nation_id)
    if is_admin(tx):
        return found
    if office is None or office.nation_id != nation_id:
        raise NotAllowed(
            f"Only those who hold an office in {plain(found.name)} can do this.", rule="nation.not_own"
        )
    if office.office == "vice_president" and not deputy:
        raise NotAllowed(
            f"Only the president of {plain(found.name)} can do this, not the vice president.",
            rule="nation.deputy",
        )
    return found
