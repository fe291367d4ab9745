"""Members see the requests they have a part in, and calls they could answer; staff see all."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, nobody, those

__all__ = ["VISIBLE"]

OPEN_CALL = """(status = 'open' AND replacement_id IS NULL AND EXISTS (
    SELECT 1 FROM main.user_disciplines AS place
    WHERE place.user_id = viewer_id() AND place.discipline = overrides.discipline AND place.is_active = 1
))"""
"""A call to anybody on the roster that the viewer is on."""

VISIBLE = (
    those(
        "overrides", mine("requested_by", "original_id", "replacement_id"), OPEN_CALL, STAFF, reported=True
    ),
    nobody("cover_cards"),
)
