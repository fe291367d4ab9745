"""Everybody sees what happened, but of a law that is not open to them nothing."""

from __future__ import annotations

from modelus_bot.domain.visibility import those

__all__ = ["KEPT_EVENTS", "VISIBLE"]

VISIBLE = (
    those("events", "ref_table IS NOT 'laws'", "EXISTS (SELECT 1 FROM laws AS l WHERE l.id = ref_id)"),
)

KEPT_EVENTS = """
id > (SELECT max(newest.id) FROM events AS newest) - 500 AND (ref_table IS NOT 'laws' OR EXISTS (
    SELECT 1 FROM laws AS l WHERE l.id = ref_id AND l.is_public = 1 AND l.enacted_at IS NOT NULL
))
"""
"""Which rows may leave the file for the copy that answers while it is away: the newest, since it is small."""
