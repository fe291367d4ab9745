"""Everybody reads public laws; drafts and private ones are for their nation's leaders and administrators."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, everybody, those

__all__ = ["KEPT_LAWS", "KEPT_OF_LAWS", "KEPT_REVISIONS", "VISIBLE"]

_OPEN = "is_public = 1 AND enacted_at IS NOT NULL"
_OWN = """nation_id IN (
    SELECT own.nation_id FROM main.nation_offices AS own
    WHERE own.user_id = viewer_id() AND own.until IS NULL
)"""
_OF_SHOWN = "EXISTS (SELECT 1 FROM laws AS l WHERE l.id = law_id)"
_TEXT = """EXISTS (
    SELECT 1 FROM laws AS l WHERE l.id = law_id AND (published = 1 OR l.nation_id IN (
        SELECT own.nation_id FROM main.nation_offices AS own
        WHERE own.user_id = viewer_id() AND own.until IS NULL
    ))
)"""

VISIBLE = (
    those("laws", _OPEN, _OWN, ADMIN),
    those("law_revisions", _TEXT, ADMIN),
    those("law_tags", _OF_SHOWN),
    everybody("tags"),
    # Public laws that are in force and nothing else are in it.
    everybody("law_search", reported=False),
)

KEPT_LAWS = _OPEN
KEPT_OF_LAWS = """EXISTS (
    SELECT 1 FROM laws AS l WHERE l.id = law_id AND l.is_public = 1 AND l.enacted_at IS NOT NULL
)"""
KEPT_REVISIONS = f"published = 1 AND {KEPT_OF_LAWS}"
"""Which rows may leave the file for the copy that answers while it is away."""
