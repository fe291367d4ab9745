"""Administrators read the log; it tells of everything, so reports do not."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, nobody, those

__all__ = ["VISIBLE"]

VISIBLE = (
    those("audit_logs", ADMIN),
    nobody("requests"),
)
