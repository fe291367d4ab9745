"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_NOTICES = Invariant(
    "notices_have_readers",
    """
    SELECT 'notifications', id, 'is for somebody without a Discord account' FROM notifications
    WHERE user_id < 1099511627776
    """,
    "Notices are for people with a Discord account; nobody else can get one.",
)

INVARIANTS = (_NOTICES,)
