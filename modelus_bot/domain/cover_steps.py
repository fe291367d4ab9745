"""The steps of a cover request, from asking to deciding; ``covers`` draws them."""

from __future__ import annotations

from typing import Any

from modelus_bot.database.operation import Row, Transaction, Write
from modelus_bot.domain.assignments import calendar_of, rematerialise
from modelus_bot.domain.covers import (
    Cover,
    CoverChange,
    require_cover,
    require_not_over,
    require_replacement,
    require_slot,
)
from modelus_bot.domain.disciplines import require_discipline
from modelus_bot.domain.errors import InvalidInput, NotAllowed
from modelus_bot.domain.notifications import notify
from modelus_bot.domain.permissions import is_manager, require_actor, require_manager
from modelus_bot.domain.sprints import require_sprint
from modelus_bot.domain.types import DisciplineKey, OptionalReason, Reason, Snowflake

__all__ = [
    "ApproveCover",
    "DeclineCover",
    "ExpireCovers",
    "RefuseCover",
    "RequestCover",
    "RevokeCover",
    "SetCoverMessage",
    "TakeCover",
    "UntakeCover",
    "WithdrawCover",
]

_REQUEST_NAMED = """
INSERT INTO overrides(
    sprint_id, discipline, requested_by, original_id, replacement_id, reason, created_at, updated_at
) VALUES(:sprint, :discipline, :by, :original, :replacement, :reason, :now, :now)
ON CONFLICT(sprint_id, discipline, requested_by, replacement_id) DO UPDATE SET
    attempts = attempts + 1,
    reason = coalesce(excluded.reason, reason),
    original_id = CASE WHEN status IN ('open', 'taken', 'approved') THEN original_id
        ELSE excluded.original_id END,
    decided_by = CASE WHEN status IN ('open', 'taken', 'approved') THEN decided_by END,
    decided_at = CASE WHEN status IN ('open', 'taken', 'approved') THEN decided_at END,
    status = CASE WHEN status IN ('open', 'taken', 'approved') THEN status ELSE 'open' END,
    updated_at = excluded.updated_at
RETURNING id
"""
_REQUEST_OPEN = """
INSERT INTO overrides(sprint_id, discipline, requested_by, original_id, reason, created_at, updated_at)
VALUES(:sprint, :discipline, :by, :original, :reason, :now, :now)
ON CONFLICT(sprint_id, discipline, requested_by) WHERE replacement_id IS NULL AND status = 'open'
DO UPDATE SET
    attempts = attempts + 1,
    reason = coalesce(excluded.reason, reason),
    updated_at = excluded.updated_at
RETURNING id
"""
_SAME = """
SELECT id, status FROM overrides
WHERE sprint_id = ? AND discipline = ? AND requested_by = ? AND replacement_id IS ?
ORDER BY status = 'open' DESC, id DESC LIMIT 1
"""
_DECIDE = """
UPDATE overrides SET status = ?, replacement_id = ?, decided_by = ?, decided_at = ?, updated_at = ?
WHERE id = ? RETURNING id
"""
_OVER = """
SELECT o.id, s.end_date FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
WHERE o.status IN ('open', 'taken') AND s.end_date <= ?
"""


class RequestCover(Write[CoverChange]):
    """Ask for cover of one's turn, from somebody in particular or from anybody on the roster.

    Managers may ask for others with ``for_user``; somebody else has to approve then.
    """

    sprint_id: int
    discipline: DisciplineKey
    replacement_id: Snowflake | None = None
    reason: OptionalReason = None
    for_user: Snowflake | None = None

    deferrable = True

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
        rematerialise(tx)
        earlier = tx.fetch_one(_SAME, (self.sprint_id, self.discipline, actor, self.replacement_id))
        if earlier is None or earlier["status"] != "approved":
            require_slot(tx, self.sprint_id, self.discipline, original)
            self._check_replacement(tx, actor, original)
        number = tx.fetch_value(
            _REQUEST_OPEN if self.replacement_id is None else _REQUEST_NAMED,
            {
                "sprint": self.sprint_id,
                "discipline": self.discipline,
                "by": actor,
                "original": original,
                "replacement": self.replacement_id,
                "reason": self.reason or None,
                "now": tx.context.at,
            },
        )
        found = require_cover(tx, number)
        before = earlier["status"] if earlier is not None and earlier["id"] == number else None
        _audit(tx, found, before)
        if found.is_pending and before not in {"open", "taken"}:
            notify(
                tx, self.replacement_id, "cover", "You are asked to cover a turn",
                f"You are asked to cover {found.discipline} in {found.sprint_name}. You can refuse until it"
                f" is approved: `/cover refuse` with number {found.id}, or the button below the request.",
                dedupe_key=f"cover:{found.id}:asked:{found.attempts}", ref_table="overrides", ref_id=found.id,
            )  # fmt: skip
        return CoverChange(found, before)

    def _check_replacement(self, tx: Transaction, actor: int, original: int) -> None:
        if self.replacement_id is None:
            return
        require_replacement(tx, self.replacement_id, self.discipline, original)
        if self.replacement_id == actor:
            raise InvalidInput(
                "You cannot name yourself as replacement. Leave it empty, and take the open call.",
                rule="cover.requester_is_replacement",
            )


