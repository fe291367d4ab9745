"""What was said is for the two who talked, a report's reporter, and the staff; notes are for staff alone."""

from __future__ import annotations

from modelus_bot.domain.visibility import STAFF, mine, those

__all__ = ["VISIBLE"]

_REPORTER = "(SELECT item.reporter_id FROM main.triage_items AS item WHERE item.id = triage_id)"

VISIBLE = (
    those(
        "chat_messages",
        f"triage_id IS NOT NULL AND {STAFF}",
        f"is_internal = 0 AND viewer_id() = {_REPORTER}",
        f"is_internal = 0 AND triage_id IS NULL AND {mine('sender_id', 'recipient_id')}",
    ),
    # What staff may see and nothing else is in it.
    those("chat_search", STAFF),
)
