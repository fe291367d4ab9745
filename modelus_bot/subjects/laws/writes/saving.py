"""The one place that changes a law's row, with its entry; what everybody can read from now on is marked."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from modelus_bot.database import Transaction
from modelus_bot.subjects.laws.model import Law, LawChange
from modelus_bot.subjects.laws.queries.records import law, name_of_law, unknown_law
from modelus_bot.subjects.laws.writes.telling import tell_change

__all__ = ["add_text", "changed", "file_under", "save"]

_SAVE = """
UPDATE laws SET
    number = :number, name = :name, is_public = :is_public, status = :status, revision = :revision,
    enacted_at = :enacted_at, repealed_at = :repealed_at, version = :version, updated_at = :updated_at
WHERE id = :id
"""
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM laws WHERE nation_id = ?"
_TEXT = """
INSERT INTO law_revisions(law_id, revision, body, by_user, note, published, at) VALUES(?, ?, ?, ?, ?, 0, ?)
"""
_PUBLISH = "UPDATE law_revisions SET published = 1 WHERE law_id = ? AND revision = ? AND published = 0"
_FILE = "INSERT INTO law_tags(tag_id, law_id) VALUES(?, ?)"
_TAKE_OUT = "DELETE FROM law_tags WHERE law_id = ?"
_NOT_TOLD = {"id", "version", "updated_at", "created_at"}


def save(tx: Transaction, before: Law, *, heard_of: bool = True, **changes: Any) -> LawChange:
    """Save what changed of a law; one that is open from now on gets its number, and its text is published.

    The feed tells of it unless it is not to be ``heard_of``.
    """
    after = replace(before, **changes)
    if after.is_open and after.number is None:
        after = replace(after, number=int(tx.fetch_value(_NEXT, (after.nation_id,))))
    after = replace(after, version=before.version + 1, updated_at=tx.context.at)
    tx.execute(_SAVE, asdict(after))
    if after.is_open and after.status != "repealed":
        tx.execute(_PUBLISH, (after.id, after.revision))
    old, new = asdict(before), asdict(after)
    told = [name for name in new if old[name] != new[name] and name not in _NOT_TOLD]
    tx.audit(
        "laws",
        before.id,
        "UPDATE",
        old={name: old[name] for name in told},
        new={name: new[name] for name in told},
        nation_id=before.nation_id,
    )
    if heard_of:
        tell_change(tx, before, after)
    return changed(tx, before, before.id)


def changed(tx: Transaction, before: Law | None, law_id: int) -> LawChange:
    """Return what became of a law."""
    after = law(tx, law_id)
    if after is None:
        raise unknown_law()
    return LawChange(before, after, name_of_law(tx, after))


def add_text(tx: Transaction, law_id: int, revision: int, body: str, note: str | None) -> None:
    """Keep another text of a law; it is published when the law is saved, if everybody may read it."""
    tx.execute(_TEXT, (law_id, revision, body, tx.context.actor, note or None, tx.context.at))


def file_under(tx: Transaction, law_id: int, tags: tuple[int, ...]) -> None:
    """File a law under these tags and no others."""
    tx.execute(_TAKE_OUT, (law_id,))
    tx.execute_many(_FILE, [(tag, law_id) for tag in dict.fromkeys(tags)])
