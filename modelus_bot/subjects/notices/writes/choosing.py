"""What people choose about their own notices: a time zone, quiet hours, how each kind is delivered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_actor
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.notices.model import Delivery, Preferences
from modelus_bot.subjects.notices.queries import preferences
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType
from modelus_bot.subjects.notices.rules.quiet_hours import is_known_zone
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.text.escaping import plain

__all__ = ["SetDelivery", "SetQuietHours"]

Minute = Annotated[int, Field(ge=0, le=1439)]

_SET_QUIET = """
UPDATE users SET timezone = ?, quiet_from = ?, quiet_to = ?, updated_at = ? WHERE discord_id = ?
"""
_RELEASE = """
UPDATE notifications SET deliver_after = held_from, held_from = NULL
WHERE user_id = ? AND delivered_at IS NULL AND held_from IS NOT NULL
"""
_SET_DELIVERY = """
INSERT INTO notification_prefs(user_id, type, delivery) VALUES(?, ?, ?)
ON CONFLICT(user_id, type) DO UPDATE SET delivery = excluded.delivery
"""


class SetQuietHours(Write[Preferences]):
    """Set the author's quiet hours, in minutes of the day, and their time zone; returns what counts now.

    What is not given stays as it is; ``off`` ends quiet hours. What was held is judged anew at once.
    """

    quiet_from: Minute | None = None
    quiet_to: Minute | None = None
    zone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    off: bool = False

    def apply(self, tx: Transaction) -> Preferences:
        """Change the member's row and release what is held."""
        person = require_actor(tx)
        self._check()
        ensure_known(tx, person)
        before = preferences(tx, person, tx.context.zone)
        zone = self.zone or before.zone
        begin, end = self._hours(before)
        tx.execute(_SET_QUIET, (zone, begin, end, tx.context.at, person))
        tx.execute(_RELEASE, (person,))
        after = preferences(tx, person, tx.context.zone)
        if after != before:
            tx.audit("users", person, "UPDATE", old=_shown(before), new=_shown(after))
        return after

    def _check(self) -> None:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise InvalidInput(
                "Quiet hours need both a start and an end. Give `from` and `to`.", rule="quiet.both"
            )
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise InvalidInput(
                "Quiet hours cannot end when they begin. To get no direct messages at all, choose the inbox"
                " for each kind with `/inbox prefs`.",
                rule="quiet.empty",
            )
        if self.zone is not None and not is_known_zone(self.zone):
            raise InvalidInput(
                f"“{plain(self.zone)}” is not a time zone. Pick one from the list, such as Europe/Berlin.",
                rule="quiet.zone",
            )

    def _hours(self, before: Preferences) -> tuple[int | None, int | None]:
        if self.off:
            return None, None
        if self.quiet_from is not None:
            return self.quiet_from, self.quiet_to
        return (before.quiet.begin, before.quiet.end) if before.quiet is not None else (None, None)


class SetDelivery(Write[Delivery]):
    """Choose how the author gets a kind of notices, and return what they had before."""

    type: NoticeType
    delivery: Delivery

    def apply(self, tx: Transaction) -> Delivery:
        """Keep the choice; what waits already is judged by it when it is due."""
        person = require_actor(tx)
        kind = KINDS[self.type]
        if self.delivery == "off" and not kind.may_be_off:
            raise InvalidInput(
                f"“{kind.label}” cannot be switched off. {kind.why_not}. Choose the inbox to get no direct"
                " messages about it.",
                rule="notice.not_off",
            )
        ensure_known(tx, person)
        before = preferences(tx, person, tx.context.zone).deliveries.get(self.type, "dm")
        if before != self.delivery:
            tx.execute(_SET_DELIVERY, (person, self.type, self.delivery))
            record = f"{person}:{self.type}"
            old, new = {"delivery": before}, {"delivery": self.delivery}
            tx.audit("notification_prefs", record, "UPDATE", old=old, new=new)
        return before


def _shown(chosen: Preferences) -> dict[str, str | int | None]:
    quiet = chosen.quiet
    return {
        "timezone": chosen.zone,
        "quiet_from": quiet.begin if quiet is not None else None,
        "quiet_to": quiet.end if quiet is not None else None,
    }
