"""What every step of an item shares: the checks, the write with its audit entry, the words to people."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import require_actor, require_staff
from modelus_bot.domain.refusals import InvalidInput, Stale
from modelus_bot.subjects.conversations.writes import store
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.triage.model import ItemChange, TriageItem
from modelus_bot.subjects.triage.queries.items import require_item
from modelus_bot.text.escaping import plain, plain_lines

__all__ = [
    "TABLE",
    "name_in",
    "raw_name",
    "relayed",
    "remark",
    "require_fresh",
    "require_step",
    "save",
    "say",
    "tell",
    "title_of",
]

TABLE = "triage_items"
_SAVE = """
UPDATE triage_items SET
    priority = :priority, status = :status, assigned_to = :assigned_to, by_duty = :by_duty,
    duplicate_of = :duplicate_of, snoozed_until = :snoozed_until, respond_by = :respond_by,
    escalated = :escalated, first_response_at = :first_response_at, resolution = :resolution,
    resolved_at = :resolved_at, rating = :rating, ratings = :ratings, version = :version,
    updated_at = :updated_at
WHERE id = :id
"""
_SHOW_AGAIN = "UPDATE triage_items SET shown_version = 0 WHERE id = ?"
LONGEST_RELAYED = 1650
"""Characters of a text that a notice takes beside its other words; marks that Discord draws count twice."""
ESCAPE = "\\"
_UNTOLD = {"version", "updated_at"}
"""Columns that an audit entry need not tell."""
STATUS_WORDS = {
    "pending": "waiting",
    "in_review": "in review",
    "resolved": "resolved",
    "rejected": "rejected",
}


def require_step(
    tx: Transaction, item_id: int, verb: str, version: int | None = None
) -> tuple[int, TriageItem]:
    """Return the author, who has to be staff, and the item, which has to be open.

    With a ``version`` the item has to be as it was shown: raises ``Stale``.
    """
    require_staff(tx)
    actor = require_actor(tx)
    ensure_known(tx, actor)
    found = require_item(tx, item_id)
    if not found.is_open:
        raise InvalidInput(
            f"Item {found.id} is {STATUS_WORDS[found.status]}, so it cannot be {verb}.",
            rule=f"triage.{found.status}",
        )
    require_fresh(found, version)
    return actor, found


def require_fresh(found: TriageItem, version: int | None) -> None:
    """Raise ``Stale`` where the item has changed since it was shown."""
    if version is not None and version != found.version:
        raise Stale(
            f"Item {found.id} has changed since this was shown. Look at it anew with `/triage show`, then"
            " decide.",
            rule="triage.stale",
        )


def save(tx: Transaction, before: TriageItem, why: str | None = None, **changed: Any) -> ItemChange:
    """Write what changed of an item, with its audit entry."""
    after = replace(before, **changed, version=before.version + 1, updated_at=tx.context.at)
    tx.execute(_SAVE, asdict(after) | {"by_duty": int(after.by_duty)})
    old = {name: getattr(before, name) for name in changed if name not in _UNTOLD}
    new = {name: getattr(after, name) for name in old}
    if why:
        new["reason"] = why
    tx.audit(TABLE, before.id, "UPDATE", old=old, new=new)
    return ItemChange(before, after)


def say(
    tx: Transaction, found: TriageItem, sender: int, text: str, *, internal: bool, to: int | None = None
) -> int:
    """Keep what somebody said about an item; its thread shows it next."""
    number = store(tx, sender, text, triage_id=found.id, recipient=to, internal=internal)
    tx.execute(_SHOW_AGAIN, (found.id,))
    return number


def remark(tx: Transaction, found: TriageItem, text: str, *, internal: bool = True) -> None:
    """Keep in an item's conversation what was done, as it is; the bot's own steps count as the reporter's."""
    sender = tx.context.actor if tx.context.actor is not None else found.reporter_id
    store(tx, sender, text, triage_id=found.id, kind="system", internal=internal)
    tx.execute(_SHOW_AGAIN, (found.id,))


def tell(tx: Transaction, found: TriageItem, person: int | None, title: str, text: str, *, key: str) -> None:
    """Queue a notice about an item; it is sent with the reader's own buttons."""
    notify(
        tx, person, "issue_reported", title, text,
        dedupe_key=f"triage:{found.id}:{key}", ref_table=TABLE, ref_id=found.id,
    )  # fmt: skip


def relayed(found: TriageItem, text: str) -> str:
    """Return what somebody wrote as a notice shows it, or as much as fits and where the rest is."""
    safe = plain_lines(text)
    if len(safe) <= LONGEST_RELAYED:
        return safe
    return f"{safe[:LONGEST_RELAYED].rstrip(ESCAPE)}…\n(`/triage show` with number {found.id} has all of it.)"


def title_of(found: TriageItem) -> str:
    """Return an item's number and title, for notices."""
    return f"{found.id} ({plain(found.title)})"


def name_in(tx: Transaction, person: int | None) -> str:
    """Return somebody's name for a sentence that Discord shows."""
    return plain(raw_name(tx, person))


def raw_name(tx: Transaction, person: int | None) -> str:
    """Return somebody's name as it is, for what is kept and made harmless where it is shown."""
    found = member(tx, person) if person is not None else None
    return found.username if found is not None else "nobody"
