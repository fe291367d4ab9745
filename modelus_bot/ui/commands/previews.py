"""What a change would do, where that can be found out: while the database is away it is told later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from modelus_bot.database import Context, DatabaseError, Write

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["EFFECT_LATER", "preview_if_possible"]

EFFECT_LATER = (
    "**Who moves** cannot be worked out while the database is away. If you confirm, this is saved for later,"
    " applied when the database is back, and you are told what became of it."
)

R = TypeVar("R")


async def preview_if_possible(
    bot: ModelUsBot, write: Write[R], context: Context, *, dry_run: bool = False
) -> R | None:
    """Return what a change would give; None when that cannot be told and the change has to wait.

    Raises the operation's refusals, and ``DatabaseError`` for what cannot be saved for later: that
    includes a ``dry_run``, of which nothing is to be saved.
    """
    try:
        return await bot.db.preview(write, context)
    except DatabaseError as error:
        waits = write.deferrable and bot.db.fallback is not None and error.away
        if waits and not dry_run:
            return None
        raise
