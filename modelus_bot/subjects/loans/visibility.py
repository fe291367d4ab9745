"""A loan is for the leaders of its two nations and for administrators."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, those

__all__ = ["VISIBLE"]

_OWN = """EXISTS (
    SELECT 1 FROM main.nation_offices AS own
    WHERE own.user_id = viewer_id() AND own.until IS NULL AND own.nation_id IN (lender_id, borrower_id)
)"""

VISIBLE = (those("loans", _OWN, ADMIN),)
