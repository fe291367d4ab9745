"""Takes laws and tags in: a law has its first text and its present one, and is in force since it was made."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut, ensure_not_erased
from modelus_bot.subjects.laws.queries.records import law, unknown_law
from modelus_bot.subjects.laws.queries.tags import tag_called, tags, tags_of
from modelus_bot.subjects.laws.writes.fields import MOST_TAGS
from modelus_bot.subjects.laws.writes.saving import file_under, save
from modelus_bot.subjects.modelus_import.model.rows import LawRow, LawTagRow, TagRow
from modelus_bot.subjects.modelus_import.writes.memory import MEMORY, nation_taken

__all__ = ["take_law", "take_law_tag", "take_tag"]

_TAG = "INSERT INTO tags(name, description, created_by, created_at) VALUES(?, ?, NULL, ?)"
_LAW = """
INSERT INTO laws(nation_id, name, is_public, status, author_id, created_at, updated_at)
VALUES(?, ?, ?, 'draft', ?, ?, ?)
"""
_TEXT = """
INSERT INTO law_revisions(law_id, revision, body, by_user, published, at) VALUES(?, ?, ?, ?, ?, ?)
"""
_LIVE = "SELECT id FROM laws WHERE nation_id = ? AND name = ? AND status <> 'repealed'"


def take_tag(tx: Transaction, row: TagRow) -> RowFate:
    """Add a tag, or note that there is one of its name."""
    known = tag_called(tx, row.name)
    if known is not None:
        MEMORY.note(tx, row, known.id)
        return RowFate("unchanged")
    number = tx.insert(_TAG, (row.name, row.description, row.created_at or tx.context.at))
    tx.audit("tags", number, "INSERT", new={"name": row.name, "description": row.description})
    MEMORY.note(tx, row, number)
    return RowFate("added")


def take_law(tx: Transaction, row: LawRow, otherwise: int | None) -> RowFate:
    """Add a law; a public one gets its number, and every text of it was one that everybody could read."""
    nation = nation_taken(tx, row.nation)
    author = row.author or otherwise
    if author is None:
        raise LeftOut("nobody is named as who wrote it; name somebody with --author and import again")
    if tx.fetch_value(_LIVE, (nation.id, row.name)) is not None:
        raise LeftOut("its nation has another law of its name here")
    ensure_not_erased(tx, author, "who wrote it", str(author))
    made = row.created_at or tx.context.at
    number = tx.insert(_LAW, (nation.id, row.name, int(row.is_public), author, made, made))
    values = {"name": row.name, "is_public": int(row.is_public), "status": "draft"}
    tx.audit("laws", number, "INSERT", new=values, nation_id=nation.id)
    revision = _add_texts(tx, number, row, author, made)
    before = law(tx, number)
    if before is None:
        raise unknown_law()
    save(tx, before, heard_of=False, status="enacted", enacted_at=made, revision=revision)
    MEMORY.note(tx, row, number)
    return RowFate("added", () if row.author else ("nobody is named as who wrote it; --author counts",))


def _add_texts(tx: Transaction, number: int, row: LawRow, author: int, made: int) -> int:
    """Keep its texts, and return the number of the present one."""
    published = int(row.is_public)
    first = row.first_body or row.body
    tx.execute(_TEXT, (number, 1, first, author, published, made))
    if row.first_body is None:
        return 1
    changed = max(made, row.edited_at or made)
    tx.execute(_TEXT, (number, 2, row.body, row.editor or author, published, changed))
    return 2


def take_law_tag(tx: Transaction, row: LawTagRow) -> RowFate:
    """File a law under a tag; raises ``LeftOut`` where it has as many as a law can have."""
    known, meant = MEMORY.found(tx, "laws", row.law), MEMORY.found(tx, "tags", row.tag)
    found = law(tx, known.id) if known is not None else None
    if found is None:
        raise LeftOut(f"its law was left out: law {row.law}")
    if meant is None or meant.id not in {tag.id for tag in tags(tx)}:
        raise LeftOut(f"its tag was left out, or is not there any more: tag {row.tag}")
    old = [tag.id for tag in tags_of(tx, found.id)]
    if meant.id in old:
        MEMORY.note(tx, row, found.id)
        return RowFate("unchanged")
    if len(old) >= MOST_TAGS:
        raise LeftOut(f"its law is filed under {MOST_TAGS} tags already, and no law under more")
    new = [*old, meant.id]
    file_under(tx, found.id, tuple(new))
    tx.audit("laws", found.id, "UPDATE", old={"tags": old}, new={"tags": new}, nation_id=found.nation_id)
    MEMORY.note(tx, row, found.id)
    return RowFate("added")
