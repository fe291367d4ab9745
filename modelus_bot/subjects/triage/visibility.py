"""Whoever reported something sees it, the staff see all reports; the routes are no secret."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, everybody, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (those("triage_items", mine("reporter_id"), STAFF), everybody("triage_routes"))
