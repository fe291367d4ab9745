"""Tags, and how many laws the viewer may read are filed under each."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, query, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.laws.model import Tag, TagSheet

__all__ = ["require_tag", "tag_called", "tag_sheet", "tags", "tags_of"]

_ALL = "SELECT id, name, description, created_by, created_at FROM tags ORDER BY name, id"
_BY_ID = "SELECT id, name, description, created_by, created_at FROM tags WHERE id = ?"
_BY_NAME = "SELECT id, name, description, created_by, created_at FROM tags WHERE name = ?"
_OF_LAW = """
SELECT t.id, t.name, t.description, t.created_by, t.created_at
FROM law_tags AS f JOIN tags AS t ON t.id = f.tag_id WHERE f.law_id = ? ORDER BY t.name, t.id
"""
_COUNT = "SELECT count(law_id) FROM law_tags WHERE tag_id = ?"


@query(kept=True, hot=True)
def tags(tx: ReadTransaction) -> tuple[Tag, ...]:
    """Return all tags by name."""
    return tuple(Tag(*row) for row in tx.fetch_all(_ALL))


def tags_of(tx: ReadTransaction, law_id: int) -> tuple[Tag, ...]:
    """Return the tags of a law by name."""
    return tuple(Tag(*row) for row in tx.fetch_all(_OF_LAW, (law_id,)))


def require_tag(tx: ReadTransaction, tag_id: int) -> Tag:
    """Return a tag or raise ``NotFound``."""
    row = tx.fetch_one(_BY_ID, (tag_id,))
    if row is None:
        raise NotFound("There is no such tag any more. `/tag list` shows them all.", rule="tag.unknown")
    return Tag(*row)


def tag_called(tx: ReadTransaction, name: str) -> Tag | None:
    """Return the tag of a name in whatever case, or None."""
    row = tx.fetch_one(_BY_NAME, (name,))
    return None if row is None else Tag(*row)


@viewer_query(kept=True, hot=True)
def tag_sheet(tx: ReadTransaction, viewer: Viewer, tag_id: int) -> TagSheet:
    """Return a tag and the number of laws under it that the viewer may read; raises ``NotFound``."""
    del viewer
    return TagSheet(require_tag(tx, tag_id), int(tx.fetch_value(_COUNT, (tag_id,))))
