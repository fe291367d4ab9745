"""What a nation has is what its books say; the rest the schema holds by itself."""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_BOOKED = Invariant(
    "books_match_nations",
    """
    SELECT 'nations', nation_id, 'its ' || group_concat(account, ', ') || ' is not what its books say'
    FROM ledger_differences GROUP BY nation_id
    """,
    "Treasury and debt of a nation are the sums of what was booked. The figure counts: where it was changed"
    " outside of the bot, that is booked.",
    repair="INSERT INTO ledger_differences SELECT nation_id, account, amount FROM ledger_differences",
)

INVARIANTS = (_BOOKED,)
