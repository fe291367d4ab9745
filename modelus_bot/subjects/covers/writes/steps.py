"""The steps of a cover request after it is asked for; ``covers`` draws them."""

from __future__ import annotations

from modelus_bot.database import Row, Transaction, Write
from modelus_bot.domain.cover_days import days_words
from modelus_bot.domain.fields import OptionalReason, Reason
from modelus_bot.domain.permissions import is_manager, require_actor, require_manager
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.assignments.writes.rematerialising import rematerialise
from modelus_bot.subjects.covers.model import Cover, CoverChange
from modelus_bot.subjects.covers.queries import (
    require_cover,
    require_not_over,
    require_replacement,
    require_slot,
)
from modelus_bot.subjects.covers.writes.changes import require_status, step, tell_people
from modelus_bot.subjects.covers.writes.posted import pass_cards_on
from modelus_bot.subjects.covers.writes.requests import RequestCover
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.sprints.queries.sprints import require_sprint
from modelus_bot.text.escaping import plain

__all__ = [
    "ApproveCover",
    "DeclineCover",
    "ExpireCovers",
    "RefuseCover",
    "RequestCover",
    "RevokeCover",
    "TakeCover",
    "UntakeCover",
    "WithdrawCover",
]

_SAME = """
SELECT id, status FROM overrides
WHERE sprint_id = ? AND discipline = ? AND requested_by = ? AND replacement_id IS ?
AND first_day IS ? AND last_day IS ?
ORDER BY status = 'open' DESC, id DESC LIMIT 1
"""
_MERGE = """
UPDATE overrides
SET attempts = attempts + 1, original_id = ?, reason = coalesce(?, reason)
WHERE id = ?
"""
_OVER = """
SELECT o.id, o.last_day FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
WHERE o.status IN ('open', 'taken') AND (s.end_date <= :today OR o.last_day < :today)
"""


class TakeCover(Write[CoverChange]):
    """Step in for an open call, or accept a request that names oneself."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Note who would step in; a manager decides."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        if found.status == "taken" and found.replacement_id == actor:
            return CoverChange(found, "taken")
        require_status(found, "open", what="taken")
        require_not_over(tx, require_sprint(tx, found.sprint_id), found.days)
        if found.replacement_id not in {None, actor}:
            raise NotAllowed("This request is meant for somebody else.", rule="cover.named")
        require_replacement(tx, actor, found.discipline, found.original_id)
        taken = _merge_into_earlier(tx, found, actor)
        change = step(tx, taken, "taken", replacement=actor)
        tell_people(tx, change.cover, "somebody would take it; a manager has to approve", skip=actor)
        return change


class UntakeCover(Write[CoverChange]):
    """Step back before the approval: the request is an open call again."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Reopen the call."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        require_status(found, "taken", what="given back")
        if found.replacement_id != actor and not is_manager(tx):
            raise NotAllowed("Only whoever took it can give it back.", rule="cover.untake")
        other = _same(tx, found, None)
        if other is not None and other["status"] == "open":
            change = step(tx, found, "withdrawn", replacement=found.replacement_id, decided_by=actor)
        else:
            change = step(tx, found, "open", replacement=None)
        tell_people(tx, change.cover, "it was given back and is open again", skip=actor)
        return change


class WithdrawCover(Write[CoverChange]):
    """Take one's own request back before it is decided."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Mark it withdrawn."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        if actor not in {found.requested_by, found.original_id}:
            raise NotAllowed("Only whoever asked can withdraw a request.", rule="cover.withdraw")
        if found.status == "withdrawn":
            return CoverChange(found, "withdrawn")
        require_status(found, "open", "taken", what="withdrawn")
        change = step(tx, found, "withdrawn", replacement=found.replacement_id, decided_by=actor)
        tell_people(tx, change.cover, "it was withdrawn", skip=actor)
        return change


class RefuseCover(Write[CoverChange]):
    """Say no as the named replacement, any time before the approval."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Mark it declined by nobody's decision."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        if found.replacement_id != actor:
            raise NotAllowed("Only the person who is asked to step in can refuse.", rule="cover.refuse")
        if found.status == "declined" and found.decided_by is None:
            return CoverChange(found, "declined")
        require_status(found, "open", "taken", what="refused")
        change = step(tx, found, "declined", replacement=actor, decided=True)
        tell_people(tx, change.cover, "the person asked cannot do it; you can ask somebody else", skip=actor)
        return change