class TakeCover(Write[CoverChange]):
    """Step in for an open call, or accept a request that names oneself."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Note who would step in; a manager decides."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        if found.status == "taken" and found.replacement_id == actor:
            return CoverChange(found, "taken")
        _require_status(found, "open", what="taken")
        require_not_over(tx, require_sprint(tx, found.sprint_id))
        if found.replacement_id not in {None, actor}:
            raise NotAllowed("This request is meant for somebody else.", rule="cover.named")
        require_replacement(tx, actor, found.discipline, found.original_id)
        taken = _merge_into_earlier(tx, found, actor)
        change = _step(tx, taken, "taken", replacement=actor)
        _tell_people(tx, change.cover, "somebody would take it; a manager has to approve", skip=actor)
        return change


class UntakeCover(Write[CoverChange]):
    """Step back before the approval: the request is an open call again."""

    cover_id: int

    def apply(self, tx: Transaction) -> CoverChange:
        """Reopen the call."""
        actor = require_actor(tx)
        found = require_cover(tx, self.cover_id)
        _require_status(found, "taken", what="given back")
        if found.replacement_id != actor and not is_manager(tx):
            raise NotAllowed("Only whoever took it can give it back.", rule="cover.untake")
        other = tx.fetch_one(_SAME, (found.sprint_id, found.discipline, found.requested_by, None))
        if other is not None and other["status"] == "open":
            change = _step(tx, found, "withdrawn", replacement=found.replacement_id, decided_by=actor)
        else:
            change = _step(tx, found, "open", replacement=None)
        _tell_people(tx, change.cover, "it was given back and is open again", skip=actor)
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
        _require_status(found, "open", "taken", what="withdrawn")
        change = _step(tx, found, "withdrawn", replacement=found.replacement_id, decided_by=actor)
        _tell_people(tx, change.cover, "it was withdrawn", skip=actor)
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
        _require_status(found, "open", "taken", what="refused")
        change = _step(tx, found, "declined", replacement=actor, decided=True)
        _tell_people(tx, change.cover, "the person asked cannot do it; you can ask somebody else", skip=actor)
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
        _require_status(found, "open", "taken", what="approved")
        if found.replacement_id is None:
            raise InvalidInput(
                "Nobody has taken this request yet, so there is nothing to approve.",
                rule="override_approved_full",
            )
        sprint = require_sprint(tx, found.sprint_id)
        require_not_over(tx, sprint)
        require_replacement(tx, found.replacement_id, found.discipline, found.original_id)
        rematerialise(tx)
        require_slot(tx, found.sprint_id, found.discipline, found.original_id)
        change = _step(tx, found, "approved", replacement=found.replacement_id, decided_by=actor)
        changes = rematerialise(tx)
        _tell_people(tx, change.cover, "it is approved", skip=actor)
        duty = any(one.discipline == found.discipline for one in changes)
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
        _require_status(found, "open", "taken", what="declined")
        change = _step(tx, found, "declined", replacement=found.replacement_id, decided_by=actor)
        because = f": {self.reason}" if self.reason else ""
        _tell_people(tx, change.cover, f"it was declined{because}", skip=actor)
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
        _require_status(found, "approved", what="revoked")
        change = _step(tx, found, "revoked", replacement=found.replacement_id, decided_by=actor)
        changes = rematerialise(tx)
        _tell_people(tx, change.cover, f"the approval was revoked: {self.reason}", skip=actor)
        return CoverChange(
            change.cover, change.before, any(one.discipline == found.discipline for one in changes)
        )


class ExpireCovers(Write[int]):
    """Close requests nobody decided before their sprint ended; returns how many."""

    def apply(self, tx: Transaction) -> int:
        """Mark them expired and tell those who asked."""
        calendar = calendar_of(tx.context)
        rows: list[Row] = tx.fetch_all(_OVER, (calendar.duty_day(tx.context.at).isoformat(),))
        for row in rows:
            found = require_cover(tx, row["id"])
            change = _step(tx, found, "expired", replacement=found.replacement_id)
            _tell_people(tx, change.cover, "the sprint ended before anybody decided", skip=None)
        return len(rows)


class SetCoverMessage(Write[bool]):
    """Remember the message that shows a request, so that it can be rewritten; False if there is none."""

    cover_id: int
    message_id: Snowflake

    def apply(self, tx: Transaction) -> bool:
        """Store the id."""
        changed = tx.execute(
            "UPDATE overrides SET message_id = ? WHERE id = ?", (self.message_id, self.cover_id)
        )
        return changed == 1


def _require_status(found: Cover, *allowed: str, what: str) -> None:
    if found.status not in allowed:
        raise InvalidInput(
            f"Cover request {found.id} is {found.status}, so it cannot be {what}.",
            rule=f"cover.{found.status}",
        )


def _require_decider(tx: Transaction, found: Cover, verb: str) -> int:
    require_manager(tx)
    actor = require_actor(tx)
    if actor in {found.requested_by, found.replacement_id}:
        raise NotAllowed(
            f"You cannot {verb} a request that you made or would cover yourself. Another manager has to.",
            rule="override_no_self_approval",
        )
    return actor


def _merge_into_earlier(tx: Transaction, found: Cover, taker: int) -> Cover:
    """Use an earlier row of the same requester and taker, if there is one, in place of the open call."""
    if found.replacement_id is not None:
        return found
    earlier = tx.fetch_one(_SAME, (found.sprint_id, found.discipline, found.requested_by, taker))
    if earlier is None:
        return found
    same = require_cover(tx, earlier["id"])
    if same.is_pending or same.status == "approved":
        raise InvalidInput(
            f"Cover request {same.id} asks you for the same turn already and is {same.status}.",
            rule="overrides_unique_request",
        )
    _step(tx, found, "withdrawn", replacement=None, decided_by=found.requested_by)
    tx.execute("UPDATE overrides SET attempts = attempts + 1 WHERE id = ?", (same.id,))
    return same


def _step(
    tx: Transaction,
    found: Cover,
    status: str,
    *,
    replacement: int | None,
    decided_by: int | None = None,
    decided: bool = False,
) -> CoverChange:
    """Write the new status and its audit entry; ``decided`` notes the time although nobody decided."""
    now = tx.context.at
    at = now if decided or decided_by is not None else None
    tx.fetch_value(_DECIDE, (status, replacement, decided_by, at, now, found.id))
    after = require_cover(tx, found.id)
    _audit(tx, after, found.status, before_replacement=found.replacement_id)
    return CoverChange(after, found.status)


def _audit(
    tx: Transaction, after: Cover, before: str | None, *, before_replacement: int | None = None
) -> None:
    new: dict[str, Any] = {
        "status": after.status,
        "sprint_id": after.sprint_id,
        "discipline": after.discipline,
        "replacement_id": after.replacement_id,
        "attempts": after.attempts,
    }
    old = None if before is None else {"status": before, "replacement_id": before_replacement}
    tx.audit("overrides", after.id, "INSERT" if before is None else "UPDATE", old=old, new=new)


def _tell_people(tx: Transaction, after: Cover, what: str, *, skip: int | None) -> None:
    """Tell the requester, the person replaced and the replacement, but not whoever acted."""
    people = {after.requested_by, after.original_id, after.replacement_id} - {None, skip}
    for person in sorted(one for one in people if one is not None):
        notify(
            tx, person, "cover", f"Cover of {after.discipline}, {after.sprint_name}",
            f"Cover request {after.id} for {after.discipline} in {after.sprint_name}: {what}.",
            dedupe_key=f"cover:{after.id}:{after.status}:{after.attempts}:{tx.context.at}",
            ref_table="overrides", ref_id=after.id,
        )  # fmt: skip
