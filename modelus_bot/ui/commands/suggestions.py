"""Autocomplete: quick, only for those who may use the command, and silent when the database is away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import discord
from discord import app_commands
from loguru import logger

from modelus_bot.database import DatabaseError, Query
from modelus_bot.domain.permissions import Viewer, standing_of
from modelus_bot.domain.refusals import Refusal
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.text.escaping import folded
from modelus_bot.text.likeness import LEAST_TYPED, PARTLY_LIKE, resembling
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.needs import may_use
from modelus_bot.ui.picks import picked

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["SHOWN", "TIMEOUT", "Choices", "choices", "picks", "suggested"]

Choices = list[app_commands.Choice[str]]
SHOWN = 25
"""How many suggestions Discord shows."""
LONGEST = 100
"""UTF-16 units that Discord takes in a suggestion's label."""
TIMEOUT = Tunable(1.2)
"""Seconds to wait for the database, at most twice for one answer; Discord takes suggestions for three."""

P = ParamSpec("P")
R = TypeVar("R")


async def suggested(
    interaction: discord.Interaction, query: Query[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Return what a query finds; None for those whom the command refuses, and without a database.

    Suggestions name staff and plans, so who may not use the command is not shown them either.
    """
    bot: ModelUsBot = interaction.client  # type: ignore[assignment]  # the only client there is
    command = interaction.command
    viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
    try:
        async with asyncio.timeout(TIMEOUT.value):
            standing = await bot.db.read(standing_of, viewer)
            if command is None or not may_use(standing, command.qualified_name):
                return None
            return await bot.db.read(query, *args, **kwargs)
    except (DatabaseError, Refusal, TimeoutError) as error:
        logger.bind(query=query.name, error=str(error)).debug("no_suggestions")
        return None


def picks(kind: str, pairs: Iterable[tuple[str, int | str]], typed: str) -> Choices:
    """Return suggestions of things: (name, key) pairs, fit to be shown; those of one name get a number."""
    known = list(pairs)
    often = Counter(name for name, _ in known)
    named = [
        (f"{clip(name, 80)} (…{str(key)[-4:]})" if often[name] > 1 else name, key) for name, key in known
    ]
    return choices(((name, picked(kind, key)) for name, key in named), typed)


def choices(pairs: Iterable[tuple[str, str]], typed: str) -> Choices:
    """Return the pairs whose label contains what was typed; where none does, those that resemble it."""
    found = _matching(list(pairs), typed)
    return [app_commands.Choice(name=_fitting(label), value=value) for label, value in found]


def _matching(pairs: list[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """Return as many pairs as are shown: in their own order, or near ones with the likest first."""
    wanted = folded(typed) if typed.strip() else ""
    names = [folded(label) for label, _ in pairs]
    holding = [pair for pair, name in zip(pairs, names, strict=True) if wanted in name or typed == pair[1]]
    if holding or len(wanted) < LEAST_TYPED:
        return holding[:SHOWN]
    return [pairs[place] for place in resembling(wanted, names, most=SHOWN, alike=PARTLY_LIKE)]


def _fitting(label: str) -> str:
    """Shorten a label to what Discord takes; it counts some emojis twice."""
    units = label.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST:
        return label
    return units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
