"""Asking for cover of a turn; asking again is the same request."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Row, Transaction, Write
from modelus_bot.domain.cover_days import days_between
from modelus_bot.domain.fields import DisciplineKey, OptionalReason, Snowflake
from modelus_bot.domain.permissions import is_manager, require_actor
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.assignments.writes.rematerialising import rematerialise
from modelus_bot.subjects.covers.model import CoverChange
from modelus_bot.subjects.covers.queries import require_cover, require_replacement, require_slot
from modelus_bot.subjects.covers.writes.changes import audit
from modelus_bot.subjects.covers.writes.notices import tell_of_cover, turn_words
from modelus_bot.subjects.disciplines.queries import require_discipline
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.text.escaping import plain

__all__ = ["RequestCover"]

_NEW = """
INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, reason, created_at, updated_at,
    first_day, last_day
) VALUES(:sprint, :discipline, :by, :original, :replacement, :reason, :now, :now, :first, :last)
RETURNING id
"""
_NAMED_AGAIN = """
UPDATE overrides SET
    attempts = attempts + 1,
    reason = coalesce(:reason, reason),
    original_id = CASE WHEN status IN ('open', 'taken', 'approved') THEN original_id ELSE :original END,
    decided_by = CASE WHEN status IN ('open', 'taken', 'approved') THEN decided_by END,
    decided_at = CASE WHEN status IN ('open', 'taken', 'approved') THEN decided_at END,
    status = CASE WHEN status IN ('open', 'taken', 'approved') THEN status ELSE 'open' END,
    updated_at = :now
WHERE id = :earlier
RETURNING id
"""
_OPEN_CALL_AGAIN = """
UPDATE overrides SET
    attempts = attempts + 1,
    reason = coalesce(:reason, reason),
    original_id = CASE WHEN status = 'taken' THEN original_id ELSE :original END,
    decided_by = NULL,
    decided_at = NULL,
    status = CASE WHEN status = 'taken' THEN status ELSE 'open' END,
    updated_at = :now
WHERE id = :earlier
RETURNING id
"""
_EARLIER_NAMED = """
SELECT id, status FROM overrides
WHERE sprint_id = :sprint AND discipline = :discipline AND requested_by = :by
AND replacement_id = :replacement AND first_day IS :first AND last_day IS :last
"""
_EARLIER_OPEN_CALL = """
SELECT id, status FROM overrides
WHERE sprint_id = :sprint AND discipline = :discipline AND requested_by = :by
AND first_day IS :first AND last_day IS :last AND (replacement_id IS NULL OR status = 'taken')
ORDER BY status = 'open' DESC, status = 'taken' DESC, id DESC LIMIT 1
"""
"""Both are asked by the only writer there is, so that nothing comes between looking and writing."""


LaterDay = Annotated[date | None, Field(exclude_if=lambda day: day is None)]
"""A day that older versions do not know: left out when not given, so that a request is the same for both."""


class RequestCover(Write[CoverChange]):
    """Ask for cover of one's turn, from somebody in particular or from anybody on the roster.

    Managers may ask for others with ``for_user``; somebody else has to approve then. With a first and a
    last day, both included, it is about these days only.
    """

    sprint_id: int
    discipline: DisciplineKey
    replacement_id: Snowflake | None = None
    reason: OptionalReason = None
    for_user: Snowflake | None = None
    first_day: LaterDay = None
    last_day: LaterDay = None

    deferrable = True
    saved_as = "cover_requests.RequestCover"

    def apply(self, tx: Transaction) -> CoverChange:
        """Upsert the request and tell the replacement."""
        actor = require_actor(tx)
        original = self.for_user if self.for_user is not None else actor
        if original != actor and not is_manager(tx):
            raise NotAllowed(
                "Only project managers can ask for somebody else. Ask for your own turn instead.",
                rule="cover.for_others",
            )
        require_discipline(tx, self.discipline)
        if (self.first_day is None) != (self.last_day is None):
            raise InvalidInput(
                "Give both the first and the last day of the cover, or neither for the whole turn.",
                rule="override_days_both",
            )
        ensure_known(tx, actor)
        rematerialise(tx)
        number, before = self._upsert(tx, actor, original)
        found = require_cover(tx, number)
        audit(tx, found, before, before_replacement=found.replacement_id, why=self.reason)
        if found.is_pending and before not in {"open", "taken"}:
            who = tx.fetch_value("SELECT username FROM users WHERE discord_id = ?", (original,))
            tell_of_cover(
                tx,
                found,
                self.replacement_id,
                "You are asked to cover a turn",
                f"You are asked to cover for {plain(str(who))}: {turn_words(tx, found)}."
                " You can refuse until it is approved, with the button below or"
                f" `/cover refuse` and the number {found.id}."
                + (f" Reason: {plain(found.reason)}" if found.reason else ""),
                key=f"asked:{found.attempts}",
            )
        return CoverChange(found, before)

    def _upsert(self, tx: Transaction, actor: int, original: int) -> tuple[int, str | None]:
        """Return the number of the one row this request has, and its status before (None: it is new)."""
        values = {
            "sprint": self.sprint_id,
            "discipline": self.discipline,
            "by": actor,
            "original": original,
            "replacement": self.replacement_id,
            "reason": self.reason or None,
            "now": tx.context.at,
            "first": self.first_day.isoformat() if self.first_day is not None else None,
            "last": self.last_day.isoformat() if self.last_day is not None else None,
        }
        find = _EARLIER_OPEN_CALL if self.replacement_id is None else _EARLIER_NAMED
        earlier: Row | None = tx.fetch_one(find, values)
        if earlier is None or earlier["status"] != "approved":
            days = days_between(self.first_day, self.last_day)
            require_slot(tx, self.sprint_id, self.discipline, original, days)
            self._check_replacement(tx, actor, original)
        if earlier is None:
            return tx.fetch_value(_NEW, values), None
        again = _OPEN_CALL_AGAIN if self.replacement_id is None else _NAMED_AGAIN
        return tx.fetch_value(again, values | {"earlier": earlier["id"]}), earlier["status"]

    def _check_replacement(self, tx: Transaction, actor: int, original: int) -> None:
        if self.replacement_id is None:
            return
        require_replacement(tx, self.replacement_id, self.discipline, original)
        if self.replacement_id == actor:
            raise InvalidInput(
                "You cannot name yourself as replacement. Leave it empty, and take the open call.",
                rule="cover.requester_is_replacement",
            )
