"""Autocomplete: quick, only for people the bot knows, and silent when the database is away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from discord import app_commands
from loguru import logger

from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.operation import Query
from modelus_bot.domain.errors import Refusal
from modelus_bot.domain.members import member
from modelus_bot.domain.permissions import Viewer
from modelus_bot.ui.embeds import clip

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["PATIENCE", "SHOWN", "Choices", "choices", "suggested"]

Choices = list[app_commands.Choice[str]]
SHOWN = 25
"""How many suggestions Discord shows."""
PATIENCE = 1.2
"""Seconds to wait for the database, at most twice for one answer; Discord takes suggestions for three."""

P = ParamSpec("P")
R = TypeVar("R")


async def suggested(
    bot: ModelUsBot, viewer: Viewer, query: Query[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Return what a query finds, or None for strangers and while the database does not answer.

    Suggestions name staff and sprints, so they are for administrators and for members the bot knows.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            if not viewer.discord_admin:
                known = await bot.db.read(member, viewer.id)
                if known is None or not known.is_active:
                    return None
            return await bot.db.read(query, *args, **kwargs)
    except (DatabaseError, Refusal, TimeoutError) as error:
        logger.bind(query=query.name, error=str(error)).debug("no_suggestions")
        return None


def choices(pairs: Iterable[tuple[str, str]], typed: str) -> Choices:
    """Return the pairs of label and value whose label contains what was typed."""
    wanted = typed.casefold().strip()
    return [
        app_commands.Choice(name=clip(label, 100), value=value)
        for label, value in pairs
        if wanted in label.casefold() or wanted == value.casefold()
    ][:SHOWN]