class ApproveCover(Write[CoverChange]):
    """Approve a request: the turn changes hands, at once if the sprint is on."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Decide, pass the duty on, tell everybody concerned."""
        found = require_cover(tx, self.cover_id)
        actor = _require_decider(tx, found, "approve")
        if found.status == "approved":
            return CoverChange(found, "approved")
        require_status(found, "open", "taken", what="approved")
        if found.replacement_id is None:
            raise InvalidInput(
                "Nobody has taken this request yet, so there is nothing to approve.",
                rule="override_approved_full",
            )
        require_not_over(tx, require_sprint(tx, found.sprint_id), found.days)
        require_replacement(tx, found.replacement_id, found.discipline, found.original_id)
        rematerialise(tx)
        require_slot(tx, found.sprint_id, found.discipline, found.original_id, found.days)
        change = step(tx, found, "approved", replacement=found.replacement_id, decided_by=actor)
        changes = rematerialise(tx)
        tell_people(tx, change.cover, "it is approved", skip=actor)
        duty = any(item.discipline == found.discipline for item in changes)
        return CoverChange(change.cover, change.before, duty)


class DeclineCover(Write[CoverChange]):
    """Decline a request; the row stays, and asking again is possible."""

    cover_id: int
    reason: OptionalReason = None

    def apply(self, tx: Transaction) -> CoverChange:
        """Decide and tell the requester."""
        found = require_cover(tx, self.cover_id)
        actor = _require_decider(tx, found, "decline")
        if found.status == "declined":
            return CoverChange(found, "declined")
        require_status(found, "open", "taken", what="declined")
        change = step(
            tx, found, "declined", replacement=found.replacement_id, decided_by=actor, why=self.reason
        )
        because = f": {plain(self.reason)}" if self.reason else ""
        tell_people(tx, change.cover, f"it was declined{because}", skip=actor)
        return change


class RevokeCover(Write[CoverChange]):
    """Take an approval back, with a reason: the turn returns to whoever had it."""

    cover_id: int
    reason: Reason

    def apply(self, tx: Transaction) -> CoverChange:
        """Revoke, pass the duty back, tell everybody concerned."""
        found = require_cover(tx, self.cover_id)
        actor = _require_decider(tx, found, "revoke")
        if found.status == "revoked":
            return CoverChange(found, "revoked")
        require_status(found, "approved", what="revoked")
        change = step(
            tx, found, "revoked", replacement=found.replacement_id, decided_by=actor, why=self.reason
        )
        changes = rematerialise(tx)
        tell_people(tx, change.cover, f"the approval was revoked: {plain(self.reason)}", skip=actor)
        return CoverChange(
            change.cover, change.before, any(item.discipline == found.discipline for item in changes)
        )


class ExpireCovers(Write[int]):
    """Close requests nobody decided before their sprint, or the last of their days, was over.

    Returns how many.
    """

    def apply(self, tx: Transaction) -> int:
        """Mark them expired and tell those who asked."""
        calendar = calendar_of(tx.context)
        rows: list[Row] = tx.fetch_all(_OVER, {"today": calendar.duty_day(tx.context.at).isoformat()})
        for row in rows:
            found = require_cover(tx, row["id"])
            change = step(tx, found, "expired", replacement=found.replacement_id)
            what = "the sprint" if found.days is None else days_words(found.days)
            tell_people(tx, change.cover, f"{what} ended before anybody decided", skip=None)
        return len(rows)


def _require_decider(tx: Transaction, found: Cover, verb: str) -> int:
    require_manager(tx)
    actor = require_actor(tx)
    if actor in {found.requested_by, found.replacement_id}:
        raise NotAllowed(
            f"You cannot {verb} a request that you made or would cover yourself. Another manager has to.",
            rule="override_no_self_approval",
        )
    ensure_known(tx, actor)
    return actor


def _same(tx: Transaction, found: Cover, replacement: int | None) -> Row | None:
    """Return the row of the same requester, turn and days with another replacement, if there is one."""
    days = (found.first_day, found.last_day)
    first, last = (day.isoformat() if day is not None else None for day in days)
    turn = (found.sprint_id, found.discipline, found.requested_by)
    return tx.fetch_one(_SAME, (*turn, replacement, first, last))


def _merge_into_earlier(tx: Transaction, found: Cover, taker: int) -> Cover:
    """Use an earlier row of the same requester and taker, if there is one, in place of the open call."""
    if found.replacement_id is not None:
        return found
    earlier = _same(tx, found, taker)
    if earlier is None:
        return found
    same = require_cover(tx, earlier["id"])
    if same.is_pending or same.status == "approved":
        raise InvalidInput(
            f"Cover request {same.id} asks you for the same turn already and is {same.status}.",
            rule="overrides_unique_request",
        )
    step(tx, found, "withdrawn", replacement=None, decided_by=found.requested_by)
    pass_cards_on(tx, found.id, same.id)
    tx.execute(_MERGE, (found.original_id, found.reason, same.id))
    return require_cover(tx, same.id)
