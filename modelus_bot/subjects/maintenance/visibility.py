"""The bot's own records; a row in quarantine may be anybody's."""

from __future__ import annotations

from modelus_bot.domain.visibility import nobody

__all__ = ["VISIBLE"]

VISIBLE = (
    nobody("job_runs", reported=True),
    nobody("quarantined_rows"),
)
